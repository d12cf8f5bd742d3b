/** Functions of tfjs that a program calls, under the names it prints. */
export const TF_CALLEES = [
  'tf.neg', 'tf.abs', 'tf.sign', 'tf.exp', 'tf.expm1', 'tf.log', 'tf.log1p', 'tf.sqrt', 'tf.rsqrt', 'tf.tanh', 'tf.sigmoid', 'tf.floor', 'tf.isFinite', 'tf.logicalNot',
  'tf.relu', 'tf.softplus', 'tf.square',
  'tf.add', 'tf.sub', 'tf.mul', 'tf.div', 'tf.pow', 'tf.maximum', 'tf.minimum', 'tf.logicalAnd', 'tf.logicalOr',
  'tf.equal', 'tf.notEqual', 'tf.less', 'tf.lessEqual', 'tf.greater', 'tf.greaterEqual',
  'tf.where', 'tf.cast', 'tf.scalar', 'tf.tensor', 'tf.reshape', 'tf.transpose', 'tf.reverse', 'tf.concat',
  'tf.mean', 'tf.sum', 'tf.max', 'tf.min', 'tf.onesLike', 'tf.zerosLike',
] as const;

/** Functions of `ganloss/runtime` that a program calls. */
export const RUNTIME_CALLEES = [
  'sumPerSample', 'meanPerSample', 'maxPerSample', 'minPerSample', 'uniformPerSample', 'uniformLike', 'normalLike', 'size', 'samplesSize', 'iotaLike', 'descendingRank', 'append', 'dotGeneral', 'similarities', 'broadcastLike', 'broadcastLeading', 'sumLike', 'broadcastWeights',
  'divideNoNan', 'sigmoidCrossEntropy', 'softmaxCrossEntropy', 'logProb', 'meanOfEach', 'sumOfEach', 'asList', 'weightsOf', 'callHook', 'callShapedHook',
  'singularStart', 'singularVector', 'spectralNorm', 'stopGradient', 'stateRead', 'stateWrite', 'statePool',
  'linear', 'cosine', 'after',
] as const;

export type TfCallee = (typeof TF_CALLEES)[number];
export type RuntimeCallee = (typeof RUNTIME_CALLEES)[number];
export type Callee = TfCallee | RuntimeCallee;

/** Whether a printed module finds the callee in tfjs; the others come from `ganloss/runtime`. */
export function isTfCallee(callee: string): boolean {
  return (TF_CALLEES as readonly string[]).includes(callee);
}
