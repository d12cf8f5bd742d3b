import type { Expression, Expressions } from './expressions.ts';

const LOG2_E = Math.LOG2E;
/** ln 2 in two parts; n times the first is exact for the n that occur (Cody and Waite). */
const LN2_HIGH = 0.693359375;
const LN2_LOW = Math.LN2 - LN2_HIGH;
/** (e^r − 1 − r)/r² for |r| ≤ ln(2)/2, from Cephes' expf. */
const TAIL = [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.9875691500e-4];

interface Reduced {
  /** The whole number n in x = n·ln 2 + r, as f32. */
  readonly n: Expression;
  /** e^r − 1. */
  readonly minusOne: Expression;
}

/** `x` must be kept already, and not be further from 0 than 2^15. */
function reduce(v: Expressions, x: Expression): Reduced {
  const n = v.keep(v.nearest(v.mul(x, v.f32(LOG2_E))));
  // r = high − low, where high is exact: it is rounded once, together with the tail
  const high = v.keep(v.sub(x, v.mul(n, v.f32(LN2_HIGH))));
  const low = v.keep(v.mul(n, v.f32(LN2_LOW)));
  const r = v.keep(v.sub(high, low));
  const tail = v.mul(v.mul(r, r), v.polynomial(r, TAIL));
  return { n, minusOne: v.sub(high, v.sub(low, tail)) };
}

/** 2^n for whole numbers −126 … 127, as i32. */
function powerOfTwo(v: Expressions, n: Expression): Expression {
  return v.shl(v.addI32(n, v.i32(127)), 23);
}

/** `a`·2^n for the whole number `n` (as f32), in two steps, since 2^n alone may be no normal number. */
function scale(v: Expressions, n: Expression): (a: Expression) => Expression {
  const whole = v.keep(v.toI32(n));
  const half = v.keep(v.shrS(whole, 1));
  const first = powerOfTwo(v, half);
  const second = powerOfTwo(v, v.subI32(whole, half));
  return (a) => v.mul(v.mul(a, first), second);
}

const clamped = (v: Expressions, x: Expression): Expression => v.keep(v.pmin(v.pmax(x, v.f32(-104)), v.f32(89)));

/** e^x for every x, results below the normal range included. */
export function exponential(v: Expressions, x: Expression): Expression {
  const { n, minusOne } = reduce(v, clamped(v, x));
  return scale(v, n)(v.add(v.f32(1), minusOne));
}

/** e^x ≈ value·(1 + loss), more exactly than in one number: loss is what rounding the sum 1 + (e^r − 1) lost, to 6 %. */
export function exponentialWithLoss(v: Expressions, x: Expression): { readonly value: Expression; readonly loss: Expression } {
  const { n, minusOne } = reduce(v, clamped(v, x));
  const rest = v.keep(minusOne);
  const sum = v.keep(v.add(v.f32(1), rest));
  const loss = v.keep(v.mul(v.sub(rest, v.sub(sum, v.f32(1))), v.sub(v.f32(2.06), sum)));
  return { value: v.keep(scale(v, n)(sum)), loss };
}

/** e^x for −87 ≤ x ≤ 88 (or NaN), `x` kept already. */
export function exponentialOfModerate(v: Expressions, x: Expression): Expression {
  const { n, minusOne } = reduce(v, x);
  return v.mul(v.add(v.f32(1), minusOne), powerOfTwo(v, v.toI32(n)));
}

/**
 * e^x − 1 = 2·(h·(e^r − 1) + (h − ½)) with h = 2^(n−1), which stays finite as long as the result does. From −18 down it is −1.
 * Numbers below the normal range are their own result.
 */
export function exponentialMinusOne(v: Expressions, x: Expression): Expression {
  const original = v.keep(x);
  const { n, minusOne } = reduce(v, v.keep(v.pmin(v.pmax(original, v.f32(-18)), v.f32(89))));
  const half = v.keep(powerOfTwo(v, v.subI32(v.toI32(n), v.i32(1))));
  const inner = v.add(v.mul(half, minusOne), v.sub(half, v.f32(0.5)));
  const result = v.keep(v.add(inner, inner));
  return v.select(v.lt(v.abs(original), v.f32(2 ** -60)), original, result);
}
