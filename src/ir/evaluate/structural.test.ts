import { describe, expect, it } from 'vitest';
import { SpecError } from '../../support/diagnostic.ts';
import { createSource } from '../../support/source.ts';
import { evaluateOp } from '../evaluate.ts';
import { inferType } from '../infer.ts';
import type { Cases } from '../testing/cases.ts';
import { empty, ints, t, testCases } from '../testing/cases.ts';
import { opaqueType, tensorType } from '../types.ts';
import type { structural } from './structural.ts';

const x23 = t([[1, 2, 3], [4, 5, 6]]);

const CASES: Cases<keyof typeof structural> = {
  constant: [
    [[], { dtype: 'f32', shape: [2], data: [-0, NaN] }, t([-0, NaN])],
    [[], { dtype: 'i1', shape: [], data: [1] }, t(true)],
    [[], { dtype: 'f32', shape: [0], data: [] }, empty(0)],
  ],
  iota: [
    [[], { dtype: 'i32', shape: [2, 3], iota_dimension: 0 }, ints([[0, 0, 0], [1, 1, 1]])],
    [[], { dtype: 'f32', shape: [2, 3], iota_dimension: 1 }, t([[0, 1, 2], [0, 1, 2]])],
    [[], { dtype: 'f32', shape: [0], iota_dimension: 0 }, empty(0)],
  ],
  iota_like: [
    [[x23], { dimension: 0 }, t([[0, 0, 0], [1, 1, 1]])],
    [[x23], { dimension: -1 }, t([[0, 1, 2], [0, 1, 2]])],
    [[empty(0)], { dimension: 0 }, empty(0)],
  ],
  descending_rank: [
    [[t([[3, 5], [5, -1]])], {}, t([[2, 0], [1, 3]])],
    [[t(7)], {}, t(0)],
    // nothing is greater than NaN, and NaN than nothing
    [[t([1, NaN, 2])], {}, t([1, 0, 0])],
  ],
  append: [
    [[x23, t(7)], {}, t([[1, 2, 3, 7], [4, 5, 6, 7]])],
    [[empty(2, 0), t(-0)], {}, t([[-0], [-0]])],
  ],
  reshape: [
    [[x23], { shape: [3, 1, 2] }, t([[[1, 2]], [[3, 4]], [[5, 6]]])],
    [[t([7])], { shape: [] }, t(7)],
    [[empty(0, 3)], { shape: [2, 0] }, empty(2, 0)],
  ],
  transpose: [
    [[x23], { permutation: [1, 0] }, t([[1, 4], [2, 5], [3, 6]])],
    // StableHLO's example
    [[t([[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]])], { permutation: [2, 1, 0] }, t([[[1, 7], [3, 9], [5, 11]], [[2, 8], [4, 10], [6, 12]]])],
    [[t(1)], { permutation: [] }, t(1)],
  ],
  broadcast_in_dim: [
    // StableHLO's example
    [[t([[1, 2, 3]])], { shape: [2, 3, 2], broadcast_dimensions: [2, 1] }, t([[[1, 1], [2, 2], [3, 3]], [[1, 1], [2, 2], [3, 3]]])],
    [[t(7)], { shape: [2, 2], broadcast_dimensions: [] }, t([[7, 7], [7, 7]])],
    [[t([1, 2])], { shape: [2, 2], broadcast_dimensions: [0] }, t([[1, 1], [2, 2]])],
    [[t([1])], { shape: [0, 2], broadcast_dimensions: [0] }, empty(0, 2)],
  ],
  slice: [
    // StableHLO's example
    [
      [t([[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]])],
      { start_indices: [1, 2], limit_indices: [3, 4], strides: [1, 1] },
      t([[1, 1], [1, 1]]),
    ],
    [[x23], { start_indices: [0, 0], limit_indices: [2, 3], strides: [1, 2] }, t([[1, 3], [4, 6]])],
    [[x23], { start_indices: [1, 2], limit_indices: [2, 2], strides: [1, 1] }, empty(1, 0)],
  ],
  pad: [
    // StableHLO's example
    [
      [x23, t(0)],
      { low: [0, 1], high: [2, 1], interior: [1, 2] },
      t([
        [0, 1, 0, 0, 2, 0, 0, 3, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 4, 0, 0, 5, 0, 0, 6, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
      ]),
    ],
    [[t([1, 2, 3, 4]), t(9)], { low: [-1], high: [-2], interior: [0] }, t([2])],
    [[t([1, 2, 3]), t(NaN)], { low: [-1], high: [1], interior: [1] }, t([NaN, 2, NaN, 3, NaN])],
    [[t([1, 2, 3]), t(9)], { low: [2], high: [-4], interior: [0] }, t([9])],
    [[empty(0), t(9)], { low: [1], high: [1], interior: [3] }, t([9, 9])],
    [[t([1, 2]), t(9)], { low: [-1], high: [-1], interior: [0] }, empty(0)],
  ],
  concatenate: [
    [[t([[1], [2]]), t([[3, 4], [5, 6]])], { dimension: 1 }, t([[1, 3, 4], [2, 5, 6]])],
    [[t([1]), empty(0), t([2, 3])], { dimension: 0 }, t([1, 2, 3])],
    [[x23], { dimension: 0 }, x23],
  ],
  reverse: [
    [[x23], { dimensions: [1] }, t([[3, 2, 1], [6, 5, 4]])],
    [[x23], { dimensions: [0, 1] }, t([[6, 5, 4], [3, 2, 1]])],
    [[x23], { dimensions: [] }, x23],
    [[empty(0, 2)], { dimensions: [0] }, empty(0, 2)],
  ],
  broadcast_like: [
    [[t([1, 2, 3]), x23], { align: 'trailing' }, t([[1, 2, 3], [1, 2, 3]])],
    [[t([1, 2]), x23], { align: 'leading' }, t([[1, 1, 1], [2, 2, 2]])],
    [[t([[1], [2]]), x23], { align: 'trailing' }, t([[1, 1, 1], [2, 2, 2]])],
    [[t(5), x23], { align: 'leading' }, t([[5, 5, 5], [5, 5, 5]])],
    [[ints([4]), x23], { align: 'leading' }, ints([[4, 4, 4], [4, 4, 4]])],
  ],
  sum_like: [
    [[x23, t([1, 1, 1])], {}, t([5, 7, 9])],
    [[x23, t([[1], [1]])], {}, t([[6], [15]])],
    [[x23, t(0)], {}, t(21)],
    [[x23, x23], {}, x23],
    [[empty(0, 2), t([0, 0])], {}, t([0, 0])],
  ],
  broadcast_weights: [
    [[t(2), x23], {}, t([[2, 2, 2], [2, 2, 2]])],
    [[t([[1], [0]]), x23], {}, t([[1, 1, 1], [0, 0, 0]])],
    [[t([[1, 2, 3]]), x23], {}, t([[1, 2, 3], [1, 2, 3]])],
    [[t([[1]]), empty(0, 2)], {}, empty(0, 2)],
  ],
};

describe('structural ops', () => {
  testCases(CASES);

  it.each([
    [[3], [2, 3]],
    [[2], [2, 3]],
    [[2, 2], [2, 3]],
    [[1, 2, 3], [2, 3]],
    [[1], []],
    [[2, 1], [0, 1]],
  ])('weights of shape %j on losses of shape %j are GL5004', (weights, losses) => {
    const span = { source: createSource('a.ganloss', 'x'), start: 0, end: 1 };
    const [w, x] = [weights, losses].map((shape) => evaluateOp('constant', [], { dtype: 'f32', shape, data: new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(1) }));
    let problem: unknown;
    try {
      evaluateOp('broadcast_weights', [w, x], {}, { environment: {}, origin: [span], gradient: null, evaluateOp });
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(SpecError);
    expect((problem as SpecError).diagnostics).toEqual([
      {
        code: 'GL5004',
        severity: 'error',
        message: `weights of shape [${weights.join(', ')}] do not broadcast to losses of shape [${losses.join(', ')}]`,
        span,
        hint: 'weights are a scalar, or have the rank of the losses with each dimension 1 or equal',
      },
    ]);
  });

  const x = tensorType([2, 3]);
  it.each<[string, () => unknown, string]>([
    ['a constant of the wrong size', () => inferType('constant', [], { dtype: 'f32', shape: [2], data: [1] }), '1 numbers for shape [2]'],
    ['a shape that is none', () => inferType('constant', [], { dtype: 'f32', shape: [-1], data: [] }), '[-1] is not a shape'],
    ['a reshape that loses elements', () => inferType('reshape', [x], { shape: [5] }), 'f32[2, 3] does not have the size of [5]'],
    ['a permutation that is none', () => inferType('transpose', [x], { permutation: [0, 0] }), 'permutation [0, 0] are not distinct dimensions'],
    ['a transpose of unknown rank', () => inferType('transpose', [opaqueType('any')], { permutation: [] }), 'the rank of operand 0 is not known'],
    ['a broadcast that does not fit', () => inferType('broadcast_in_dim', [x], { shape: [2, 2], broadcast_dimensions: [0, 1] }), 'dimension 1 of f32[2, 3] does not broadcast to 2'],
    ['a slice outside', () => inferType('slice', [x], { start_indices: [0, 0], limit_indices: [2, 4], strides: [1, 1] }), '0 to 4 lies outside dimension 1'],
    ['a stride of 0', () => inferType('slice', [x], { start_indices: [0, 0], limit_indices: [2, 3], strides: [1, 0] }), 'strides [1, 0] are not whole numbers from 1'],
    ['a crop of more than all', () => inferType('pad', [x, tensorType([])], { low: [0, -2], high: [0, -2], interior: [0, 0] }), 'more is cropped from dimension 1'],
    ['padding of a symbol', () => inferType('pad', [tensorType(['n']), tensorType([])], { low: [1], high: [0], interior: [0] }), 'dimension 0 of f32[n] is padded and must be known'],
    ['a padding value that is no scalar', () => inferType('pad', [x, x], { low: [0, 0], high: [0, 0], interior: [0, 0] }), 'the padding value is f32[2, 3], not a scalar'],
    ['parts that do not fit', () => inferType('concatenate', [x, tensorType([2, 2])], { dimension: 0 }), 'f32[2, 3] and f32[2, 2] do not fit along dimension 0'],
    ['a broadcast to less', () => inferType('broadcast_like', [x, tensorType([3])], { align: 'trailing' }), 'f32[2, 3] has a higher rank than f32[3]'],
    ['a broadcast from the wrong side', () => inferType('broadcast_like', [tensorType([2]), x], { align: 'trailing' }), 'broadcast_like<trailing>: [2] does not broadcast to [2, 3]'],
    ['a sum to more', () => inferType('sum_like', [tensorType([1]), tensorType([3])], {}), '[1] does not sum to [3]'],
  ])('%s is refused', (_name, infer, message) => expect(infer).toThrow(message));
});
