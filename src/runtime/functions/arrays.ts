import * as tf from '@tensorflow/tfjs';
import { toTensor, type Operand } from './toTensor.ts';

/** How far along the dimension each element of x stands, from 0; x's shape. A negative dimension counts from the end. */
export function iotaLike(x: Operand, dimension: number): tf.Tensor {
  const { shape } = toTensor(x);
  const axis = dimension < 0 ? dimension + shape.length : dimension;
  const along = shape.map((size, other) => (other === axis ? size : 1));
  return tf.broadcastTo(tf.reshape(tf.range(0, shape[axis], 1, 'float32'), along), shape);
}

/** How many elements are greater than each; of equal ones, those that come before it count. x's shape, without gradient. */
export function descendingRank(x: Operand): tf.Tensor {
  const t = toTensor(x);
  const [own, other] = [tf.reshape(t, [t.size, 1]), tf.reshape(t, [1, t.size])];
  const places = tf.range(0, t.size, 1, 'float32');
  const earlier = tf.logicalAnd(tf.equal(other, own), tf.less(tf.reshape(places, [1, t.size]), tf.reshape(places, [t.size, 1])));
  const ahead = tf.logicalOr(tf.greater(other, own), earlier);
  return tf.reshape(tf.sum(tf.cast(ahead, 'float32'), 1), t.shape);
}

/** x with one more entry at the end of its last axis: [N, …, K] → [N, …, K + 1]. */
export function append(x: Operand, value: Operand): tf.Tensor {
  const t = tf.cast(toTensor(x), 'float32');
  if (t.rank === 0) throw new Error('a scalar has no last axis');
  return tf.concat([t, tf.broadcastTo(tf.cast(toTensor(value), 'float32'), [...t.shape.slice(0, -1), 1])], t.rank - 1);
}

/** The sum of products over pairs of axes; what is left are the other axes of a, then those of b (StableHLO dot_general without batches). */
export function dotGeneral(a: Operand, b: Operand, aAxes: readonly number[], bAxes: readonly number[]): tf.Tensor {
  const [left, right] = [contracted(a, aAxes), contracted(b, bAxes)];
  if (left.sizes.join() !== right.sizes.join()) throw new Error(`samples of shape [${left.sizes}] and [${right.sizes}] have no inner product`);
  return tf.reshape(tf.matMul(left.matrix, right.matrix, false, true), [...left.free, ...right.free]);
}

/** The inner product of each sample of a with each sample of b: [N, …] and [M, …] give [N, M]. */
export function similarities(a: Operand, b: Operand): tf.Tensor {
  const axesOf = (x: tf.Tensor) => x.shape.slice(1).map((_, index) => index + 1);
  const [left, right] = [toTensor(a), toTensor(b)];
  return dotGeneral(left, right, axesOf(left), axesOf(right));
}

/** x as a matrix [free, contracted]. */
function contracted(x: Operand, axes: readonly number[]) {
  const t = tf.cast(toTensor(x), 'float32');
  const kept = t.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const sizes = axes.map((axis) => t.shape[axis]);
  const free = kept.map((axis) => t.shape[axis]);
  const order = [...kept, ...axes];
  const turned = order.every((axis, index) => axis === index) ? t : tf.transpose(t, order);
  return { sizes, free, matrix: tf.reshape(turned, [tf.util.sizeFromShape(free), tf.util.sizeFromShape(sizes)]) as tf.Tensor2D };
}
