import { describe, expect, it } from 'vitest';
import { inferType } from '../infer.ts';
import type { Cases } from '../testing/cases.ts';
import { empty, ints, t, testCases } from '../testing/cases.ts';
import { opaqueType, tensorType } from '../types.ts';
import type { elementwise } from './elementwise.ts';

const { E, LN2, SQRT2 } = Math;
const INF = Infinity;

const CASES: Cases<keyof typeof elementwise> = {
  negate: [
    [[t([1, -2, 0, -0, NaN, INF])], {}, t([-1, 2, -0, 0, NaN, -INF])],
    [[ints([1, 0, -(2 ** 31)])], {}, ints([-1, 0, -(2 ** 31)])],
    [[empty(0, 3)], {}, empty(0, 3)],
  ],
  abs: [
    [[t([-1.5, -0, NaN, -INF])], {}, t([1.5, 0, NaN, INF])],
    [[ints([-3, -(2 ** 31)])], {}, ints([3, -(2 ** 31)])],
  ],
  sign: [
    [[t([-7, 7, -0, 0, NaN, -INF])], {}, t([-1, 1, -0, 0, NaN, -1])],
    [[ints([-7, 0])], {}, ints([-1, 0])],
  ],
  exponential: [[[t([0, 1, -INF, INF, NaN, LN2])], {}, t([1, E, 0, INF, NaN, 2])]],
  exponential_minus_one: [[[t([0, -0, -INF, LN2, 1e-20])], {}, t([0, -0, -1, 1, 1e-20])]],
  log: [[[t([1, E, 0, -0, -1, INF, NaN])], {}, t([0, 1, -INF, -INF, NaN, INF, NaN])]],
  log_plus_one: [[[t([0, -0, -1, -2, 1e-20, 1])], {}, t([0, -0, -INF, NaN, 1e-20, LN2])]],
  sqrt: [[[t([4, 2, 0, -0, -1, INF])], {}, t([2, SQRT2, 0, -0, NaN, INF])]],
  rsqrt: [[[t([4, 0, -0, -1, INF])], {}, t([0.5, INF, -INF, NaN, 0])]],
  tanh: [[[t([0, -0, INF, -INF, LN2])], {}, t([0, -0, 1, -1, 0.6])]],
  logistic: [[[t([0, INF, -INF, NaN, LN2, -LN2, 800, -800])], {}, t([0.5, 1, 0, NaN, 2 / 3, 1 / 3, 1, 0])]],
  floor: [[[t([1.5, -1.5, -0, NaN, INF])], {}, t([1, -2, -0, NaN, INF])]],
  is_finite: [[[t([1, NaN, INF, -INF, -0])], {}, t([true, false, false, false, true])]],
  not: [[[t([true, false])], {}, t([false, true])]],
  softplus: [[[t([0, INF, -INF, NaN, 1000, -1000])], {}, t([LN2, INF, 0, NaN, 1000, 0])]],
  add: [
    [[t([1, NaN, INF, -0]), t([2, 1, -INF, -0])], {}, t([3, NaN, NaN, -0])],
    [[t([[1], [2]]), t([10, 20, 30])], {}, t([[11, 21, 31], [12, 22, 32]])],
    [[t(5), t([[1], [2]])], {}, t([[6], [7]])],
    [[empty(0), t([1])], {}, empty(0)],
    [[empty(2, 0), t([[1], [2]])], {}, empty(2, 0)],
    [[ints([2 ** 31 - 1]), ints(1)], {}, ints([-(2 ** 31)])],
  ],
  subtract: [
    [[t([1, INF, 0]), t([2, INF, 0])], {}, t([-1, NaN, 0])],
    [[ints([-(2 ** 31)]), ints([1])], {}, ints([2 ** 31 - 1])],
  ],
  multiply: [
    [[t([2, 0, 0, -0]), t([3, INF, NaN, 5])], {}, t([6, NaN, NaN, -0])],
    [[ints([65537, -3]), ints([65537, 0])], {}, ints([131073, 0])],
  ],
  divide: [
    [[t([1, 1, 0, 0, 6]), t([0, -0, 0, 5, 4])], {}, t([INF, -INF, NaN, 0, 1.5])],
    [[ints([7, -7, 7, 5]), ints([2, 2, -2, 0])], {}, ints([3, -3, -3, -1])],
    [[ints([-(2 ** 31)]), ints([-1])], {}, ints([-(2 ** 31)])],
  ],
  power: [
    [[t([2, -2, 0, 0, -8, NaN]), t([10, 3, 0, -1, 1 / 3, 0])], {}, t([1024, -8, 1, INF, NaN, 1])],
    [[t([1, 1, -1, -1, 2, 0.5]), t([NaN, INF, INF, -INF, -INF, -INF])], {}, t([1, 1, 1, 1, 0, INF])],
    [[ints([3, 2, -1, 2, 1, 0]), ints([4, 33, -3, -1, -5, 0])], {}, ints([81, 0, -1, 0, 1, 1])],
  ],
  maximum: [
    [[t([1, NaN, 2, -0, -INF]), t([2, 1, NaN, 0, -INF])], {}, t([2, NaN, NaN, 0, -INF])],
    [[ints([-1]), ints([-2])], {}, ints([-1])],
  ],
  minimum: [[[t([1, NaN, 2, -0, INF]), t([2, 1, NaN, 0, INF])], {}, t([1, NaN, NaN, -0, INF])]],
  and: [[[t([true, true, false]), t([true, false, false])], {}, t([true, false, false])]],
  or: [[[t([true, true, false]), t([true, false, false])], {}, t([true, true, false])]],
  divide_no_nan: [[[t([1, 0, NaN, INF, 3, 1]), t([0, -0, 0, 0, 2, NaN])], {}, t([0, 0, 0, 0, 1.5, NaN])]],
  sigmoid_cross_entropy: [
    [[t([1, 0, 0.5, 1, 0]), t([0, 0, 0, 1000, -1000])], {}, t([LN2, LN2, LN2, 0, 0])],
    [[t([0, 1, 0.25]), t([1000, -1000, LN2])], {}, t([1000, 1000, Math.log(3) - 0.25 * LN2])],
    // as in TensorFlow, an infinite logit is NaN wherever its label is not 0 there: ∞ − ∞, or 0·∞
    [[t([0, 1, 0, 1, 0]), t([INF, INF, -INF, -INF, NaN])], {}, t([NaN, NaN, NaN, INF, NaN])],
    [[t(1), t([[0], [0]])], {}, t([[LN2], [LN2]])],
  ],
  compare: [
    [[t([1, NaN, -0, INF]), t([1, NaN, 0, INF])], { direction: 'EQ' }, t([true, false, true, true])],
    [[t([1, NaN, -0]), t([1, NaN, 0])], { direction: 'NE' }, t([false, true, false])],
    [[t([1, NaN, 2]), t([2, 1, 2])], { direction: 'LT' }, t([true, false, false])],
    [[t([1, NaN, 2]), t([2, 1, 2])], { direction: 'LE' }, t([true, false, true])],
    [[t([3, NaN, 2]), t(2)], { direction: 'GT' }, t([true, false, false])],
    [[ints([3, 1, 2]), ints(2)], { direction: 'GE' }, t([true, false, true])],
    [[t([true]), t([false])], { direction: 'GT' }, t([true])],
  ],
  select: [
    [[t([true, false]), t([1, NaN]), t([NaN, 2])], {}, t([1, 2])],
    [[t(true), t([1, 2]), t(0)], {}, t([1, 2])],
    [[t([[true], [false]]), t([1, 2]), t(0)], {}, t([[1, 2], [0, 0]])],
    [[t([false]), ints([1]), ints([-1])], {}, ints([-1])],
  ],
  convert: [
    [[t([1.9, -1.9, NaN, INF, -INF, -0.5])], { dtype: 'i32' }, ints([1, -1, 0, 2 ** 31 - 1, -(2 ** 31), 0])],
    [[t([0, -0, 2, NaN])], { dtype: 'i1' }, t([false, false, true, true])],
    [[t([true, false])], { dtype: 'f32' }, t([1, 0])],
    [[ints([-3])], { dtype: 'f32' }, t([-3])],
  ],
};

describe('elementwise ops', () => {
  testCases(CASES);

  it.each([
    ['add', [tensorType([2]), tensorType([3])], 'add: shapes [2] and [3] do not broadcast'],
    ['add', [tensorType([2]), tensorType([2], { dtype: 'i32' })], 'add: operands f32[2] and i32[2] differ in type'],
    ['exponential', [tensorType([2], { dtype: 'i32' })], 'exponential: operand 0 is i32[2], not of f32'],
    ['not', [tensorType([2])], 'not: operand 0 is f32[2], not of i1'],
    ['negate', [opaqueType('outputs')], 'negate: operand 0 is outputs, not a tensor'],
    ['negate', [], 'negate takes 1 operands, not 0'],
    ['select', [tensorType([2]), tensorType([2]), tensorType([2])], 'select: operand 0 is f32[2], not of i1'],
  ] as const)('%s of %j is refused', (op, operands, message) => expect(() => inferType(op, operands, {})).toThrow(`compiler bug: ${message}`));
});
