import * as tf from '@tensorflow/tfjs';
import { offsetsOf, sizeOf, stridesOf } from '../../ir/values.ts';
import type { RowTable } from './row.ts';

const integer = (value: number) => tf.scalar(value, 'int32');

/** Each entry of the index vectors, as one column with a row for each vector. */
function indexColumns(indices: tf.Tensor, vectorDim: number, count: number): readonly tf.Tensor[] {
  if (count === 0) return [];
  const vectors = sizeOf(indices.shape) / count;
  if (vectorDim === indices.rank) return [tf.reshape(indices, [vectors, 1])];
  const batch = indices.shape.map((_, axis) => axis).filter((axis) => axis !== vectorDim);
  const table = tf.reshape(tf.transpose(indices, [...batch, vectorDim]), [vectors, count]);
  return Array.from({ length: count }, (_, k) => tf.slice(table, [0, k], [vectors, 1]));
}

/** Places in a flat tensor of every index of `sizes`, as one row. */
function places(sizes: readonly number[], strides: readonly number[]): tf.Tensor {
  const offsets = offsetsOf(sizes, strides);
  return tf.tensor(offsets, [1, offsets.length], 'int32');
}

function product(list: readonly number[]): number {
  return list.reduce((a, b) => a * b, 1);
}

/** The order in which dimensions [batch…, window…] come in a tensor whose window dimensions are `windowDims`. */
function interleaved(rank: number, windowDims: readonly number[]): readonly number[] {
  let batch = 0;
  const first = rank - windowDims.length;
  return Array.from({ length: rank }, (_, axis) => (windowDims.includes(axis) ? first + windowDims.indexOf(axis) : batch++));
}

export const indexing = {
  gather: ([operand, indices], attributes, { shape }) => {
    const { offset_dims, collapsed_slice_dims, start_index_map, index_vector_dim, slice_sizes } = attributes;
    const strides = stridesOf(operand.shape);
    const windowAxes = operand.shape.map((_, axis) => axis).filter((axis) => !collapsed_slice_dims.includes(axis));
    const batchShape = shape.filter((_, axis) => !offset_dims.includes(axis));
    const windowShape = windowAxes.map((axis) => slice_sizes[axis]);
    const starts = indexColumns(indices, index_vector_dim, start_index_map.length).map((column, k) => {
      const axis = start_index_map[k];
      const most = operand.shape[axis] - slice_sizes[axis];
      return tf.mul(tf.minimum(tf.maximum(column, integer(0)), integer(most)), integer(strides[axis]));
    });
    const start = starts.reduce((a, b) => tf.add(a, b), tf.zeros([product(batchShape), 1], 'int32') as tf.Tensor);
    const at = tf.add(start, places(windowShape, windowAxes.map((axis) => strides[axis])));
    const flat = tf.reshape(operand, [operand.size]);
    const numbers = tf.gather(flat.dtype === 'bool' ? tf.cast(flat, 'int32') : flat, tf.reshape(at, [at.size]));
    const found = tf.transpose(tf.reshape(numbers, [...batchShape, ...windowShape]), [...interleaved(shape.length, offset_dims)]);
    return operand.dtype === 'bool' ? tf.cast(found, 'bool') : found;
  },

  scatter: ([operand, indices, updates], attributes) => {
    if (updates.size === 0) return tf.clone(operand);
    const { update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims, index_vector_dim } = attributes;
    const strides = stridesOf(operand.shape);
    const windowAxes = operand.shape.map((_, axis) => axis).filter((axis) => !inserted_window_dims.includes(axis));
    const batchAxes = updates.shape.map((_, axis) => axis).filter((axis) => !update_window_dims.includes(axis));
    const windowShape = update_window_dims.map((axis) => updates.shape[axis]);
    const batch = product(batchAxes.map((axis) => updates.shape[axis]));
    const columns = indexColumns(indices, index_vector_dim, scatter_dims_to_operand_dims.length);
    const target = [batch, product(windowShape)];
    /** A coordinate of every update: where its window starts, and how far into it. */
    const coordinate = (axis: number) => {
      const k = scatter_dims_to_operand_dims.indexOf(axis);
      const window = windowAxes.indexOf(axis);
      const start = k < 0 ? tf.zeros([batch, 1], 'int32') : columns[k];
      return tf.broadcastTo(tf.add(start, window < 0 ? tf.zeros([1, target[1]], 'int32') : places(windowShape, windowShape.map((_, i) => Number(i === window)))), target);
    };
    const coordinates = operand.shape.map((_, axis) => coordinate(axis));
    const inside = coordinates
      .map((position, axis) => tf.logicalAnd(tf.greaterEqual(position, integer(0)), tf.less(position, integer(operand.shape[axis]))))
      .reduce((a, b) => tf.logicalAnd(a, b), tf.ones(target, 'bool') as tf.Tensor);
    const place = coordinates.map((position, axis) => tf.mul(position, integer(strides[axis]))).reduce((a, b) => tf.add(a, b), tf.zeros(target, 'int32') as tf.Tensor);
    // what falls outside goes nowhere: one place behind the last
    const safe = tf.reshape(tf.where(inside, place, tf.fill(target, operand.size, 'int32')), [updates.size, 1]);
    const rows = tf.reshape(tf.transpose(updates, [...batchAxes, ...update_window_dims]), [updates.size]);
    const sums = tf.scatterND(safe, rows, [operand.size + 1]);
    return tf.add(operand, tf.reshape(tf.slice(sums, [0], [operand.size]), operand.shape));
  },
} satisfies Partial<RowTable>;
