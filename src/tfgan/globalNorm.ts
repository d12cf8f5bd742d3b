import * as tf from '@tensorflow/tfjs';

/**
 * TF-GAN's `numerically_stable_global_norm`: the Euclidean norm of all entries, which are divided by the largest first. Tensors that
 * are all zero give NaN, as there.
 *
 * @returns a scalar; the number 0 where every tensor is null
 */
export function globalNorm(tensors: readonly (tf.Tensor | null)[]): tf.Scalar | 0 {
  const present = tensors.filter((tensor) => tensor !== null);
  if (present.length === 0) return 0;
  return tf.tidy(() => {
    const largest = tf.max(tf.stack(present.map((tensor) => tf.max(tf.abs(tensor)))));
    const squares = present.map((tensor) => tf.sum(tf.square(tf.div(tensor, largest))));
    return tf.mul(largest, tf.sqrt(tf.addN(squares)));
  });
}
