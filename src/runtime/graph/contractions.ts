import * as tf from '@tensorflow/tfjs';
import { resolveAxes } from '../../ir/infer/reductions.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { parseDimensionNumbers } from '../../ir/shapes.ts';
import { sizeOf } from '../../ir/values.ts';
import type { RowTable } from './row.ts';
import { padded, sliced } from './structural.ts';

const others = (rank: number, taken: readonly number[]) => Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !taken.includes(axis));
const sizes = (x: tf.Tensor, axes: readonly number[]) => axes.map((axis) => x.shape[axis]);

/** [batch, rows, inner] · [batch, inner, columns] */
function batchedProduct(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor {
  if (a.dtype !== 'int32') return tf.matMul(a, b);
  // no backend multiplies matrices of integers
  return tf.sum(tf.mul(tf.expandDims(a, 3), tf.expandDims(b, 1)), 2);
}

interface Window {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** [N, spatial…, C] and [spatial…, I, O] to [N, spatial…, O], without padding or groups. */
function plainConvolution(x: tf.Tensor, kernel: tf.Tensor, { strides, dilations }: Window): tf.Tensor {
  const spatial = strides.length;
  if (spatial === 0) return tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D);
  const [pair, triple] = [(values: readonly number[]): [number, number] => [values[0], values[1] ?? 1], (values: readonly number[]): [number, number, number] => [values[0], values[1], values[2]]];
  if (spatial === 1) {
    const flat = tf.expandDims(x as tf.Tensor3D, 2) as tf.Tensor4D;
    const taps = tf.expandDims(kernel as tf.Tensor3D, 1) as tf.Tensor4D;
    const result = tf.conv2d(flat, taps, pair(strides), 'valid', 'NHWC', pair(dilations));
    return tf.squeeze(result, [2]);
  }
  if (spatial === 2) return tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, pair(strides), 'valid', 'NHWC', pair(dilations));
  if (spatial === 3) {
    // conv3d takes dilations, but the backends' kernels differ in whether they heed them
    const holes = dilations.map((dilation) => dilation - 1);
    const spread = holes.every((hole) => hole === 0) ? kernel : padded(kernel, kernel.shape.map(() => 0), kernel.shape.map(() => 0), [...holes, 0, 0], 0);
    return tf.conv3d(x as tf.Tensor5D, spread as tf.Tensor5D, triple(strides), 'valid');
  }
  throw new Error(`tfjs has no convolution over ${spatial} spatial dimensions`);
}

/** tfjs takes strides or dilations: where there are both, the positions between strides are left out afterwards. */
function stridedConvolution(x: tf.Tensor, kernel: tf.Tensor, window: Window): tf.Tensor {
  const { strides, dilations } = window;
  if (strides.every((stride) => stride === 1) || dilations.every((dilation) => dilation === 1)) return plainConvolution(x, kernel, window);
  const dense = plainConvolution(x, kernel, { strides: strides.map(() => 1), dilations });
  return sliced(dense, dense.shape.map(() => 0), dense.shape, [1, ...strides, 1]);
}

function split(x: tf.Tensor, groups: number, axis: number): readonly tf.Tensor[] {
  return groups === 1 ? [x] : tf.split(x, groups, axis);
}

function joined(parts: readonly tf.Tensor[], axis: number): tf.Tensor {
  return parts.length === 1 ? parts[0] : tf.concat([...parts], axis);
}

/** Each feature in a group of its own: a depthwise convolution, which tfjs has over two dimensions. */
function depthwise(x: tf.Tensor, kernel: tf.Tensor, { strides, dilations }: Window, groups: number): tf.Tensor | null {
  const isDepthwise = strides.length === 2 && groups > 1 && x.shape[3] === groups && strides[0] === strides[1] && dilations.every((dilation) => dilation === 1);
  if (!isDepthwise) return null;
  const [height, width, , features] = kernel.shape;
  const taps = tf.reshape(kernel, [height, width, groups, features / groups]) as tf.Tensor4D;
  return tf.depthwiseConv2d(x as tf.Tensor4D, taps, [strides[0], strides[1]], 'valid');
}

function convolution(lhs: tf.Tensor, rhs: tf.Tensor, attributes: OpAttributes['convolution']): tf.Tensor {
  const [input, output] = [parseDimensionNumbers(attributes.input, 'bf'), parseDimensionNumbers(attributes.output, 'bf')];
  const kernel = parseDimensionNumbers(attributes.kernel, 'io');
  const { padding, lhs_dilation, window_reversal, feature_group_count: featureGroups, batch_group_count: batchGroups } = attributes;
  const spatial = input.spatial.length;
  const window: Window = { strides: attributes.window_strides, dilations: attributes.rhs_dilation };
  const images = tf.transpose(lhs, [input.first, ...input.spatial, input.second]);
  const x = padded(images, [0, ...padding.map(([low]) => low), 0], [0, ...padding.map(([, high]) => high), 0], [0, ...lhs_dilation.map((dilation) => dilation - 1), 0], 0);
  const reversed = window_reversal.flatMap((reverse, axis) => (reverse ? [axis] : []));
  const straight = tf.transpose(rhs, [...kernel.spatial, kernel.first, kernel.second]);
  const taps = reversed.length === 0 ? straight : tf.reverse(straight, reversed);
  // groups of the batch and of features exclude each other; either takes its share of the output features
  const groups = Math.max(featureGroups, batchGroups);
  const kernels = split(taps, groups, spatial + 1);
  const parts = featureGroups > 1 ? split(x, groups, spatial + 1) : split(x, groups, 0);
  const result = (featureGroups > 1 ? depthwise(x, taps, window, groups) : null) ?? joined(parts.map((part, i) => stridedConvolution(part, kernels[i], window)), spatial + 1);
  // from [N, spatial…, O] to the output's order
  const order = Array.from({ length: spatial + 2 }, (_, place) => (place === output.first ? 0 : place === output.second ? spatial + 1 : 1 + output.spatial.indexOf(place)));
  return tf.transpose(result, order);
}

export const contractions = {
  dot_general: ([lhs, rhs], attributes, { shape, dtype }) => {
    if (lhs.size === 0 || rhs.size === 0) return tf.zeros([...shape], dtype === 'i32' ? 'int32' : 'float32');
    const { lhs_batching_dimensions: lhsBatch, rhs_batching_dimensions: rhsBatch } = attributes;
    const lhsInner = resolveAxes(attributes.lhs_contracting_dimensions, lhs.rank);
    const rhsInner = resolveAxes(attributes.rhs_contracting_dimensions, rhs.rank);
    const rows = others(lhs.rank, [...lhsBatch, ...lhsInner]);
    const columns = others(rhs.rank, [...rhsBatch, ...rhsInner]);
    const matrix = (x: tf.Tensor, a: readonly number[], b: readonly number[], c: readonly number[]): tf.Tensor3D => {
      const [batches, first, second] = [a, b, c].map((axes) => sizeOf(sizes(x, axes)));
      return tf.reshape(tf.transpose(x, [...a, ...b, ...c]), [batches, first, second]);
    };
    const sums = batchedProduct(matrix(lhs, lhsBatch, rows, lhsInner), matrix(rhs, rhsBatch, rhsInner, columns));
    return tf.reshape(sums, [...shape]);
  },
  convolution: ([lhs, rhs], attributes, { shape }) => (lhs.size === 0 || rhs.size === 0 ? tf.zeros([...shape]) : convolution(lhs, rhs, attributes)),
} satisfies Partial<RowTable>;
