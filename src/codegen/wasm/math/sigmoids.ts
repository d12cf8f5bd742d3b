import { exponentialOfModerate, exponentialWithLoss } from './exponential.ts';
import type { Expression, Expressions } from './expressions.ts';

/** (tanh x − x)/x³ as a polynomial of x² for |x| ≤ 0.625, from Cephes' tanhf. */
const TANH = [-3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3];

/** A polynomial near 0, and 1 − 2/(e^2|x| + 1) with x's sign elsewhere; from 9.1 on that is 1. */
export function tanh(v: Expressions, x: Expression): Expression {
  const original = v.keep(x);
  const magnitude = v.keep(v.abs(original));
  const square = v.keep(v.mul(original, original));
  const near = v.keep(v.add(original, v.mul(v.mul(original, square), v.polynomial(square, TANH))));
  const doubled = v.keep(v.pmin(v.add(magnitude, magnitude), v.f32(18.2)));
  const far = v.sub(v.f32(1), v.div(v.f32(2), v.add(exponentialOfModerate(v, doubled), v.f32(1))));
  // the sign last: the polynomial makes +0 of −0
  return v.or(v.select(v.lt(magnitude, v.f32(0.625)), near, far), v.and(original, v.i32(-0x80000000)));
}

/**
 * 1/(1 + e^−x), for negative x as e^x/(1 + e^x): e^−|x| serves both. The quotient is corrected by what the roundings of e and of
 * 1 + e lost, where 1/(1 + e) is good enough as 1 − e/2.
 */
export function logistic(v: Expressions, x: Expression): Expression {
  const original = v.keep(x);
  const { value: e, loss } = exponentialWithLoss(v, v.or(original, v.i32(-0x80000000)));
  const negative = v.keep(v.lt(original, v.f32(0)));
  const sum = v.keep(v.add(v.f32(1), e));
  const quotient = v.keep(v.div(v.select(negative, e, v.f32(1)), sum));
  const lost = v.add(v.sub(e, v.sub(sum, v.f32(1))), v.mul(e, loss));
  const correction = v.sub(v.and(negative, loss), v.mul(lost, v.sub(v.f32(1), v.mul(v.f32(0.5), e))));
  return v.add(quotient, v.mul(quotient, correction));
}
