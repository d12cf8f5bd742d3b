import * as tf from '@tensorflow/tfjs';

/**
 * The same values as `x`, not connected to it on the tape: the derivative of what is computed from
 * them is zero, and nothing is backpropagated to find that out. For masks and positions.
 *
 * Shares the data of `x`; disposed of with the enclosing `tf.tidy`.
 */
export function detach(x: tf.Tensor): tf.Tensor {
  const engine = tf.engine();
  // A kernel that is called without the engine is not recorded.
  const identity = tf.getKernel('Identity', tf.getBackend());
  const info = identity.kernelFunc({ inputs: { x }, attrs: {}, backend: engine.backend });
  if (Array.isArray(info)) throw new Error('Identity returned several tensors');
  return engine.makeTensorFromTensorInfo(info);
}

/** Whether the gradient being computed now is itself recorded, to be differentiated again. */
export function isDifferentiatedAgain(): boolean {
  return tf.engine().state.gradientDepth > 0;
}
