import * as tf from '@tensorflow/tfjs';

/**
 * The weights, with a gradient of exactly 0 where they sum to 0. Under MEAN that is what the safe division by their sum makes of the
 * gradient anyway, but for losses that are not finite: TensorFlow drops a product with a constant 0 of the losses' own shape, and
 * has 0 there as well.
 */
export function zeroSlopeWhereSumIsZero(weights: tf.Tensor): tf.Tensor {
  const guarded = tf.customGrad((...args) => {
    const [given, save] = args as [tf.Tensor, tf.GradSaveFunc];
    save([given]);
    const gradFunc = (slope: tf.Tensor, saved: tf.Tensor[]) => tf.where(tf.broadcastTo(tf.equal(tf.sum(tf.cast(saved[0], 'float32')), 0), slope.shape), tf.zerosLike(slope), slope);
    return { value: tf.clone(given), gradFunc };
  });
  return guarded(weights);
}
