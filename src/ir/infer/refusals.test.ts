import { describe, expect, it } from 'vitest';
import { inferType } from '../infer.ts';
import type { OpAttributes, OpKind } from '../ops.ts';
import { formatType, opaqueType, tensorType, type Dim, type Type } from '../types.ts';

const f32 = (...dims: Dim[]) => tensorType(dims);
const i32 = (...dims: Dim[]) => tensorType(dims, { dtype: 'i32' });
const i1 = (...dims: Dim[]) => tensorType(dims, { dtype: 'i1' });
const OPEN = tensorType(['n'], { open: true });

interface Refusals<K extends OpKind> {
  /** A call that fits, and its type. */
  readonly fits: readonly [operands: readonly Type[], attributes: OpAttributes[K], type: string];
  /** Other operands with the same attributes. */
  readonly operands?: readonly (readonly [operands: readonly Type[], message: string])[];
  /** The same operands with some attributes changed. */
  readonly attributes?: readonly (readonly [change: Partial<OpAttributes[K]>, message: string])[];
}

const CONVOLUTION: OpAttributes['convolution'] = {
  input: 'b01f',
  kernel: '01io',
  output: 'b01f',
  window_strides: [2, 1],
  padding: [[1, 0], [0, 1]],
  lhs_dilation: [1, 2],
  rhs_dilation: [1, 1],
  window_reversal: [false, true],
  feature_group_count: 1,
  batch_group_count: 1,
};

const TABLE: { readonly [K in OpKind]?: Refusals<K> } = {
  dot_general: {
    fits: [[f32(2, 3, 4), f32(2, 4, 5)], { lhs_batching_dimensions: [0], rhs_batching_dimensions: [0], lhs_contracting_dimensions: [2], rhs_contracting_dimensions: [1] }, 'f32[2, 3, 5]'],
    operands: [
      [[i1(2, 3, 4), i1(2, 4, 5)], 'dot_general: operand 0 is i1[2, 3, 4], not of f32 or i32'],
      [[f32(2, 3, 4), i32(2, 4, 5)], 'dot_general: operand 1 is i32[2, 4, 5], not of f32'],
      [[f32(2, 3, 4), OPEN], 'f32[2, 3, 4] and f32[n, ...] cannot be batched before their ranks are known'],
      [[OPEN, f32(2, 3, 4)], 'f32[n, ...] and f32[2, 3, 4] cannot be batched before their ranks are known'],
      [[f32(3, 3, 4), f32(2, 4, 5)], 'dimension 0 of f32[3, 3, 4] does not fit dimension 0 of f32[2, 4, 5]'],
    ],
    attributes: [
      [{ lhs_batching_dimensions: [3] }, 'lhs dimensions [3, 2] are not distinct dimensions of a tensor of rank 3'],
      [{ rhs_batching_dimensions: [1] }, 'rhs dimensions [1, 1] are not distinct dimensions of a tensor of rank 3'],
      [{ rhs_contracting_dimensions: [3] }, 'rhs dimensions [0, 3] are not distinct dimensions of a tensor of rank 3'],
      [{ rhs_batching_dimensions: [] }, 'rhs_batching_dimensions has 0 entries for 1 dimensions'],
      [{ rhs_contracting_dimensions: [] }, 'rhs_contracting_dimensions has 0 entries for 1 dimensions'],
    ],
  },
  convolution: {
    fits: [[f32(2, 5, 6, 4), f32(3, 2, 4, 8)], CONVOLUTION, 'f32[2, 2, 11, 8]'],
    operands: [
      [[i32(2, 5, 6, 4), f32(3, 2, 4, 8)], 'convolution: operand 0 is i32[2, 5, 6, 4], not of f32'],
      [[f32(2, 5, 6, 4), i32(3, 2, 4, 8)], 'convolution: operand 1 is i32[3, 2, 4, 8], not of f32'],
      [[OPEN, f32(3, 2, 4, 8)], 'convolution: the rank of operand 0 is not known: f32[n, ...]'],
      [[f32(2, 5, 6, 4), OPEN], 'convolution: the rank of operand 1 is not known: f32[n, ...]'],
      [[f32(2, 5, 6, 4), f32(2, 4, 8)], 'f32[2, 5, 6, 4] and f32[2, 4, 8] differ in rank, or have no features'],
      [[f32(2), f32(2)], 'f32[2] and f32[2] differ in rank, or have no features'],
      [[f32(2, 'h', 6, 4), f32(3, 2, 4, 8)], 'the spatial dimensions of f32[2, h, 6, 4] and f32[3, 2, 4, 8] must be known'],
      [[f32(2, 5, 6, 4), f32('k', 2, 4, 8)], 'the spatial dimensions of f32[2, 5, 6, 4] and f32[k, 2, 4, 8] must be known'],
      [[f32(2, 5, 6, 3), f32(3, 2, 4, 8)], 'f32[2, 5, 6, 3] has 3 features in 1 groups, the kernel f32[3, 2, 4, 8] takes 4'],
    ],
    attributes: [
      [{ input: 'b0f' }, 'input has 3 entries for 4 dimensions'],
      [{ kernel: '0io' }, 'kernel has 3 entries for 4 dimensions'],
      [{ output: 'b012f' }, 'output has 5 entries for 4 dimensions'],
      [{ input: 'f01f' }, "dimension numbers 'f01f' are not made of 'bf' and the numbers of the spatial dimensions"],
      [{ kernel: '01bo' }, "dimension numbers '01bo' are not made of 'io' and the numbers of the spatial dimensions"],
      [{ output: 'b00f' }, "dimension numbers 'b00f'"],
      [{ window_strides: [1] }, 'window_strides has 1 entries for 2 dimensions'],
      [{ padding: [[0, 0]] }, 'padding has 1 entries for 2 dimensions'],
      [{ lhs_dilation: [1] }, 'lhs_dilation has 1 entries for 2 dimensions'],
      [{ rhs_dilation: [] }, 'rhs_dilation has 0 entries for 2 dimensions'],
      [{ window_reversal: [true] }, 'window_reversal has 1 entries for 2 dimensions'],
      [{ window_strides: [0, 1] }, 'window_strides [0, 1] are not whole numbers from 1'],
      [{ lhs_dilation: [1, 0] }, 'lhs_dilation [1, 0] are not whole numbers from 1'],
      [{ rhs_dilation: [1.5, 1] }, 'rhs_dilation [1.5, 1] are not whole numbers from 1'],
      [{ padding: [[0.5, 0], [0, 0]] }, 'padding [0.5, 0, 0, 0] are not whole numbers'],
      [{ window_reversal: [1 as unknown as boolean, true] }, 'window_reversal is not a list of booleans'],
      [{ feature_group_count: 0 }, 'group counts [0, 1] are not whole numbers from 1'],
      [{ batch_group_count: 1.5 }, 'group counts [1, 1.5] are not whole numbers from 1'],
      [{ feature_group_count: 2, batch_group_count: 2 }, 'groups of features and of batches exclude each other'],
      [{ feature_group_count: 3 }, '3 groups do not divide the features'],
      [{ batch_group_count: 4 }, '4 groups do not divide the batch'],
      [{ padding: [[-3, -3], [0, 1]] }, 'more is cropped from spatial dimension 0 than there is'],
      [{ padding: [[1, 0], [-6, -6]] }, 'more is cropped from spatial dimension 1 than there is'],
    ],
  },
  gather: {
    fits: [[f32(5, 4, 3), i32(7, 2)], { offset_dims: [1], collapsed_slice_dims: [0, 1], start_index_map: [1, 0], index_vector_dim: 1, slice_sizes: [1, 1, 2] }, 'f32[7, 2]'],
    operands: [
      [[OPEN, i32(7, 2)], 'gather: the rank of operand 0 is not known'],
      [[f32(5, 4, 3), f32(7, 2)], 'gather: operand 1 is f32[7, 2], not of i32'],
      [[f32(5, 4, 1), i32(7, 2)], 'slices of [1, 1, 2] do not fit into f32[5, 4, 1]'],
      [[f32(5, 4, 3), i32(7, 3)], 'index vectors have 3 entries for 2 dimensions'],
    ],
    attributes: [
      [{ slice_sizes: [1, 1] }, 'slice_sizes has 2 entries for 3 dimensions'],
      [{ slice_sizes: [1, 1, -1] }, 'slice_sizes [1, 1, -1] are not whole numbers from 0'],
      [{ slice_sizes: [1, 2, 2] }, 'a collapsed dimension has a slice of another length than 1'],
      [{ collapsed_slice_dims: [0, 3] }, 'collapsed_slice_dims [0, 3] are not distinct dimensions of a tensor of rank 3'],
      [{ start_index_map: [1, 1] }, 'start_index_map [1, 1] are not distinct dimensions of a tensor of rank 3'],
      [{ offset_dims: [] }, 'offset_dims has 0 entries for 1 dimensions'],
      [{ offset_dims: [2] }, 'offset_dims [2] are not distinct dimensions of a tensor of rank 2'],
      [{ index_vector_dim: 3 }, 'index_vector_dim 3 lies outside indices of rank 2'],
      [{ index_vector_dim: -1 }, 'index_vector_dim [-1] are not whole numbers from 0'],
      [{ index_vector_dim: 2 }, 'index vectors have 1 entries for 2 dimensions'],
    ],
  },
  scatter: {
    fits: [[f32(5, 4, 3), i32(7, 2), f32(7, 2)], { update_window_dims: [1], inserted_window_dims: [0, 1], scatter_dims_to_operand_dims: [1, 0], index_vector_dim: 1 }, 'f32[5, 4, 3]'],
    operands: [
      [[i1(5, 4, 3), i32(7, 2), i1(7, 2)], 'scatter: operand 0 is i1[5, 4, 3], not of f32 or i32'],
      [[f32(5, 4, 3), f32(7, 2), f32(7, 2)], 'scatter: operand 1 is f32[7, 2], not of i32'],
      [[f32(5, 4, 3), i32(7, 2), i32(7, 2)], 'scatter: operand 2 is i32[7, 2], not of f32'],
      [[f32(5, 4, 3), i32(7, 2), f32(7, 4)], 'updates f32[7, 4] do not fit f32[5, 4, 3] at indices [7, 2]'],
      [[f32(5, 4, 3), i32(7, 2), f32(6, 2)], 'updates f32[6, 2] do not fit f32[5, 4, 3] at indices [7, 2]'],
      [[f32(5, 4, 3), i32(7, 2), f32(7, 2, 1)], 'updates f32[7, 2, 1] do not fit'],
      [[f32(5, 4, 3), i32(7, 3), f32(7, 2)], 'index vectors have 3 entries for 2 dimensions'],
    ],
    attributes: [
      [{ inserted_window_dims: [0, 0] }, 'inserted_window_dims [0, 0] are not distinct dimensions of a tensor of rank 3'],
      [{ scatter_dims_to_operand_dims: [1, 4] }, 'scatter_dims_to_operand_dims [1, 4] are not distinct dimensions of a tensor of rank 3'],
      [{ update_window_dims: [2] }, 'update_window_dims [2] are not distinct dimensions of a tensor of rank 2'],
      [{ update_window_dims: [] }, 'update_window_dims has 0 entries for 1 dimensions'],
    ],
  },
  constant: { fits: [[], { dtype: 'f32', shape: [2], data: [1, 2] }, 'f32[2]'], attributes: [[{ shape: [1.5] }, 'constant: [1.5] is not a shape'], [{ shape: [] }, 'constant: 2 numbers for shape []']] },
  iota: {
    fits: [[], { dtype: 'i32', shape: [2, 3], iota_dimension: 1 }, 'i32[2, 3]'],
    attributes: [[{ shape: [2, -3] }, '[2, -3] is not a shape'], [{ iota_dimension: 2 }, 'iota_dimension [2] are not distinct dimensions of a tensor of rank 2'], [{ dtype: 'i1' }, 'i1 does not count']],
  },
  reshape: { fits: [[i32(2, 3)], { shape: [3, 2] }, 'i32[3, 2]'], operands: [[[opaqueType('list')], 'reshape: operand 0 is list, not a tensor']], attributes: [[{ shape: [-3, -2] }, '[-3, -2] is not a shape']] },
  transpose: { fits: [[i1(2, 3)], { permutation: [1, 0] }, 'i1[3, 2]'], attributes: [[{ permutation: [0] }, 'permutation has 1 entries for 2 dimensions']] },
  broadcast_in_dim: {
    fits: [[f32(1, 3)], { shape: [3, 2], broadcast_dimensions: [1, 0] }, 'f32[3, 2]'],
    operands: [[[OPEN], 'the rank of operand 0 is not known'], [[f32(1, 2)], 'dimension 1 of f32[1, 2] does not broadcast to 3']],
    attributes: [
      [{ shape: [3, 0.5] }, '[3, 0.5] is not a shape'],
      [{ broadcast_dimensions: [1] }, 'broadcast_dimensions has 1 entries for 2 dimensions'],
      [{ broadcast_dimensions: [0, 0] }, 'broadcast_dimensions [0, 0] are not distinct dimensions of a tensor of rank 2'],
      [{ broadcast_dimensions: [1, 2] }, 'broadcast_dimensions [1, 2] are not distinct'],
    ],
  },
  slice: {
    fits: [[f32(4, 5)], { start_indices: [0, 1], limit_indices: [4, 5], strides: [3, 2] }, 'f32[2, 2]'],
    operands: [[[OPEN], 'the rank of operand 0 is not known'], [[f32(3, 5)], '0 to 4 lies outside dimension 0 of f32[3, 5]']],
    attributes: [
      [{ start_indices: [0] }, 'start_indices has 1 entries for 2 dimensions'],
      [{ limit_indices: [4] }, 'limit_indices has 1 entries for 2 dimensions'],
      [{ strides: [1, 1, 1] }, 'strides has 3 entries for 2 dimensions'],
      [{ start_indices: [-1, 0] }, 'start_indices [-1, 0] are not whole numbers from 0'],
      [{ limit_indices: [4, 4.5] }, 'limit_indices [4, 4.5] are not whole numbers from 0'],
      [{ start_indices: [0, 6] }, '6 to 5 lies outside dimension 1 of f32[4, 5]'],
    ],
  },
  pad: {
    fits: [[f32(4, 'n'), f32()], { low: [1, 0], high: [-1, 0], interior: [2, 0] }, 'f32[10, n]'],
    operands: [[[OPEN, f32()], 'the rank of operand 0 is not known'], [[f32(4, 'n'), i32()], 'operand 1 is i32[], not of f32'], [[f32(4, 'n'), OPEN], 'the padding value is f32[n, ...], not a scalar']],
    attributes: [
      [{ low: [1] }, 'low has 1 entries for 2 dimensions'],
      [{ high: [1] }, 'high has 1 entries for 2 dimensions'],
      [{ interior: [1] }, 'interior has 1 entries for 2 dimensions'],
      [{ low: [0.5, 0] }, 'low [0.5, 0] are not whole numbers'],
      [{ high: [0.5, 0] }, 'high [0.5, 0] are not whole numbers'],
      [{ interior: [-1, 0] }, 'interior [-1, 0] are not whole numbers from 0'],
      [{ low: [1, 1] }, 'dimension 1 of f32[4, n] is padded and must be known'],
      [{ high: [-1, 1] }, 'dimension 1 of f32[4, n] is padded and must be known'],
      [{ interior: [2, 1] }, 'dimension 1 of f32[4, n] is padded and must be known'],
      [{ low: [-6, 0], high: [-5, 0] }, 'more is cropped from dimension 0 of f32[4, n] than there is'],
    ],
  },
  concatenate: {
    fits: [[f32(2, 'n'), f32(3, 4)], { dimension: 0 }, 'f32[5, 4]'],
    operands: [
      [[f32(2, 4), i32(3, 4)], 'f32[2, 4] and i32[3, 4] do not fit along dimension 0'],
      [[f32(2, 4), f32(3)], 'f32[2, 4] and f32[3] do not fit along dimension 0'],
      [[f32(2, 4), OPEN], 'the rank of operand 1 is not known'],
    ],
    attributes: [[{ dimension: 2 }, 'dimension [2] are not distinct dimensions of a tensor of rank 2'], [{ dimension: 1 }, 'do not fit along dimension 1']],
  },
  reverse: { fits: [[f32(2, 3)], { dimensions: [1] }, 'f32[2, 3]'], operands: [[[OPEN], 'the rank of operand 0 is not known']], attributes: [[{ dimensions: [1, 1] }, 'dimensions [1, 1] are not distinct dimensions of a tensor of rank 2']] },
  iota_like: {
    fits: [[i32(2, 3)], { dimension: -2 }, 'f32[2, 3]'],
    attributes: [[{ dimension: 0.5 }, 'dimension [0.5] are not whole numbers'], [{ dimension: -3 }, 'dimension [-1] are not distinct dimensions of a tensor of rank 2'], [{ dimension: 2 }, 'dimension [2] are not distinct dimensions']],
  },
  descending_rank: { fits: [[f32(2, 3)], {}, 'f32[2, 3]'], operands: [[[i32(2)], 'descending_rank: operand 0 is i32[2], not of f32']] },
  append: {
    fits: [[f32(2, 3), f32()], {}, 'f32[2, 4]'],
    operands: [[[i32(2), f32()], 'append: operand 0 is i32[2], not of f32'], [[f32(2), i32()], 'append: operand 1 is i32[], not of f32'], [[f32(2), f32(1)], 'the appended value is f32[1], not a scalar'], [[f32(2), OPEN], 'the appended value is f32[n, ...], not a scalar'], [[f32(), f32()], 'a scalar has no last axis']],
  },
  broadcast_like: { fits: [[f32(2, 1), i32(2, 3)], { align: 'leading' }, 'f32[2, 3]'], operands: [[[f32(2, 2), f32(2, 3)], 'broadcast_like<leading>: [2, 2] does not broadcast to [2, 3]']] },
  sum_like: { fits: [[f32(4, 2, 3), f32(2, 1)], {}, 'f32[2, 1]'], operands: [[[f32(2, 3), f32(4, 2, 3)], '[2, 3] does not sum to [4, 2, 3]'], [[i1(2), i1(2)], 'sum_like: operand 0 is i1[2], not of f32']] },
  broadcast_weights: { fits: [[f32(2, 1), f32(2, 3)], {}, 'f32[2, 3]'], operands: [[[opaqueType('list'), f32(2)], 'broadcast_weights: operand 0 is list, not a tensor'], [[f32(), opaqueType('outputs')], 'broadcast_weights: operand 1 is outputs, not a tensor']] },
  reduce: {
    fits: [[i32(2, 3)], { kind: 'add', axes: [1] }, 'i32[2]'],
    operands: [[[i1(2, 3)], 'reduce: operand 0 is i1[2, 3], not of f32 or i32']],
    attributes: [[{ axes: [-1] }, 'axes [-1] are not distinct dimensions of a tensor of rank 2'], [{ axes: [0.5] }, 'axes [0.5] are not distinct dimensions']],
  },
  size: { fits: [[i1(2, 3)], { axes: [-1, 0] }, 'f32[]'], attributes: [[{ axes: [0.5] }, 'axes [0.5] are not whole numbers'], [{ axes: [1, -1] }, 'axes [1, 1] are not distinct dimensions of a tensor of rank 2'], [{ axes: [2] }, 'axes [2] are not distinct']] },
  reduce_window: {
    fits: [[i32('n', 6)], { kind: 'maximum', window_dimensions: [1, 3], window_strides: [1, 2], padding: [[0, 0], [1, 0]] }, 'i32[n, 3]'],
    operands: [[[OPEN], 'the rank of operand 0 is not known'], [[i1(2, 6)], 'operand 0 is i1[2, 6], not of f32 or i32'], [[f32(2, 'w')], 'dimension 1 of f32[2, w] has a window and must be known']],
    attributes: [
      [{ window_dimensions: [1] }, 'window_dimensions has 1 entries for 2 dimensions'],
      [{ window_strides: [1] }, 'window_strides has 1 entries for 2 dimensions'],
      [{ padding: [[0, 0]] }, 'padding has 1 entries for 2 dimensions'],
      [{ window_dimensions: [0, 3] }, 'window_dimensions [0, 3] are not whole numbers from 1'],
      [{ window_strides: [1, 0] }, 'window_strides [1, 0] are not whole numbers from 1'],
      [{ padding: [[0, 0], [0.5, 0]] }, 'padding [0, 0, 0.5, 0] are not whole numbers'],
      [{ window_dimensions: [2, 3] }, 'dimension 0 of i32[n, 6] has a window and must be known'],
      [{ window_strides: [2, 2] }, 'dimension 0 of i32[n, 6] has a window and must be known'],
      [{ padding: [[1, 0], [1, 0]] }, 'dimension 0 of i32[n, 6] has a window and must be known'],
      [{ padding: [[0, 1], [1, 0]] }, 'dimension 0 of i32[n, 6] has a window and must be known'],
    ],
  },
  select_and_scatter: {
    fits: [[f32('n', 6), f32(2, 3)], { window_dimensions: [1, 2], window_strides: [1, 2], padding: [[0, 0], [0, 0]] }, 'f32[n, 6]'],
    operands: [
      [[f32(2, 6), f32(2, 2)], 'the source is f32[2, 2], but there are [2, 3] windows'],
      [[f32(2, 6), f32(2)], 'the source is f32[2], but there are [2, 3] windows'],
      [[f32(2, 6), i32(2, 3)], 'operand 1 is i32[2, 3], not of f32'],
      [[i1(2, 6), i1(2, 3)], 'operand 0 is i1[2, 6], not of f32 or i32'],
    ],
  },
  softmax_cross_entropy: { fits: [[f32(4, 1), f32(4, 3)], {}, 'f32[4]'], operands: [[[i32(4, 3), f32(4, 3)], 'operand 0 is i32[4, 3], not of f32'], [[f32(4, 3), i32(4, 3)], 'operand 1 is i32[4, 3], not of f32'], [[f32(4, 2), f32(4, 3)], 'shapes [4, 2] and [4, 3] do not broadcast']] },
  compare: { fits: [[i32(2), i32()], { direction: 'LT' }, 'i1[2]'], operands: [[[i32(2), f32()], 'compare: operands i32[2] and f32[] differ in type']] },
  select: { fits: [[i1(2), i32(), i32(3, 1)], {}, 'i32[3, 2]'], operands: [[[i1(2), i32(), f32()], 'select: operands i32[] and f32[] differ in type'], [[i1(2), f32(3), f32(3)], 'shapes [2] and [3] do not broadcast']] },
  convert: { fits: [[i1(2)], { dtype: 'i32' }, 'i32[2]'], operands: [[[opaqueType('outputs')], 'convert: operand 0 is outputs, not a tensor']] },
};

describe.each(Object.keys(TABLE) as (keyof typeof TABLE)[])('%s', (op) => {
  // each row was written for its own op: the table's type says so, a loop over it cannot
  const { fits: [operands, attributes, type], ...refused } = TABLE[op] as Refusals<OpKind>;

  it('fits', () => expect(formatType(inferType(op, operands, attributes))).toBe(type));

  it('refuses other operands', () => {
    for (const [others, message] of refused.operands ?? []) expect(() => inferType(op, others, attributes)).toThrow(message);
  });

  it('refuses other attributes', () => {
    for (const [change, message] of refused.attributes ?? []) expect(() => inferType(op, operands, { ...attributes, ...change })).toThrow(message);
  });
});

describe('numbers of operands', () => {
  it.each([
    ['add', 1, 'add takes 2 operands, not 1'],
    ['select', 4, 'select takes 3 operands, not 4'],
    ['concatenate', 0, 'concatenate takes 1 to Infinity operands, not 0'],
    ['network_call', 3, 'network_call takes 1 to 2 operands, not 3'],
  ] as const)('%s of %i', (op, count, message) => {
    expect(() => inferType<OpKind>(op, Array.from({ length: count }, () => f32(2)), { network: 'D', outputs: 'single', dimension: 0 })).toThrow(message);
  });
});
