import * as tf from '@tensorflow/tfjs';
import type { Callee, RuntimeCallee, TfCallee } from '../codegen/tfjs/callees.ts';
import { logProb, meanOfEach } from './functions/distributions.ts';
import { append, descendingRank, dotGeneral, iotaLike, similarities } from './functions/arrays.ts';
import { normalLike, uniformLike, uniformPerSample } from './functions/draws.ts';
import { callHook, callShapedHook } from './functions/hooks.ts';
import { asList, sumOfEach } from './functions/lists.ts';
import { divideNoNan, sigmoidCrossEntropy, softmaxCrossEntropy, stopGradient } from './functions/losses.ts';
import { broadcastLeading, broadcastLike, broadcastWeights, maxPerSample, meanPerSample, minPerSample, samplesSize, size, sumLike, sumPerSample } from './functions/shapes.ts';
import { singularStart, singularVector, spectralNorm } from './functions/spectralNorm.ts';
import { after, cosine, linear } from './functions/steps.ts';
import { weightsOf } from './functions/weights.ts';
import { statePool, stateRead, stateWrite } from './state.ts';

/** A function as a program calls it. Which arguments fit is the compiler's concern, and checked by its tests. */
export type Callable = (...args: never[]) => unknown;

const TF_FUNCTIONS: { readonly [C in TfCallee]: Callable } = {
  'tf.neg': tf.neg,
  'tf.abs': tf.abs,
  'tf.sign': tf.sign,
  'tf.exp': tf.exp,
  'tf.expm1': tf.expm1,
  'tf.log': tf.log,
  'tf.log1p': tf.log1p,
  'tf.sqrt': tf.sqrt,
  'tf.rsqrt': tf.rsqrt,
  'tf.tanh': tf.tanh,
  'tf.sigmoid': tf.sigmoid,
  'tf.floor': tf.floor,
  'tf.isFinite': tf.isFinite,
  'tf.logicalNot': tf.logicalNot,
  'tf.relu': tf.relu,
  'tf.softplus': tf.softplus,
  'tf.square': tf.square,
  'tf.add': tf.add,
  'tf.sub': tf.sub,
  'tf.mul': tf.mul,
  'tf.div': tf.div,
  'tf.pow': tf.pow,
  'tf.maximum': tf.maximum,
  'tf.minimum': tf.minimum,
  'tf.logicalAnd': tf.logicalAnd,
  'tf.logicalOr': tf.logicalOr,
  'tf.equal': tf.equal,
  'tf.notEqual': tf.notEqual,
  'tf.less': tf.less,
  'tf.lessEqual': tf.lessEqual,
  'tf.greater': tf.greater,
  'tf.greaterEqual': tf.greaterEqual,
  'tf.where': tf.where,
  'tf.cast': tf.cast,
  'tf.scalar': tf.scalar,
  'tf.tensor': tf.tensor,
  'tf.reshape': tf.reshape,
  'tf.transpose': tf.transpose,
  'tf.reverse': tf.reverse,
  'tf.concat': tf.concat,
  'tf.mean': tf.mean,
  'tf.sum': tf.sum,
  'tf.max': tf.max,
  'tf.min': tf.min,
  'tf.onesLike': tf.onesLike,
  'tf.zerosLike': tf.zerosLike,
};

const RUNTIME_FUNCTIONS: { readonly [C in RuntimeCallee]: Callable } = {
  sumPerSample,
  meanPerSample,
  maxPerSample,
  minPerSample,
  uniformPerSample,
  uniformLike,
  normalLike,
  size,
  samplesSize,
  iotaLike,
  descendingRank,
  append,
  dotGeneral,
  similarities,
  broadcastLike,
  broadcastLeading,
  sumLike,
  broadcastWeights,
  divideNoNan,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  logProb,
  meanOfEach,
  sumOfEach,
  asList,
  weightsOf,
  callHook,
  callShapedHook,
  singularStart,
  singularVector,
  spectralNorm,
  stopGradient,
  stateRead,
  stateWrite,
  statePool,
  linear,
  cosine,
  after,
};

/** What each name that a program prints stands for. */
export const CALLS: { readonly [C in Callee]: Callable } = { ...TF_FUNCTIONS, ...RUNTIME_FUNCTIONS };
