/** What generated modules import: the functions of a program that tfjs does not have, and the corrected gradients. */
export { installGradients } from './runtime/gradients/installGradients.ts';
export { bernoulli, categorical, normal, uniform, type Distribution } from './runtime/distributions.ts';
export { append, descendingRank, dotGeneral, iotaLike, similarities } from './runtime/functions/arrays.ts';
export { callHook, callShapedHook, type Hook, type Hooks } from './runtime/functions/hooks.ts';
export { asList, each, sumOfEach } from './runtime/functions/lists.ts';
export { singularStart, singularVector, spectralNorm } from './runtime/functions/spectralNorm.ts';
export { weightsOf } from './runtime/functions/weights.ts';
export { logProb, meanOfEach } from './runtime/functions/distributions.ts';
export { normalLike, uniformLike, uniformPerSample } from './runtime/functions/draws.ts';
export { divideNoNan, gradient, sigmoidCrossEntropy, softmaxCrossEntropy, stopGradient } from './runtime/functions/losses.ts';
export { broadcastLeading, broadcastLike, broadcastWeights, maxPerSample, meanPerSample, minPerSample, samplesSize, size, sumLike, sumPerSample } from './runtime/functions/shapes.ts';
export { after, cosine, every, linear } from './runtime/functions/steps.ts';
export { bindNetwork, type BindOptions, type BoundNetwork, type Network } from './runtime/networks.ts';
export { createRandom, type RandomSource } from './runtime/random.ts';
export { statePool, stateRead, stateWrite, type StateAccess } from './runtime/state.ts';
