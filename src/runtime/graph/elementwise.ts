import * as tf from '@tensorflow/tfjs';
import type { OpAttributes } from '../../ir/ops.ts';
import { TF_DTYPES, type Row, type RowTable } from './row.ts';

const unary = (f: (x: tf.Tensor) => tf.Tensor) => ([x]: readonly tf.Tensor[]) => f(x);
const binary = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) => ([a, b]: readonly tf.Tensor[]) => f(a, b);

/** `f` on tensors of truth values as numbers: many kernels take no others. */
export function asInteger(x: tf.Tensor, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  return x.dtype === 'bool' ? tf.cast(f(tf.cast(x, 'int32')), 'bool') : f(x);
}

const asNumber = (x: tf.Tensor) => (x.dtype === 'bool' ? tf.cast(x, 'int32') : x);

/** Kernels turn NaN into a number, or the other way round: here it stays what it is. */
function keepNaN(x: tf.Tensor, result: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? tf.where(tf.isNaN(x), x, result) : result;
}

/**
 * tfjs's wasm kernels lose a NaN in the second operand. A constant goes there, so that the test for NaN is left out where it is known:
 * a rectifier stays one call.
 */
function extremum(f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Row<'maximum' | 'minimum'> {
  return ([a, b], _attributes, { constantOf }) => {
    const isNumber = (place: number) => constantOf(place) !== null && !Number.isNaN(constantOf(place));
    if (isNumber(1)) return f(a, b);
    return isNumber(0) ? f(b, a) : keepNaN(b, f(a, b));
  };
}

/** IEEE 754: 1 to any power is 1, and so is −1 to an infinite one; kernels follow JavaScript, or C. */
function power(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.dtype === 'int32') return integerPower(a, b);
  const isOne = tf.logicalOr(tf.equal(a, 1), tf.logicalAnd(tf.equal(a, -1), tf.equal(tf.abs(b), Infinity)));
  return tf.where(isOne, tf.onesLike(a), tf.pow(a, b));
}

/** Negative exponents round towards zero: only ±1 have such powers other than 0. */
function integerPower(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const zero = tf.zerosLike(a);
  const odd = tf.notEqual(tf.mod(tf.abs(b), tf.scalar(2, 'int32')), tf.scalar(0, 'int32'));
  const sign = tf.where(odd, tf.fill(a.shape, -1, 'int32'), tf.fill(a.shape, 1, 'int32'));
  const one = tf.fill(a.shape, 1, 'int32');
  const ofNegative = tf.where(tf.equal(a, tf.scalar(1, 'int32')), one, tf.where(tf.equal(a, tf.scalar(-1, 'int32')), sign, zero));
  // by squaring: 31 bits of the exponent, wrapping as multiplication does
  let [result, square, rest] = [one as tf.Tensor, a, tf.maximum(b, zero)];
  for (let bit = 0; bit < 31; bit++) {
    const half = tf.floorDiv(rest, tf.scalar(2, 'int32'));
    result = tf.where(tf.equal(tf.sub(rest, tf.mul(half, tf.scalar(2, 'int32'))), tf.scalar(1, 'int32')), tf.mul(result, square), result);
    square = tf.mul(square, square);
    rest = half;
  }
  return tf.where(tf.less(b, zero), ofNegative, result);
}

/** Rounds towards zero; by zero it is −1, as in XLA. */
function integerDivide(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const isZero = tf.equal(b, tf.scalar(0, 'int32'));
  const divisor = tf.where(isZero, tf.fill(b.shape, 1, 'int32'), b);
  const size = tf.floorDiv(tf.abs(a), tf.abs(divisor));
  return tf.where(isZero, tf.fill(b.shape, -1, 'int32'), tf.mul(tf.mul(tf.sign(a), tf.sign(divisor)), size));
}

/** Truncates; NaN becomes 0, and what is too large the nearest integer there is. */
function toInteger(x: tf.Tensor): tf.Tensor {
  if (x.dtype !== 'float32') return tf.cast(x, 'int32');
  const limit = 2 ** 31;
  const fits = tf.less(tf.abs(x), limit);
  const inside = tf.cast(tf.where(fits, x, tf.zerosLike(x)), 'int32');
  const beyond = (bound: tf.Tensor, value: number, otherwise: tf.Tensor) => tf.where(bound, tf.fill(x.shape, value, 'int32'), otherwise);
  return beyond(tf.greaterEqual(x, limit), limit - 1, beyond(tf.lessEqual(x, -limit), -limit, inside));
}

/** The wasm backend subtracts 1 from e^x, which leaves little of a small x: with t = tanh(x/2) it is 2t/(1 − t). */
function exponentialMinusOne(x: tf.Tensor): tf.Tensor {
  const t = tf.tanh(tf.mul(x, 0.5));
  return tf.where(tf.less(tf.abs(x), 1), tf.div(tf.mul(t, 2), tf.sub(1, t)), tf.expm1(x));
}

const COMPARE: { readonly [D in OpAttributes['compare']['direction']]: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor } = {
  EQ: tf.equal,
  NE: tf.notEqual,
  LT: tf.less,
  LE: tf.lessEqual,
  GT: tf.greater,
  GE: tf.greaterEqual,
};

export const elementwise = {
  negate: unary(tf.neg),
  abs: unary(tf.abs),
  sign: unary((x) => keepNaN(x, tf.sign(x))),
  exponential: unary(tf.exp),
  exponential_minus_one: unary(exponentialMinusOne),
  log: unary(tf.log),
  log_plus_one: unary(tf.log1p),
  sqrt: unary(tf.sqrt),
  rsqrt: unary(tf.rsqrt),
  tanh: unary(tf.tanh),
  logistic: unary(tf.sigmoid),
  floor: unary(tf.floor),
  is_finite: unary(tf.isFinite),
  not: unary(tf.logicalNot),
  add: binary(tf.add),
  subtract: binary(tf.sub),
  multiply: binary(tf.mul),
  divide: ([a, b]) => (a.dtype === 'int32' ? integerDivide(a, b) : tf.div(a, b)),
  power: binary(power),
  maximum: extremum(tf.maximum),
  minimum: extremum(tf.minimum),
  and: binary(tf.logicalAnd),
  or: binary(tf.logicalOr),
  compare: ([a, b], { direction }) => COMPARE[direction](asNumber(a), asNumber(b)),
  select: ([predicate, onTrue, onFalse]) => {
    const chosen = tf.where(predicate, asNumber(onTrue), asNumber(onFalse));
    return onTrue.dtype === 'bool' ? tf.cast(chosen, 'bool') : chosen;
  },
  convert: ([x], { dtype }) => {
    if (dtype === 'i32') return toInteger(x);
    // the wasm backend's own cast to bool keeps the bits
    return dtype === 'i1' ? tf.notEqual(asNumber(x), tf.scalar(0, x.dtype === 'float32' ? 'float32' : 'int32')) : tf.cast(x, TF_DTYPES[dtype]);
  },
} satisfies Partial<RowTable>;
