import * as tf from '@tensorflow/tfjs';
import { TRACE_BACKEND } from '../capture/traceName.ts';

/**
 * The same values as `x`, not connected to it on the tape: the derivative of what is computed from
 * them is zero, and nothing is backpropagated to find that out. For masks and positions.
 *
 * Shares the data of `x`; disposed of with the enclosing `tf.tidy`.
 */
export function detach(x: tf.Tensor): tf.Tensor {
  // a capture has no tape to keep it from
  if (tf.getBackend() === TRACE_BACKEND) return stopped(x);
  const engine = tf.engine();
  // A kernel that is called without the engine is not recorded.
  const identity = tf.getKernel('Identity', tf.getBackend());
  const info = identity.kernelFunc({ inputs: { x }, attrs: {}, backend: engine.backend });
  if (Array.isArray(info)) throw new Error('Identity returned several tensors');
  return engine.makeTensorFromTensorInfo(info);
}

function stopped(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((y) => ({ value: tf.clone(y as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) }))(x);
}

/** Whether the gradient being computed now is itself recorded, to be differentiated again. */
export function isDifferentiatedAgain(): boolean {
  return tf.engine().state.gradientDepth > 0;
}
