import type { Expression, Expressions } from './expressions.ts';

const LN2_HIGH = 6.9313812256e-1;
const LN2_LOW = 9.0580006145e-6;
/** log(1+f) = f − f²/2 + s·(f²/2 + R), s = f/(2+f), R = s²·(…): coefficients of fdlibm's logf. */
const LG = [0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841];
/** The bits of √½: mantissas are taken from [√½, √2). */
const SQRT_HALF_BITS = 0x3f3504f3;

interface Split {
  /** The exponent as f32. */
  readonly exponent: Expression;
  readonly mantissa: Expression;
}

/** A positive normal number as mantissa·2^exponent, `bits` kept already. */
function split(v: Expressions, bits: Expression): Split {
  const shifted = v.keep(v.addI32(bits, v.i32(0x3f800000 - SQRT_HALF_BITS)));
  const exponent = v.keep(v.toF32(v.subI32(v.shrS(shifted, 23), v.i32(127))));
  const mantissa = v.addI32(v.and(shifted, v.i32(0x007fffff)), v.i32(SQRT_HALF_BITS));
  return { exponent, mantissa };
}

/** exponent·ln 2 + log(1 + f) + what `correction` adds to the low part. */
function combine(v: Expressions, exponent: Expression, f: Expression, correction: Expression | null): Expression {
  const s = v.keep(v.div(f, v.add(v.f32(2), f)));
  const z = v.keep(v.mul(s, s));
  const halfSquare = v.keep(v.mul(v.mul(v.f32(0.5), f), f));
  const r = v.mul(z, v.polynomial(z, LG));
  const low = v.mul(exponent, v.f32(LN2_LOW));
  const lowPart = correction === null ? low : v.add(low, correction);
  const sum = v.add(v.sub(v.add(v.mul(s, v.add(halfSquare, r)), lowPart), halfSquare), f);
  return v.add(sum, v.mul(exponent, v.f32(LN2_HIGH)));
}

/** Results where the formula has none: infinity of itself, −infinity at `pole`, NaN beyond it and of itself. */
function special(v: Expressions, x: Expression, pole: number, result: Expression): Expression {
  const kept = v.keep(result);
  const upper = v.select(v.lt(x, v.f32(Infinity)), kept, x);
  return v.select(v.gt(x, v.f32(pole)), upper, v.select(v.eq(x, v.f32(pole)), v.f32(-Infinity), v.f32(NaN)));
}

export function logarithm(v: Expressions, x: Expression): Expression {
  const original = v.keep(x);
  const small = v.keep(v.lt(original, v.f32(2 ** -126)));
  // numbers below the normal range are moved into it first
  const scaled = v.keep(v.select(small, v.mul(original, v.f32(2 ** 25)), original));
  const { exponent, mantissa } = split(v, scaled);
  const moved = v.keep(v.sub(exponent, v.and(small, v.f32(25))));
  const f = v.keep(v.sub(mantissa, v.f32(1)));
  return special(v, original, 0, combine(v, moved, f, null));
}

/** log(1 + x): what is lost in rounding u = 1 + x is added to the low part, divided by u's mantissa (to 6 %, which is enough for it). */
export function logarithmPlusOne(v: Expressions, x: Expression): Expression {
  const original = v.keep(x);
  const u = v.keep(v.add(original, v.f32(1)));
  const { exponent, mantissa } = split(v, u);
  const m = v.keep(mantissa);
  // 1 + x within [√½, √2): f is x itself
  const near = v.keep(v.eq(exponent, v.f32(0)));
  const big = v.gt(exponent, v.f32(1));
  const lost = v.select(big, v.sub(v.f32(1), v.sub(u, original)), v.sub(original, v.sub(u, v.f32(1))));
  const scale = v.shl(v.subI32(v.i32(127), v.toI32(v.pmin(exponent, v.f32(64)))), 23);
  const correction = v.mul(v.mul(lost, scale), v.sub(v.f32(2.06), m));
  const f = v.keep(v.select(near, original, v.sub(m, v.f32(1))));
  const result = combine(v, exponent, f, v.andnot(correction, near));
  const withSpecial = v.keep(special(v, original, -1, result));
  // −0 stays
  return v.select(v.lt(v.abs(original), v.f32(2 ** -40)), original, withSpecial);
}
