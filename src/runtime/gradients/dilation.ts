import * as tf from '@tensorflow/tfjs';

/** One number for each spatial axis of a filter [...sizes, inputs, outputs]. */
export function dilationsOf(filter: tf.Tensor, dilations: unknown): readonly number[] {
  const axes = filter.rank - 2;
  const given = tf.util.flatten([(dilations ?? 1) as number | number[]]) as number[];
  return Array.from({ length: axes }, (_, axis) => given[given.length === 1 ? 0 : given.length - axes + axis]!);
}

/** [outer, size, inner] of one axis of a shape. */
function around(shape: readonly number[], axis: number): readonly [number, number, number] {
  return [tf.util.sizeFromShape(shape.slice(0, axis)), shape[axis]!, tf.util.sizeFromShape(shape.slice(axis + 1))];
}

/** The filter with `dilation − 1` zeros between neighbours along each spatial axis: a plain convolution with it is the dilated one. */
export function dilate(filter: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  return dilations.reduce((sparse, dilation, axis) => {
    if (dilation === 1) return sparse;
    const [outer, size, inner] = around(sparse.shape, axis);
    const spread = tf.reshape(tf.pad(tf.reshape(sparse, [outer, size, 1, inner]), [[0, 0], [0, 0], [0, dilation - 1], [0, 0]]), [outer, size * dilation, inner]);
    const length = (size - 1) * dilation + 1;
    return tf.reshape(tf.slice(spread, [0, 0, 0], [outer, length, inner]), replaced(sparse.shape, axis, length));
  }, filter);
}

/** The transpose of `dilate`: what stands where the filter's own taps are. */
export function undilate(sparse: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  return dilations.reduce((filter, dilation, axis) => {
    if (dilation === 1) return filter;
    const [outer, length, inner] = around(filter.shape, axis);
    const size = (length - 1) / dilation + 1;
    const whole = tf.pad(tf.reshape(filter, [outer, length, inner]), [[0, 0], [0, dilation - 1], [0, 0]]);
    const taps = tf.slice(tf.reshape(whole, [outer, size, dilation, inner]), [0, 0, 0, 0], [outer, size, 1, inner]);
    return tf.reshape(taps, replaced(filter.shape, axis, size));
  }, sparse);
}

function replaced(shape: readonly number[], axis: number, size: number): number[] {
  return shape.map((own, index) => (index === axis ? size : own));
}
