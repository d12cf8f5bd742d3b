import * as tf from '@tensorflow/tfjs';

/** The transpose of broadcasting from `shape` to `x.shape`: sums `x` over the broadcast axes. */
export function sumToShape(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], x.shape);
  const summed = axes.length > 0 ? tf.sum(x, axes) : x;
  return tf.reshape(summed, [...shape]);
}
