import type { OpAttributes, OpKind } from '../ops.ts';
import type { DType } from '../types.ts';
import type { ArrayValue } from '../values.ts';
import { broadcastStrides, offsetsOf } from '../values.ts';
import type { EvaluateRule, EvaluateTable } from './rule.ts';
import { arrayRule } from './rule.ts';

type Binary = (a: number, b: number) => number;

function unary<K extends OpKind>(op: K, f: (x: number) => number): EvaluateRule<K> {
  return arrayRule(op, (result, [operand]) => operand.data.forEach((x, i) => (result[i] = f(x))));
}

/** Calls `f` with the places in each operand's data that meet in each place of the result. */
function eachPlace(operands: readonly ArrayValue[], shape: readonly number[], f: (place: number, places: readonly number[]) => void): void {
  const offsets = operands.map((operand) => offsetsOf(shape, broadcastStrides(operand.shape, shape)));
  const places = new Array<number>(operands.length);
  for (let i = 0; i < (offsets[0]?.length ?? 0); i++) {
    for (let k = 0; k < offsets.length; k++) places[k] = offsets[k][i];
    f(i, places);
  }
}

function binary<K extends OpKind>(op: K, f: Binary, integer: Binary = f): EvaluateRule<K> {
  return arrayRule(op, (result, operands, _attributes, shape) => {
    const [a, b] = operands;
    const g = a.dtype === 'i32' ? integer : f;
    eachPlace(operands, shape, (place, [ai, bi]) => (result[place] = g(a.data[ai], b.data[bi])));
  });
}

/** IEEE 754's `pow`: 1 to any power is 1, and so is −1 to an infinite one, where JavaScript says NaN. */
export function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return Math.pow(base, exponent);
}

/** StableHLO's integer power: by repeated multiplication, wrapping; negative exponents round towards zero. */
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) return base === 1 ? 1 : base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), square = Math.imul(square, square)) {
    if (rest % 2 === 1) result = Math.imul(result, square);
  }
  return result;
}

/** Rounds towards zero. Division by zero, which StableHLO leaves open, gives −1 as in XLA. */
function integerDivide(a: number, b: number): number {
  return b === 0 ? -1 : Math.trunc(a / b);
}

/** 1/(1 + e^−x) without overflow on the way. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(1 + e^x) without overflow on the way. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * tf.nn.sigmoid_cross_entropy_with_logits: max(x, 0) − x·z + log(1 + e^−|x|), with TensorFlow's `where` on x ≥ 0: a NaN logit
 * takes the branch of the negative ones, and stays NaN through x·z.
 */
function sigmoidCrossEntropy(label: number, logit: number): number {
  const positive = logit >= 0;
  return (positive ? logit : 0) - logit * label + Math.log1p(Math.exp(positive ? -logit : logit));
}

const COMPARISONS: { readonly [D in OpAttributes['compare']['direction']]: (a: number, b: number) => boolean } = {
  EQ: (a, b) => a === b,
  NE: (a, b) => a !== b,
  LT: (a, b) => a < b,
  LE: (a, b) => a <= b,
  GT: (a, b) => a > b,
  GE: (a, b) => a >= b,
};

const MAX_INT = 2 ** 31 - 1;

/** To i32 it truncates; NaN, which StableHLO leaves open, becomes 0, and what is too large the nearest integer there is. */
const CONVERSIONS: { readonly [D in DType]: (x: number) => number } = {
  f32: (x) => x,
  i32: (x) => (Number.isNaN(x) ? 0 : Math.min(MAX_INT, Math.max(-MAX_INT - 1, Math.trunc(x))) + 0),
  i1: (x) => Number(x !== 0),
};

export const elementwise = {
  negate: unary('negate', (x) => -x),
  abs: unary('abs', Math.abs),
  sign: unary('sign', Math.sign),
  exponential: unary('exponential', Math.exp),
  exponential_minus_one: unary('exponential_minus_one', Math.expm1),
  log: unary('log', Math.log),
  log_plus_one: unary('log_plus_one', Math.log1p),
  sqrt: unary('sqrt', Math.sqrt),
  rsqrt: unary('rsqrt', (x) => 1 / Math.sqrt(x)),
  tanh: unary('tanh', Math.tanh),
  logistic: unary('logistic', logistic),
  floor: unary('floor', Math.floor),
  is_finite: unary('is_finite', (x) => Number(Number.isFinite(x))),
  not: unary('not', (x) => 1 - x),
  softplus: unary('softplus', softplus),

  add: binary('add', (a, b) => a + b),
  subtract: binary('subtract', (a, b) => a - b),
  multiply: binary('multiply', (a, b) => a * b, Math.imul),
  divide: binary('divide', (a, b) => a / b, integerDivide),
  power: binary('power', power, integerPower),
  // IEEE 754-2019 maximum and minimum, as StableHLO has them: NaN wins, and +0 is greater than −0
  maximum: binary('maximum', Math.max),
  minimum: binary('minimum', Math.min),
  and: binary('and', (a, b) => a & b),
  or: binary('or', (a, b) => a | b),
  divide_no_nan: binary('divide_no_nan', (a, b) => (b === 0 ? 0 : a / b)),
  sigmoid_cross_entropy: binary('sigmoid_cross_entropy', sigmoidCrossEntropy),

  compare: arrayRule('compare', (result, operands, { direction }, shape) => {
    const [a, b] = operands;
    const holds = COMPARISONS[direction];
    eachPlace(operands, shape, (place, [ai, bi]) => (result[place] = Number(holds(a.data[ai], b.data[bi]))));
  }),
  select: arrayRule('select', (result, operands, _attributes, shape) => {
    const [predicate, onTrue, onFalse] = operands;
    eachPlace(operands, shape, (place, [pi, ti, fi]) => (result[place] = predicate.data[pi] === 0 ? onFalse.data[fi] : onTrue.data[ti]));
  }),
  convert: arrayRule('convert', (result, [operand], { dtype }) => {
    operand.data.forEach((x, i) => (result[i] = CONVERSIONS[dtype](x)));
  }),
} satisfies Partial<EvaluateTable>;
