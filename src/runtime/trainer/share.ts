import * as tf from '@tensorflow/tfjs';

/**
 * A second tensor on the same buffer, kept by every tidy. It is no copy on any backend (clone is one on wasm), and holds its value
 * whatever becomes of the first: tfjs never writes into a buffer, an assignment to a variable gives it another.
 */
export function share(tensor: tf.Tensor): tf.Tensor {
  return tf.keep(tf.reshape(tensor, tensor.shape));
}
