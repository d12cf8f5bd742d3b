import * as tf from '@tensorflow/tfjs';
import { offsetsOf, sizeOf } from '../../ir/values.ts';
import { asInteger } from './elementwise.ts';
import { TF_DTYPES, type RowTable } from './row.ts';

/** x as [before, the axis, after]: three dimensions, which every kernel takes. */
function around(x: tf.Tensor, axis: number): readonly [number, number, number] {
  return [sizeOf(x.shape.slice(0, axis)), x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
}

function withAxis(x: tf.Tensor, axis: number, size: number): number[] {
  return x.shape.map((own, i) => (i === axis ? size : own));
}

/** Elements start, start + stride, … below limit of one axis. */
function sliceAxis(x: tf.Tensor, axis: number, start: number, limit: number, stride: number): tf.Tensor {
  const [before, , after] = around(x, axis);
  const size = limit - start;
  const count = Math.ceil(size / stride);
  let part: tf.Tensor = tf.slice(tf.reshape(x, [...around(x, axis)]), [0, start, 0], [before, size, after]);
  if (stride > 1) {
    // the first of each group of `stride` elements
    const whole = tf.pad(part, [[0, 0], [0, count * stride - size], [0, 0]]);
    part = tf.slice(tf.reshape(whole, [before, count, stride, after]), [0, 0, 0, 0], [before, count, 1, after]);
  }
  return tf.reshape(part, withAxis(x, axis, count));
}

export function sliced(x: tf.Tensor, starts: readonly number[], limits: readonly number[], strides: readonly number[]): tf.Tensor {
  return asInteger(x, (numbers) =>
    starts.reduce((part, start, axis) => (start === 0 && limits[axis] === x.shape[axis] && strides[axis] === 1 ? part : sliceAxis(part, axis, start, limits[axis], strides[axis])), tf.clone(numbers)),
  );
}

function padAxis(x: tf.Tensor, axis: number, low: number, high: number, interior: number, value: number): tf.Tensor {
  const [before, size, after] = around(x, axis);
  if (size === 0) return tf.fill(withAxis(x, axis, low + high), value, x.dtype as 'float32' | 'int32');
  let [wide, length]: [tf.Tensor, number] = [tf.reshape(x, [before, size, after]), size];
  let end = high;
  if (interior > 0) {
    wide = tf.reshape(tf.pad(tf.reshape(x, [before, size, 1, after]), [[0, 0], [0, 0], [0, interior], [0, 0]], value), [before, size * (1 + interior), after]);
    // the last element has holes behind it, too
    [length, end] = [size * (1 + interior), high - interior];
  }
  if (low > 0 || end > 0) wide = tf.pad(wide, [[0, 0], [Math.max(0, low), Math.max(0, end)], [0, 0]], value);
  if (low < 0 || end < 0) wide = tf.slice(wide, [0, Math.max(0, -low), 0], [before, length + low + end, after]);
  return tf.reshape(wide, withAxis(x, axis, length + low + end));
}

/** StableHLO's pad with a known number; negative low and high crop, interior dilates. */
export function padded(x: tf.Tensor, low: readonly number[], high: readonly number[], interior: readonly number[], value: number): tf.Tensor {
  return asInteger(x, (numbers) =>
    low.reduce((wide, _, axis) => (low[axis] === 0 && high[axis] === 0 && interior[axis] === 0 ? wide : padAxis(wide, axis, low[axis], high[axis], interior[axis], value)), tf.clone(numbers)),
  );
}

/** x broadcast to a shape, its dimension i becoming dimension `places[i]`. */
export function broadcastIn(x: tf.Tensor, shape: readonly number[], places: readonly number[]): tf.Tensor {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const sorted = order.every((from, i) => from === i) ? x : tf.transpose(x, order);
  const ranked = shape.map((_, axis) => (places.includes(axis) ? x.shape[places.indexOf(axis)] : 1));
  return tf.broadcastTo(tf.reshape(sorted, ranked), [...shape]);
}

export const structural = {
  constant: (_operands, { dtype, shape, data }) => tf.tensor(dtype === 'f32' ? Float32Array.from(data) : Int32Array.from(data), [...shape], TF_DTYPES[dtype]),
  iota: (_operands, { dtype, iota_dimension }, { shape }) => {
    const counts = offsetsOf(shape, shape.map((_, axis) => Number(axis === iota_dimension)));
    return tf.tensor(dtype === 'f32' ? Float32Array.from(counts) : counts, [...shape], TF_DTYPES[dtype]);
  },
  reshape: ([x], { shape }) => tf.reshape(x, [...shape]),
  transpose: ([x], { permutation }) => asInteger(x, (numbers) => tf.transpose(numbers, [...permutation])),
  broadcast_in_dim: ([x], { shape, broadcast_dimensions }) => asInteger(x, (numbers) => broadcastIn(numbers, shape, broadcast_dimensions)),
  slice: ([x], { start_indices, limit_indices, strides }) => sliced(x, start_indices, limit_indices, strides),
  pad: ([x, value], { low, high, interior }, { shape, constantOf }) => {
    const known = constantOf(1);
    if (known !== null) return padded(x, low, high, interior, known);
    const own = padded(tf.fill(x.shape, 1, 'int32'), low, high, interior, 0);
    const wide = (numbers: tf.Tensor, fill: tf.Tensor) => tf.where(tf.cast(own, 'bool'), padded(numbers, low, high, interior, 0), tf.broadcastTo(tf.reshape(fill, shape.map(() => 1)), [...shape]));
    return x.dtype === 'bool' ? tf.cast(wide(tf.cast(x, 'int32'), tf.cast(value, 'int32')), 'bool') : wide(x, value);
  },
  concatenate: (parts, { dimension }) => {
    const full = parts.filter(({ size }) => size > 0);
    const numbers = tf.concat(full.map((part) => (part.dtype === 'bool' ? tf.cast(part, 'int32') : part)), dimension);
    return full[0].dtype === 'bool' ? tf.cast(numbers, 'bool') : numbers;
  },
  reverse: ([x], { dimensions }) => (dimensions.length === 0 ? tf.clone(x) : asInteger(x, (numbers) => tf.reverse(numbers, [...dimensions]))),
  stop_gradient: ([x]) => tf.clone(x),
  optimization_barrier: ([x]) => tf.clone(x),
  custom_vjp: ([value]) => tf.clone(value),
} satisfies Partial<RowTable>;
