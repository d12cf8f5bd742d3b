import type { Builder } from '../../ir/builder.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import { tensorType } from '../../ir/types.ts';
import { UNKNOWN, type GradientCase } from './finiteDifferences.ts';
import { randomTensor } from './tensors.ts';

type Cases = { readonly [K in OpKind]?: readonly GradientCase[] };

/** A case of one operand. */
function one<K extends OpKind>(name: string, shape: readonly number[], op: K, attributes: OpAttributes[K]): GradientCase {
  // the generic op cannot be matched with the optional-attributes tuple of emit
  const emit = (b: Builder) => b.emit as (op: K, operands: readonly number[], attributes: OpAttributes[K]) => number;
  return { name, at: [randomTensor(shape, 4)], build: (b, [x]) => emit(b)(op, [x], attributes) };
}

export const WINDOW_CASES: Cases = {
  reshape: [one('flat', [2, 3], 'reshape', { shape: [6] })],
  transpose: [one('three axes', [2, 3, 2], 'transpose', { permutation: [2, 0, 1] })],
  broadcast_in_dim: [
    one('new axes and a stretched one', [1, 3], 'broadcast_in_dim', { shape: [2, 2, 3], broadcast_dimensions: [1, 2] }),
    one('axes out of order', [2, 3], 'broadcast_in_dim', { shape: [3, 2, 2], broadcast_dimensions: [1, 0] }),
  ],
  slice: [one('strided', [5, 3], 'slice', { start_indices: [1, 0], limit_indices: [5, 2], strides: [2, 1] }), one('empty', [4], 'slice', { start_indices: [2], limit_indices: [2], strides: [1] })],
  pad: [
    {
      name: 'all kinds of padding, and by its value',
      at: [randomTensor([2, 3], 1), randomTensor([], 2)],
      build: (b, [x, v]) => b.emit('pad', [x, v], { low: [1, -1], high: [2, 1], interior: [0, 2] }),
    },
    {
      name: 'cropped into a hole',
      at: [randomTensor([3], 1), randomTensor([], 2)],
      build: (b, [x, v]) => b.emit('pad', [x, v], { low: [-2], high: [-1], interior: [2] }),
    },
  ],
  concatenate: [{ name: 'three parts', at: [randomTensor([2, 1], 1), randomTensor([2, 2], 2), randomTensor([2, 1], 3)], build: (b, xs) => b.emit('concatenate', xs, { dimension: 1 }) }],
  reverse: [one('two axes', [2, 3, 2], 'reverse', { dimensions: [0, 2] })],
  reduce: [
    ...(['add', 'maximum', 'minimum'] as const).flatMap((kind) => [
      one(`${kind}, one axis`, [2, 3, 2], 'reduce', { kind, axes: [1] }),
      { ...one(`${kind}, all`, [2, 3], 'reduce', { kind, axes: 'all' }), types: [UNKNOWN] },
      { ...one(`${kind}, all but first`, [2, 3, 2], 'reduce', { kind, axes: 'all_but_first' }), types: [tensorType(['n'], { open: true })] },
      { ...one(`${kind}, last axes of unknown sizes`, [2, 3, 2], 'reduce', { kind, axes: [1, 2] }), types: [tensorType(['a', 'b', 'c'])] },
      { ...one(`${kind}, first axes of unknown sizes`, [2, 3, 2], 'reduce', { kind, axes: [0, 1] }), types: [tensorType(['a', 'b', 'c'])] },
    ]),
  ],
  reduce_window: (['add', 'maximum'] as const).flatMap((kind) => [
    one(`${kind}, overlapping, padded`, [5, 4], 'reduce_window', { kind, window_dimensions: [3, 2], window_strides: [2, 1], padding: [[1, 1], [0, 1]] }),
    one(`${kind}, elements left over`, [2, 5], 'reduce_window', { kind, window_dimensions: [1, 2], window_strides: [1, 2], padding: [[0, 0], [0, 0]] }),
    one(`${kind}, negative padding`, [7], 'reduce_window', { kind, window_dimensions: [2], window_strides: [2], padding: [[-2, -1]] }),
  ]),
  select_and_scatter: [
    {
      name: 'overlapping, padded',
      at: [randomTensor([5, 4], 1), randomTensor([3, 4], 2)],
      build: (b, [x, s]) => b.emit('select_and_scatter', [x, s], { window_dimensions: [3, 2], window_strides: [2, 1], padding: [[1, 1], [0, 1]] }),
    },
    {
      name: 'not padded',
      at: [randomTensor([4], 1), randomTensor([2], 2)],
      build: (b, [x, s]) => b.emit('select_and_scatter', [x, s], { window_dimensions: [2], window_strides: [2], padding: [[0, 0]] }),
    },
  ],
};

function dot(name: string, lhs: readonly number[], rhs: readonly number[], dims: readonly [readonly number[], readonly number[], readonly number[], readonly number[]]): GradientCase {
  const [lhs_batching_dimensions, rhs_batching_dimensions, lhs_contracting_dimensions, rhs_contracting_dimensions] = dims;
  return {
    name,
    at: [randomTensor(lhs, 1), randomTensor(rhs, 2)],
    build: (b, xs) => b.emit('dot_general', xs, { lhs_batching_dimensions, rhs_batching_dimensions, lhs_contracting_dimensions, rhs_contracting_dimensions }),
  };
}

const PLAIN: OpAttributes['convolution'] = {
  input: 'b0f',
  kernel: '0io',
  output: 'b0f',
  window_strides: [1],
  padding: [[0, 0]],
  lhs_dilation: [1],
  rhs_dilation: [1],
  window_reversal: [false],
  feature_group_count: 1,
  batch_group_count: 1,
};

function convolution(name: string, lhs: readonly number[], rhs: readonly number[], attributes: Partial<OpAttributes['convolution']>): GradientCase {
  return { name, at: [randomTensor(lhs, 1), randomTensor(rhs, 2)], build: (b, xs) => b.emit('convolution', xs, { ...PLAIN, ...attributes }) };
}

export const CONTRACTION_CASES: Cases = {
  dot_general: [
    dot('matrices', [2, 3], [3, 2], [[], [], [1], [0]]),
    dot('batches, two contracted axes in another order', [2, 3, 2, 2], [2, 3, 2, 2], [[1], [1], [0, 3], [2, 0]]),
    dot('batch last', [2, 3], [2, 3], [[1], [1], [0], [0]]),
    dot('outer product', [2], [3], [[], [], [], []]),
    {
      name: 'samples with samples',
      at: [randomTensor([2, 3, 2], 1), randomTensor([3, 3, 2], 2)],
      build: (b, xs) => b.emit('dot_general', xs, { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: 'all_but_first', rhs_contracting_dimensions: 'all_but_first' }),
    },
    { ...dot('sizes unknown', [2, 3], [3, 2], [[], [], [1], [0]]), types: [tensorType(['n', 3]), tensorType([3, 'm'])] },
  ],
  convolution: [
    convolution('plain', [2, 4, 2], [3, 2, 2], {}),
    convolution('strided, padded', [1, 5, 2], [3, 2, 2], { window_strides: [2], padding: [[1, 2]] }),
    convolution('both dilations and a stride', [1, 4, 1], [2, 1, 2], { window_strides: [2], lhs_dilation: [3], rhs_dilation: [2], padding: [[1, 2]] }),
    convolution('negative padding, reversed', [1, 6, 1], [2, 1, 2], { padding: [[-1, -2]], window_reversal: [true] }),
    convolution('feature groups', [1, 3, 4], [2, 2, 4], { feature_group_count: 2, window_strides: [1], padding: [[1, 0]] }),
    convolution('depthwise with a multiplier', [1, 3, 2], [2, 1, 4], { feature_group_count: 2 }),
    convolution('batch groups', [4, 3, 2], [2, 2, 4], { batch_group_count: 2, padding: [[0, 1]], window_reversal: [true] }),
    convolution('two dimensions, features first, one reversed', [1, 2, 3, 3], [2, 2, 2, 2], {
      input: 'bf01',
      kernel: 'oi01',
      output: 'f0b1',
      window_strides: [2, 1],
      padding: [[1, 1], [0, 1]],
      lhs_dilation: [1, 2],
      rhs_dilation: [2, 1],
      window_reversal: [false, true],
    }),
    convolution('no window fits', [1, 2, 1], [3, 1, 1], {}),
    convolution('no spatial dimension', [2, 3], [3, 2], { input: 'bf', kernel: 'io', output: 'bf', window_strides: [], padding: [], lhs_dilation: [], rhs_dilation: [], window_reversal: [] }),
  ],
};

function indices(b: Builder, shape: readonly number[], data: readonly number[]) {
  return b.emit('constant', [], { dtype: 'i32', shape, data });
}

export const INDEXING_CASES: Cases = {
  gather: [
    {
      name: 'rows, one twice, one beyond the edge',
      at: [randomTensor([3, 2], 1)],
      build: (b, [x]) => b.emit('gather', [x, indices(b, [4, 1], [2, 0, 2, 9])], { offset_dims: [1], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 1, slice_sizes: [1, 2] }),
    },
    {
      name: 'windows at pairs of indices, the vector in front',
      at: [randomTensor([3, 4], 1)],
      build: (b, [x]) => b.emit('gather', [x, indices(b, [2, 3], [0, 1, -5, 2, 1, 3])], { offset_dims: [1, 2], collapsed_slice_dims: [], start_index_map: [0, 1], index_vector_dim: 0, slice_sizes: [2, 2] }),
    },
    {
      name: 'scalar indices',
      at: [randomTensor([4], 1)],
      build: (b, [x]) => b.emit('gather', [x, indices(b, [3], [1, 1, 3])], { offset_dims: [], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 1, slice_sizes: [1] }),
    },
  ],
  scatter: [
    {
      name: 'rows, colliding, some outside',
      at: [randomTensor([3, 2], 1), randomTensor([4, 2], 2)],
      build: (b, [x, u]) => b.emit('scatter', [x, indices(b, [4, 1], [2, 0, 2, 7]), u], { update_window_dims: [1], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 }),
    },
    {
      name: 'windows that reach over both edges',
      at: [randomTensor([4], 1), randomTensor([3, 2], 2)],
      build: (b, [x, u]) => b.emit('scatter', [x, indices(b, [3], [-1, 3, 1]), u], { update_window_dims: [1], inserted_window_dims: [], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 }),
    },
  ],
};
