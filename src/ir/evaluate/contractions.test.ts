import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateOp } from '../evaluate.ts';
import type { EquationOf, Graph } from '../graph.ts';
import { resolveAxes } from '../infer/reductions.ts';
import { inferType } from '../infer.ts';
import type { OpAttributes } from '../ops.ts';
import type { Case, Cases } from '../testing/cases.ts';
import { empty, ints, t, testCases } from '../testing/cases.ts';
import { inputsFor, randomGraph } from '../testing/randomGraph.ts';
import { tensorType } from '../types.ts';
import type { ArrayValue, Value } from '../values.ts';
import { arrayValue, filledValue, forEachIndex, formatValue, placeOf, scalarValue } from '../values.ts';
import type { contractions } from './contractions.ts';

type Convolution = OpAttributes['convolution'];

const dot = (rest: Partial<OpAttributes['dot_general']>): OpAttributes['dot_general'] => ({
  lhs_batching_dimensions: [],
  rhs_batching_dimensions: [],
  lhs_contracting_dimensions: [],
  rhs_contracting_dimensions: [],
  ...rest,
});

const conv2d = (rest: Partial<Convolution>): Convolution => ({
  input: 'b01f',
  kernel: '01io',
  output: 'b01f',
  window_strides: [1, 1],
  padding: [[0, 0], [0, 0]],
  lhs_dilation: [1, 1],
  rhs_dilation: [1, 1],
  window_reversal: [false, false],
  feature_group_count: 1,
  batch_group_count: 1,
  ...rest,
});
const conv1d = (rest: Partial<Convolution>) =>
  conv2d({ input: 'b0f', kernel: '0io', output: 'b0f', window_strides: [1], padding: [[0, 0]], lhs_dilation: [1], rhs_dilation: [1], window_reversal: [false], ...rest });

/** The image of StableHLO's examples. */
const IMAGE = [[1, 2, 5, 6], [3, 4, 7, 8], [10, 11, 14, 15], [12, 13, 16, 17]];
const image = arrayValue([1, 4, 4, 1], IMAGE.flat());

/** StableHLO's example of gather and scatter. */
const BLOCKS = [
  [[1, 2], [3, 4], [5, 6], [7, 8]],
  [[9, 10], [11, 12], [13, 14], [15, 16]],
  [[17, 18], [19, 20], [21, 22], [23, 24]],
];

const matmul = dot({ lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] });
const line = (values: readonly number[]) => arrayValue([1, values.length, 1], values);
const taps = (values: readonly number[]) => arrayValue([values.length, 1, 1], values);
const row = (data: readonly number[], weights: readonly number[], rest: Partial<Convolution>, result: readonly number[]): Case<'convolution'> => [
  [line(data), taps(weights)],
  conv1d(rest),
  line(result),
];

const CASES: Cases<keyof typeof contractions> = {
  dot_general: [
    [[t([[1, 2], [3, 4]]), t([[5, 6], [7, 8]])], matmul, t([[19, 22], [43, 50]])],
    [[t([1, 2]), t([3, 4])], dot({ lhs_contracting_dimensions: [0], rhs_contracting_dimensions: [0] }), t(11)],
    [[t([1, 2]), t([3, 4])], dot({}), t([[3, 4], [6, 8]])],
    [[t([1, 2]), t([3, 4])], dot({ lhs_batching_dimensions: [0], rhs_batching_dimensions: [0] }), t([3, 8])],
    // StableHLO's example
    [
      [t([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), t([[[1, 0], [0, 1]], [[1, 0], [0, 1]]])],
      dot({ lhs_batching_dimensions: [0], rhs_batching_dimensions: [0], lhs_contracting_dimensions: [2], rhs_contracting_dimensions: [1] }),
      t([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
    ],
    [[empty(2, 0), empty(0, 2)], matmul, t([[0, 0], [0, 0]])],
    [[empty(0, 2), t([[1], [2]])], matmul, empty(0, 1)],
    [[t([[0]]), t([[NaN]])], matmul, t([[NaN]])],
    [[ints([[65537]]), ints([[65537]])], matmul, ints([[131073]])],
  ],
  convolution: [
    // StableHLO's examples
    [[image, filledValue([3, 3, 1, 1], 1)], conv2d({ window_strides: [4, 4], lhs_dilation: [2, 2] }), arrayValue([1, 2, 2, 1], [10, 26, 46, 62])],
    [[image, filledValue([3, 3, 1, 1], 1)], conv2d({ window_strides: [4, 4], lhs_dilation: [2, 2], padding: [[1, 1], [1, 1]] }), arrayValue([1, 2, 2, 1], [1, 5, 10, 14])],
    [
      [image, filledValue([1, 2, 1, 4], 1)],
      conv2d({ input: '0b1f', window_strides: [4, 4], lhs_dilation: [2, 2], batch_group_count: 4 }),
      arrayValue([1, 1, 2, 4], [1, 3, 10, 12, 5, 7, 14, 16]),
    ],
    // not reversed: a correlation
    row([1, 2, 3, 4], [1, 10], {}, [21, 32, 43]),
    row([1, 2, 3, 4], [1, 10], { window_reversal: [true] }, [12, 23, 34]),
    row([1, 2, 3, 4], [1, 10], { window_strides: [2] }, [21, 43]),
    row([1, 2, 3, 4], [1, 10], { rhs_dilation: [2] }, [31, 42]),
    row([1, 2, 3], [1, 10], { lhs_dilation: [2] }, [1, 20, 2, 30]),
    row([1, 2, 3, 4], [1, 10], { padding: [[1, 0]] }, [10, 21, 32, 43]),
    row([1, 2, 3, 4], [1, 10], { padding: [[-1, -1]] }, [32]),
    row([1], [1, 10], {}, []),
    row([], [1], { padding: [[1, 1]] }, [0, 0]),
    // two groups: features 0, 1 feed outputs 0, 1 and features 2, 3 outputs 2, 3
    [
      [t([[[1, 2, 3, 4]]]), t([[[1, 10, 100, 1000], [1, 10, 100, 1000]]])],
      conv1d({ feature_group_count: 2 }),
      t([[[3, 30, 700, 7000]]]),
    ],
    // depthwise: as many groups as features
    [[t([[[1, 2]], [[3, 4]]]), t([[[10, 100]]])], conv1d({ feature_group_count: 2 }), t([[[10, 200]], [[30, 400]]])],
    [[t([[1, 2]]), t([[3], [4]])], conv1d({ input: 'bf', kernel: 'io', output: 'fb', window_strides: [], padding: [], lhs_dilation: [], rhs_dilation: [], window_reversal: [] }), t([[11]])],
  ],
  gather: [
    [
      [t(BLOCKS), ints([[[0, 0], [1, 0], [2, 1]], [[0, 1], [1, 1], [0, 9]]])],
      { offset_dims: [2, 3], collapsed_slice_dims: [0], start_index_map: [1, 0], index_vector_dim: 2, slice_sizes: [1, 2, 2] },
      t([
        [[[1, 2], [3, 4]], [[3, 4], [5, 6]], [[13, 14], [15, 16]]],
        [[[9, 10], [11, 12]], [[11, 12], [13, 14]], [[17, 18], [19, 20]]],
      ]),
    ],
    // rows by number, the index vector implied; what is outside is clamped
    [
      [t([[1, 2], [3, 4], [5, 6]]), ints([2, 0, -1, 7])],
      { offset_dims: [1], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 1, slice_sizes: [1, 2] },
      t([[5, 6], [1, 2], [1, 2], [5, 6]]),
    ],
    [
      [t([1, 2, 3]), ints([[0], [2]])],
      { offset_dims: [], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 1, slice_sizes: [1] },
      t([1, 3]),
    ],
    [
      [t([1, 2, 3]), arrayValue([0], [], 'i32')],
      { offset_dims: [], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 1, slice_sizes: [1] },
      empty(0),
    ],
  ],
  scatter: [
    [
      [t(BLOCKS), ints([[[0, 2], [1, 0], [2, 1]], [[0, 1], [1, 0], [0, 9]]]), filledValue([2, 3, 2, 2], 1)],
      { update_window_dims: [2, 3], inserted_window_dims: [0], scatter_dims_to_operand_dims: [1, 0], index_vector_dim: 2 },
      t([
        [[1, 2], [5, 6], [7, 8], [7, 8]],
        [[10, 11], [12, 13], [14, 15], [16, 17]],
        [[18, 19], [20, 21], [21, 22], [23, 24]],
      ]),
    ],
    // colliding updates add up; what is outside is dropped
    [
      [t([0, 0, 0]), ints([1, 1, -1, 3, 2]), t([1, 10, 100, 1000, 5])],
      { update_window_dims: [], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 },
      t([0, 11, 5]),
    ],
    [
      [t([1, 2]), arrayValue([0], [], 'i32'), empty(0)],
      { update_window_dims: [], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 },
      t([1, 2]),
    ],
  ],
};

/** The only equation of a random graph, with values for its operands. */
function sample(graph: Graph, seed: number): { readonly operands: readonly ArrayValue[]; readonly equation: Graph['equations'][number] } {
  const [equation] = graph.equations;
  const inputs = inputsFor(graph, seed);
  const operands = equation.operands.map((id) => inputs.get(graph.inputs.find((input) => input.id === id)!.name) as ArrayValue);
  return { operands, equation };
}

const one = <T>(value: T) => value as Value & ArrayValue & T;

/** StableHLO's definition, by other ops: split into groups; pad and dilate; slice, reverse and contract each window. */
function convolve(lhs: ArrayValue, rhs: ArrayValue, a: Convolution): ArrayValue {
  const groups = a.feature_group_count * a.batch_group_count;
  const place = (numbers: string, letter: string) => numbers.indexOf(letter);
  if (groups > 1) {
    const part = (value: ArrayValue, axis: number, i: number) => {
      const size = value.shape[axis] / groups;
      const start_indices = value.shape.map((_, k) => (k === axis ? i * size : 0));
      const limit_indices = value.shape.map((dim, k) => (k === axis ? (i + 1) * size : dim));
      return one(evaluateOp('slice', [value], { start_indices, limit_indices, strides: value.shape.map(() => 1) }));
    };
    const split = place(a.input, a.feature_group_count > 1 ? 'f' : 'b');
    const results = Array.from({ length: groups }, (_, i) =>
      convolve(part(lhs, split, i), part(rhs, place(a.kernel, 'o'), i), { ...a, feature_group_count: 1, batch_group_count: 1 }),
    );
    return one(evaluateOp('concatenate', results, { dimension: place(a.output, 'f') }));
  }
  const spatial = a.window_strides.map((_, i) => String(i));
  const perAxis = (usual: number, of: (i: number) => number) => [...a.input].map((letter) => (letter in a.window_strides ? of(Number(letter)) : usual));
  const padded = one(
    evaluateOp('pad', [lhs, scalarValue(0)], {
      low: perAxis(0, (i) => a.padding[i][0]),
      high: perAxis(0, (i) => a.padding[i][1]),
      interior: perAxis(0, (i) => a.lhs_dilation[i] - 1),
    }),
  );
  const type = inferType('convolution', [tensorType(lhs.shape), tensorType(rhs.shape)], a);
  const shape = type.kind === 'tensor' ? type.shape.dims.map(Number) : [];
  const result = filledValue(shape, NaN);
  const windows = shape.map((dim, i) => (a.output[i] === 'b' || a.output[i] === 'f' ? 1 : dim));
  forEachIndex(windows, (index) => {
    const start = perAxis(0, (i) => index[place(a.output, String(i))] * a.window_strides[i]);
    const extent = (i: number) => (rhs.shape[place(a.kernel, String(i))] - 1) * a.rhs_dilation[i] + 1;
    const limit = start.map((from, axis) => from + (a.input[axis] in a.window_strides ? extent(Number(a.input[axis])) : padded.shape[axis]));
    const window = evaluateOp('slice', [padded], { start_indices: start, limit_indices: limit, strides: perAxis(1, (i) => a.rhs_dilation[i]) });
    const dimensions = spatial.filter((_, i) => a.window_reversal[i]).map((letter) => place(a.input, letter));
    const product = one(
      evaluateOp('dot_general', [evaluateOp('reverse', [window], { dimensions }), rhs], {
        lhs_batching_dimensions: [],
        rhs_batching_dimensions: [],
        lhs_contracting_dimensions: [...spatial, 'f'].map((letter) => place(a.input, letter)),
        rhs_contracting_dimensions: [...spatial, 'i'].map((letter) => place(a.kernel, letter)),
      }),
    );
    forEachIndex(product.shape, ([b, f], from) => {
      const target = index.map((i, axis) => (a.output[axis] === 'b' ? b : a.output[axis] === 'f' ? f : i));
      result.data[placeOf(shape, target)] = product.data[from];
    });
  });
  return result;
}

const inner = (a: ArrayValue, b: ArrayValue) => a.data.reduce((sum, x, i) => sum + x * b.data[i], 0);

describe('contractions and indexing', () => {
  testCases(CASES);

  it('convolution is what StableHLO defines by pad, slice, reverse and dot_general', () => {
    fc.assert(
      fc.property(randomGraph({ ops: ['convolution'], equations: 1, largest: 200 }), fc.nat(), (graph, seed) => {
        fc.pre(graph.equations.length > 0);
        const { operands, equation } = sample(graph, seed);
        const [lhs, rhs] = operands.map((value) => ({ ...value, data: value.data.map((x) => Math.round(4 * x) + 0) }));
        const attributes = (equation as EquationOf<'convolution'>).attributes;
        expect(formatValue(evaluateOp('convolution', [lhs, rhs], attributes))).toBe(formatValue(convolve(lhs, rhs, attributes)));
      }),
      { numRuns: 300 },
    );
  });

  it('dot_general sums products over every index', () => {
    fc.assert(
      fc.property(randomGraph({ ops: ['dot_general'], equations: 1, largest: 300 }), fc.nat(), (graph, seed) => {
        fc.pre(graph.equations.length > 0);
        const { operands, equation } = sample(graph, seed);
        const [lhs, rhs] = operands.map((value) => ({ ...value, data: value.data.map((x) => Math.round(4 * x) + 0) }));
        const a = (equation as EquationOf<'dot_general'>).attributes;
        const result = one(evaluateOp('dot_general', [lhs, rhs], a));
        const expected = new Float64Array(result.data.length);
        const free = (rank: number, taken: readonly number[]) => Array.from({ length: rank }, (_, i) => i).filter((i) => !taken.includes(i));
        const [lhsContract, rhsContract] = [resolveAxes(a.lhs_contracting_dimensions, lhs.shape.length), resolveAxes(a.rhs_contracting_dimensions, rhs.shape.length)];
        const rows = free(lhs.shape.length, [...a.lhs_batching_dimensions, ...lhsContract]);
        const columns = free(rhs.shape.length, [...a.rhs_batching_dimensions, ...rhsContract]);
        forEachIndex(lhs.shape, (l, from) =>
          forEachIndex(rhs.shape, (r, other) => {
            const meets = (mine: readonly number[], theirs: readonly number[]) => mine.every((axis, i) => l[axis] === r[theirs[i]]);
            if (!meets(a.lhs_batching_dimensions, a.rhs_batching_dimensions) || !meets(lhsContract, rhsContract)) return;
            const index = [...a.lhs_batching_dimensions, ...rows].map((axis) => l[axis]).concat(columns.map((axis) => r[axis]));
            expected[placeOf(result.shape, index)] += lhs.data[from] * rhs.data[other];
          }),
        );
        expect(formatValue(result)).toBe(formatValue({ ...result, data: expected }));
      }),
      { numRuns: 150 },
    );
  });

  it('scatter is the transpose of gather where indices lie inside', () => {
    fc.assert(
      fc.property(randomGraph({ ops: ['gather'], equations: 1 }), fc.nat(), (graph, seed) => {
        fc.pre(graph.equations.length > 0);
        const { operands, equation } = sample(graph, seed);
        const { offset_dims, collapsed_slice_dims, start_index_map, index_vector_dim, slice_sizes } = (equation as EquationOf<'gather'>).attributes;
        const [x] = operands;
        // clamped beforehand, so that gather does not
        const vectorAxis = operands[1].shape.length === index_vector_dim ? null : index_vector_dim;
        const indices = { ...operands[1], data: operands[1].data.slice() };
        forEachIndex(indices.shape, (index, place) => {
          const axis = start_index_map[vectorAxis === null ? 0 : index[vectorAxis]];
          indices.data[place] = Math.min(Math.max(indices.data[place], 0), x.shape[axis] - slice_sizes[axis]);
        });
        const gathered = one(evaluateOp('gather', [x, indices], (equation as EquationOf<'gather'>).attributes));
        const updates = arrayValue(gathered.shape, gathered.data.map((_, i) => i + 1), x.dtype);
        const scattered = one(
          evaluateOp('scatter', [filledValue(x.shape, 0, x.dtype), indices, updates], {
            update_window_dims: offset_dims,
            inserted_window_dims: collapsed_slice_dims,
            scatter_dims_to_operand_dims: start_index_map,
            index_vector_dim,
          }),
        );
        expect(inner(scattered, x)).toBeCloseTo(inner(updates, gathered), 8);
      }),
      { numRuns: 200 },
    );
  });

  const x = tensorType([2, 3]);
  const strings = { offset_dims: [], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 1, slice_sizes: [1] };
  it.each<[string, () => unknown, string]>([
    ['a product over unequal sizes', () => inferType('dot_general', [x, x], matmul), 'dimension 1 of f32[2, 3] does not fit dimension 0 of f32[2, 3]'],
    ['a dimension used twice', () => inferType('dot_general', [x, x], dot({ lhs_batching_dimensions: [0], lhs_contracting_dimensions: [0] })), 'lhs dimensions [0, 0] are not distinct'],
    ['unpaired dimensions', () => inferType('dot_general', [x, x], dot({ lhs_contracting_dimensions: [0] })), 'rhs_contracting_dimensions has 0 entries for 1'],
    ['features that do not fit', () => inferType('convolution', [tensorType([1, 4, 4, 3]), tensorType([3, 3, 2, 5])], conv2d({})), 'has 3 features in 1 groups'],
    ['groups that do not divide', () => inferType('convolution', [tensorType([1, 4, 4, 3]), tensorType([3, 3, 3, 4])], conv2d({ feature_group_count: 2 })), '2 groups do not divide the features'],
    ['batch groups that do not divide', () => inferType('convolution', [tensorType([3, 4, 4, 3]), tensorType([3, 3, 3, 4])], conv2d({ batch_group_count: 2 })), '2 groups do not divide the batch'],
    ['letters that are no dimension numbers', () => inferType('convolution', [tensorType([1, 4, 4, 3]), tensorType([3, 3, 3, 4])], conv2d({ input: 'b02f' })), "dimension numbers 'b02f'"],
    ['a crop of more than all', () => inferType('convolution', [tensorType([1, 4, 4, 3]), tensorType([3, 3, 3, 4])], conv2d({ padding: [[-3, -2], [0, 0]] })), 'more is cropped from spatial dimension 0'],
    ['a slice longer than the operand', () => inferType('gather', [tensorType([0]), tensorType([1], { dtype: 'i32' })], strings), 'slices of [1] do not fit into f32[0]'],
    ['float indices', () => inferType('gather', [tensorType([2]), tensorType([1])], strings), 'gather: operand 1 is f32[1], not of i32'],
    ['index vectors of the wrong length', () => inferType('gather', [tensorType([2]), tensorType([1, 2], { dtype: 'i32' })], strings), 'index vectors have 2 entries for 1 dimensions'],
    ['updates that do not fit', () => inferType('scatter', [tensorType([2]), tensorType([1], { dtype: 'i32' }), tensorType([2])], { update_window_dims: [], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 }), 'updates f32[2] do not fit f32[2] at indices [1]'],
  ])('%s is refused', (_name, infer, message) => expect(infer).toThrow(message));
});
