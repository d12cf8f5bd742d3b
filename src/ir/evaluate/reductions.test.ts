import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateOp } from '../evaluate.ts';
import type { EquationOf } from '../graph.ts';
import { inferType } from '../infer.ts';
import type { Cases } from '../testing/cases.ts';
import { empty, ints, t, testCases } from '../testing/cases.ts';
import { inputsFor, randomGraph } from '../testing/randomGraph.ts';
import { tensorType } from '../types.ts';
import type { ArrayValue } from '../values.ts';
import { forEachIndex, formatValue, scalarValue } from '../values.ts';
import type { reductions } from './reductions.ts';

const x23 = t([[1, 2, 3], [4, 5, 6]]);
const INF = Infinity;

const CASES: Cases<keyof typeof reductions> = {
  reduce: [
    [[x23], { kind: 'add', axes: 'all' }, t(21)],
    [[x23], { kind: 'add', axes: 'all_but_first' }, t([6, 15])],
    [[x23], { kind: 'add', axes: [0] }, t([5, 7, 9])],
    [[x23], { kind: 'add', axes: [1, 0] }, t(21)],
    [[x23], { kind: 'add', axes: [] }, x23],
    [[t(3)], { kind: 'add', axes: 'all_but_first' }, t(3)],
    [[t([1, NaN])], { kind: 'maximum', axes: 'all' }, t(NaN)],
    [[x23], { kind: 'maximum', axes: [0] }, t([4, 5, 6])],
    [[x23], { kind: 'minimum', axes: [1] }, t([1, 4])],
    [[empty(0, 2)], { kind: 'add', axes: [0] }, t([0, 0])],
    [[empty(0, 2)], { kind: 'maximum', axes: [0] }, t([-INF, -INF])],
    [[empty(0, 2)], { kind: 'minimum', axes: 'all' }, t(INF)],
    [[empty(2, 0)], { kind: 'add', axes: [0] }, empty(0)],
    [[t([-0])], { kind: 'add', axes: 'all' }, t(0)],
    [[ints([2 ** 31 - 1, 1])], { kind: 'add', axes: 'all' }, ints(-(2 ** 31))],
    [[ints([-5, -7])], { kind: 'maximum', axes: 'all' }, ints(-5)],
  ],
  size: [
    [[x23], { axes: 'all' }, t(6)],
    [[x23], { axes: 'all_but_first' }, t(3)],
    [[x23], { axes: [0] }, t(2)],
    [[x23], { axes: [-1] }, t(3)],
    [[x23], { axes: [] }, t(1)],
    [[t(5)], { axes: 'all_but_first' }, t(1)],
    [[empty(0, 2)], { axes: 'all' }, t(0)],
    [[ints([1, 2])], { axes: 'all' }, t(2)],
  ],
  reduce_window: [
    [[t([1, 2, 3, 4, 5])], { kind: 'add', window_dimensions: [2], window_strides: [1], padding: [[0, 0]] }, t([3, 5, 7, 9])],
    [[t([1, 2, 3, 4, 5])], { kind: 'add', window_dimensions: [3], window_strides: [2], padding: [[1, 1]] }, t([3, 9, 9])],
    [[t([-1, -2, -3])], { kind: 'maximum', window_dimensions: [2], window_strides: [2], padding: [[1, 0]] }, t([-1, -2])],
    [[t([1, 2, 3, 4])], { kind: 'add', window_dimensions: [2], window_strides: [1], padding: [[-1, -1]] }, t([5])],
    [[t([1])], { kind: 'maximum', window_dimensions: [1], window_strides: [1], padding: [[1, 1]] }, t([-INF, 1, -INF])],
    [[t([1, NaN, 2])], { kind: 'maximum', window_dimensions: [2], window_strides: [1], padding: [[0, 0]] }, t([NaN, NaN])],
    [[t([1, 2])], { kind: 'add', window_dimensions: [3], window_strides: [1], padding: [[0, 0]] }, empty(0)],
    [[empty(0)], { kind: 'add', window_dimensions: [1], window_strides: [1], padding: [[1, 1]] }, t([0, 0])],
    [[x23], { kind: 'add', window_dimensions: [2, 2], window_strides: [1, 1], padding: [[0, 0], [0, 0]] }, t([[12, 16]])],
    [[ints([-5])], { kind: 'maximum', window_dimensions: [1], window_strides: [1], padding: [[0, 1]] }, ints([-5, -(2 ** 31)])],
  ],
  select_and_scatter: [
    // StableHLO's example
    [
      [t([[1, 5], [2, 5], [3, 6], [4, 4]]), t([[5, 6], [7, 8]])],
      { window_dimensions: [3, 1], window_strides: [2, 1], padding: [[0, 1], [0, 0]] },
      t([[0, 0], [0, 0], [5, 14], [7, 0]]),
    ],
    // the first of equal maxima
    [[t([2, 2, 2, 2]), t([10, 20])], { window_dimensions: [2], window_strides: [2], padding: [[0, 0]] }, t([10, 0, 20, 0])],
    // padding is never selected, even where everything is −∞
    [[t([-INF, -INF]), t([10, 20])], { window_dimensions: [2], window_strides: [2], padding: [[1, 1]] }, t([10, 20])],
    // a window of padding alone adds nothing
    [[t([1]), t([10, 20, 30])], { window_dimensions: [1], window_strides: [1], padding: [[1, 1]] }, t([20])],
    [[empty(0), empty(0)], { window_dimensions: [1], window_strides: [1], padding: [[0, 0]] }, empty(0)],
  ],
  softmax_cross_entropy: [
    [[t([[1, 0], [0, 1]]), t([[0, 0], [0, 0]])], {}, t([Math.LN2, Math.LN2])],
    [[t([0, 1]), t([1000, 0])], {}, t(1000)],
    [[t([0.5, 0.5]), t([0, Math.log(3)])], {}, t(0.5 * Math.log(4) + 0.5 * Math.log(4 / 3))],
    [[t([1, 0]), t([NaN, 0])], {}, t(NaN)],
    [[t([1, 0]), t([[0, 0], [0, 0]])], {}, t([Math.LN2, Math.LN2])],
    [[t([[2, 0]]), t([[0, 0]])], {}, t([2 * Math.LN2])],
    [[empty(0, 3), empty(0, 3)], {}, empty(0)],
    [[empty(2, 0), empty(2, 0)], {}, t([0, 0])],
  ],
};

describe('reductions', () => {
  testCases(CASES);

  /** StableHLO's definition, written with other ops: pad, slice each window, reduce it. */
  it('reduce_window reduces slices of the padded operand', () => {
    fc.assert(
      fc.property(randomGraph({ ops: ['reduce_window'], equations: 1 }), fc.nat(), (graph, seed) => {
        const [equation] = graph.equations as readonly EquationOf<'reduce_window'>[];
        const { kind, window_dimensions, window_strides, padding } = equation.attributes;
        const input = graph.inputs.find(({ id }) => id === equation.operands[0])!;
        const operand = inputsFor(graph, seed, { odd: true }).get(input.name) as ArrayValue;
        const least = operand.dtype === 'i32' ? -(2 ** 31) : -INF;
        const low = padding.map(([first]) => first);
        const high = padding.map(([, last]) => last);
        const padded = evaluateOp('pad', [operand, scalarValue(kind === 'add' ? 0 : least, operand.dtype)], { low, high, interior: low.map(() => 0) });
        const result = evaluateOp('reduce_window', [operand], equation.attributes) as ArrayValue;
        const expected = new Float64Array(result.data.length);
        forEachIndex(result.shape, (index, place) => {
          const start_indices = index.map((i, axis) => i * window_strides[axis]);
          const limit_indices = start_indices.map((start, axis) => start + window_dimensions[axis]);
          const window = evaluateOp('slice', [padded], { start_indices, limit_indices, strides: index.map(() => 1) });
          expected[place] = (evaluateOp('reduce', [window], { kind, axes: 'all' }) as ArrayValue).data[0];
        });
        expect(formatValue(result)).toBe(formatValue({ ...result, data: expected }));
      }),
      { numRuns: 150 },
    );
  });

  it.each<[string, () => unknown, string]>([
    ['a window of unknown size', () => inferType('reduce_window', [tensorType(['n'])], { kind: 'add', window_dimensions: [2], window_strides: [1], padding: [[0, 0]] }), 'dimension 0 of f32[n] has a window and must be known'],
    ['a source of the wrong shape', () => inferType('select_and_scatter', [tensorType([4]), tensorType([3])], { window_dimensions: [2], window_strides: [2], padding: [[0, 0]] }), 'the source is f32[3], but there are [2] windows'],
    ['an axis twice', () => inferType('reduce', [tensorType([4])], { kind: 'add', axes: [0, 0] }), 'axes [0, 0] are not distinct dimensions'],
    ['a size along an axis outside', () => inferType('size', [tensorType([4])], { axes: [-2] }), 'axes [-1] are not distinct dimensions'],
    ['a cross entropy of scalars', () => inferType('softmax_cross_entropy', [tensorType([]), tensorType([])], {}), 'a scalar has no last dimension'],
  ])('%s is refused', (_name, infer, message) => expect(infer).toThrow(message));
});
