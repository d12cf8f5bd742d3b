import * as tf from '@tensorflow/tfjs';
import { resolveAxes } from '../../ir/infer/reductions.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { forEachIndex } from '../../ir/values.ts';
import { elementwise } from './elementwise.ts';
import type { RowSite, RowTable } from './row.ts';
import { padded, sliced } from './structural.ts';

type Kind = OpAttributes['reduce']['kind'];

function initial(kind: Kind, dtype: tf.DataType): number {
  if (kind === 'add') return 0;
  if (dtype === 'int32') return kind === 'maximum' ? -(2 ** 31) : 2 ** 31 - 1;
  return kind === 'maximum' ? -Infinity : Infinity;
}

const UNKNOWN: RowSite = { shape: [], dtype: 'f32', constantOf: () => null };

const COMBINE: { readonly [K in Exclude<Kind, 'minimum'>]: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor } = {
  add: tf.add,
  maximum: (a, b) => elementwise.maximum([a, b], {}, UNKNOWN),
};

const REDUCE: { readonly [K in Kind]: (x: tf.Tensor, axes: number[]) => tf.Tensor } = { add: tf.sum, maximum: tf.max, minimum: tf.min };

/** A window's elements that have the same place in their windows, as one tensor of a number for each window. */
function tapSlice(wide: tf.Tensor, tap: readonly number[], strides: readonly number[], windows: readonly number[]): tf.Tensor {
  return sliced(wide, tap, tap.map((start, axis) => start + (windows[axis] - 1) * strides[axis] + 1), strides);
}

const lows = (window: OpAttributes['select_and_scatter']) => window.padding.map(([low]) => low);
const highs = (window: OpAttributes['select_and_scatter']) => window.padding.map(([, high]) => high);

export const reductions = {
  reduce: ([x], { kind, axes }, { shape }) => {
    if (x.size === 0) return tf.fill([...shape], initial(kind, x.dtype), x.dtype as 'float32' | 'int32');
    const removed = resolveAxes(axes, x.rank);
    return removed.length === 0 ? tf.clone(x) : REDUCE[kind](x, [...removed]);
  },
  // sums and maxima of boxes are taken axis by axis
  reduce_window: ([x], attributes, { shape }) => {
    const none = x.shape.map(() => 0);
    const wide = padded(x, lows(attributes), highs(attributes), none, initial(attributes.kind, x.dtype));
    return attributes.window_dimensions.reduce((along, taps, axis) => {
      const only = (value: number, others: readonly number[]) => others.map((other, i) => (i === axis ? value : other));
      const windows = only(shape[axis], along.shape);
      const strides = only(attributes.window_strides[axis], none.map(() => 1));
      const parts = Array.from({ length: taps }, (_, tap) => tapSlice(along, only(tap, none), strides, windows));
      return parts.reduce(COMBINE[attributes.kind]);
    }, wide);
  },
  // tap by tap: the greatest so far of each window and its tap; then the source goes to the taps that were chosen
  select_and_scatter: ([x, source], attributes) => {
    const { window_dimensions, window_strides } = attributes;
    if (source.size === 0) return tf.zerosLike(x);
    const none = x.shape.map(() => 0);
    const windows = source.shape;
    const wide = padded(x, lows(attributes), highs(attributes), none, 0);
    const inside = padded(tf.fill(x.shape, 1, 'int32'), lows(attributes), highs(attributes), none, 0);
    const taps: number[][] = [];
    forEachIndex(window_dimensions, (tap) => void taps.push([...tap]));
    let greatest: tf.Tensor = tf.zeros(windows);
    let chosen: tf.Tensor = tf.fill(windows, -1, 'int32');
    taps.forEach((tap, place) => {
      const value = tapSlice(wide, tap, window_strides, windows);
      const isInside = tf.cast(tapSlice(inside, tap, window_strides, windows), 'bool');
      const first = tf.less(chosen, tf.scalar(0, 'int32'));
      const taken = tf.logicalAnd(isInside, tf.logicalOr(first, tf.logicalNot(tf.greaterEqual(greatest, value))));
      greatest = tf.where(taken, value, greatest);
      chosen = tf.where(taken, tf.fill(windows, place, 'int32'), chosen);
    });
    const sums = taps.map((tap, place) => {
      const given = tf.where(tf.equal(chosen, tf.scalar(place, 'int32')), source, tf.zerosLike(source));
      const low = tap.map((start, axis) => start - attributes.padding[axis][0]);
      const reach = windows.map((count, axis) => low[axis] + (count - 1) * window_strides[axis] + 1);
      return padded(given, low, reach.map((end, axis) => x.shape[axis] - end), window_strides.map((stride) => stride - 1), 0);
    });
    return sums.reduce((a, b) => tf.add(a, b));
  },
} satisfies Partial<RowTable>;
