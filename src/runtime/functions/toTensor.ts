import * as tf from '@tensorflow/tfjs';

/** A tensor as it is, a number or array as a tensor. */
export function toTensor(x: tf.TensorLike): tf.Tensor {
  return x instanceof tf.Tensor ? x : tf.tensor(x);
}
