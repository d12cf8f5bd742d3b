import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Expression, Expressions } from './expressions.ts';

/** 2·artanh(s)/s as a polynomial of s², |s| ≤ 0.1716. */
const ARTANH = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => 2 / (2 * k + 1));
/** e^r, |r| ≤ ln(2)/2. */
const EXPONENTIAL = [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320, 1 / 362880, 1 / 3628800];
const SQRT_HALF = 0x3fe6a09e667f3bcdn;
const ONE = 0x3ff0000000000000n;

function splat64(fn: FunctionBuilder, value: bigint): void {
  fn.i64Const(value);
  fn.i64x2Splat();
}

/** a^y for two lanes in float64; a ≥ 0. `a` and `y` kept already. */
function powerOfTwoLanes(fn: FunctionBuilder, v: Expressions, a: Expression, y: Expression): Expression {
  const { f64 } = v;
  // a = m·2^k with m in [√½, √2)
  const shifted = v.keep(() => {
    a();
    splat64(fn, ONE - SQRT_HALF);
    fn.i64x2Add();
  });
  const k = v.keep(() => {
    shifted();
    fn.i32Const(52);
    fn.i64x2ShrU();
    // k + 1023 lies in the low half of each lane
    fn.i32x4Const(0);
    fn.i32x4Shuffle(0, 2, 4, 4);
    fn.i32x4Const(1023);
    fn.i32x4Sub();
    fn.f64x2ConvertLowI32x4S();
  });
  const m = v.keep(() => {
    shifted();
    splat64(fn, 0x000fffffffffffffn);
    fn.v128And();
    splat64(fn, SQRT_HALF);
    fn.i64x2Add();
  });
  const s = v.keep(f64.div(f64.sub(m, f64.constant(1)), f64.add(m, f64.constant(1))));
  const square = v.keep(f64.mul(s, s));
  const finite = v.keep(f64.add(f64.mul(k, f64.constant(Math.LN2)), f64.mul(s, f64.polynomial(square, ARTANH))));
  const logarithm = v.keep(() => {
    // a itself where it is infinite or NaN, −infinity at 0
    finite();
    a();
    a();
    fn.f64x2Const(Infinity);
    fn.f64x2Lt();
    fn.v128Bitselect();
    fn.f64x2Const(-Infinity);
    a();
    fn.f64x2Const(0);
    fn.f64x2Ne();
    fn.v128Bitselect();
  });
  const t = v.keep(() => {
    logarithm();
    y();
    fn.f64x2Mul();
    fn.f64x2Const(-110);
    fn.f64x2Pmax();
    fn.f64x2Const(95);
    fn.f64x2Pmin();
  });
  const n = v.keep(() => {
    t();
    fn.f64x2Const(Math.LOG2E);
    fn.f64x2Mul();
    fn.f64x2Nearest();
  });
  const r = v.keep(f64.sub(t, f64.mul(n, f64.constant(Math.LN2))));
  const scale: Expression = () => {
    n();
    fn.i32x4TruncSatF64x2SZero();
    fn.i64x2ExtendLowI32x4S();
    splat64(fn, 1023n);
    fn.i64x2Add();
    fn.i32Const(52);
    fn.i64x2Shl();
  };
  return f64.mul(f64.polynomial(r, EXPONENTIAL), scale);
}

/** x^y with IEEE 754's special cases, computed in float64: right to the last bit but for rare ties. */
export function power(fn: FunctionBuilder, v: Expressions, x: Expression, y: Expression): Expression {
  const base = v.keep(x);
  const exponent = v.keep(y);
  const magnitude = v.keep(v.abs(base));
  const half = (a: Expression, high: boolean): Expression => v.keep(() => {
    a();
    if (high) {
      a();
      fn.i32x4Shuffle(2, 3, 2, 3);
    }
    fn.f64x2PromoteLowF32x4();
  });
  const demoted = (high: boolean): Expression => v.keep(() => {
    powerOfTwoLanes(fn, v, half(magnitude, high), half(exponent, high))();
    fn.f32x4DemoteF64x2Zero();
  });
  const low = demoted(false);
  const high = demoted(true);
  const positive = v.keep(() => {
    low();
    high();
    fn.i32x4Shuffle(0, 1, 4, 5);
  });
  const whole = v.keep(v.eq(v.floor(exponent), exponent));
  const halved = v.mul(exponent, v.f32(0.5));
  const odd = v.and(whole, v.ne(v.floor(halved), halved));
  const sign = v.and(v.and(base, v.i32(-0x80000000)), odd);
  // a negative number has a real power only where the exponent is whole, or the number infinite
  const undefinedThere = v.andnot(v.and(v.lt(base, v.f32(0)), v.lt(magnitude, v.f32(Infinity))), whole);
  const signed = v.keep(v.select(undefinedThere, v.f32(NaN), v.xor(positive, sign)));
  const infiniteExponent = v.eq(v.abs(exponent), v.f32(Infinity));
  const one = v.or(v.or(v.eq(base, v.f32(1)), v.eq(exponent, v.f32(0))), v.and(v.eq(magnitude, v.f32(1)), infiniteExponent));
  return v.select(one, v.f32(1), signed);
}
