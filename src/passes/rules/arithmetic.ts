import type { AnyRule } from '../rewrite.ts';
import { isFloat } from '../shapes.ts';
import { beforeConstant, besideConstant, madeBy, negated, rule } from './match.ts';
import { isNeverMinusZero } from './signs.ts';

const SIGN = 'x and −x differ in their sign bit only, which IEEE arithmetic handles exactly';

/** Addition and subtraction. IEEE: a − b is a + (−b) to the bit, NaN and zeros included. */
const SUMS: readonly AnyRule[] = [
  // −0 is the neutral element: −0 + −0 = −0, and x + −0 = x
  rule('add', 'add minus zero', 'strict', 'x + −0 is x', (candidate, view) => besideConstant(candidate, view, -0)),
  // x + 0 turns −0 into 0, so x must never be −0
  rule('add', 'add zero', 'strict', 'x + 0 is x for an x that is never −0', (candidate, view) => {
    const x = besideConstant(candidate, view, 0);
    return x !== null && isNeverMinusZero(view, x) ? x : null;
  }),
  rule('add', 'add zero to any value', 'fast', 'x + 0 is x, up to the sign of zero', (candidate, view) => besideConstant(candidate, view, 0)),
  rule('add', 'add a negated value', 'strict', SIGN, ({ operands: [a, b] }, view) => {
    const second = negated(view, b);
    if (second !== null) return view.emit('subtract', [a, second]);
    const first = negated(view, a);
    return first === null ? null : view.emit('subtract', [b, first]);
  }),
  // x − 0 is x + −0
  rule('subtract', 'subtract zero', 'strict', 'x − 0 is x', (candidate, view) => beforeConstant(candidate, view, 0)),
  rule('subtract', 'subtract a negated value', 'strict', SIGN, ({ operands: [a, b] }, view) => {
    const second = negated(view, b);
    return second === null ? null : view.emit('add', [a, second]);
  }),
  // 0 − 0 is 0, and −0 is −0: only the sign of zero differs
  rule('subtract', 'subtract from zero', 'fast', '0 − x is −x, up to the sign of zero', (candidate, view) => {
    const [a, b] = candidate.operands;
    return view.constantOf(a) === 0 && view.fits(candidate, b) ? view.emit('negate', [b]) : null;
  }),
  // ∞ − ∞ and NaN − NaN are NaN
  rule('subtract', 'subtract a value from itself', 'fast', 'x − x is 0 for a finite x', ({ operands: [a, b] }, view) => (a === b ? view.filledLike(0, a) : null)),
];

/**
 * Whether x·(a·b) is finite wherever x and x·a are: where a·b is no further from 0 than 1 or a. Otherwise x·a may have been rounded
 * down so that (x·a)·b is just finite, and 1e30·(1e30·x) is for a small x, where ∞·x is not.
 */
function staysFinite(a: number, b: number): boolean {
  const product = Math.abs(Math.fround(a * b));
  return Number.isFinite(product) && product <= Math.max(1, Math.abs(Math.fround(a)));
}

const PRODUCTS: readonly AnyRule[] = [
  // NaN stays NaN, −0 stays −0
  rule('multiply', 'multiply by one', 'strict', 'x · 1 is x', (candidate, view) => besideConstant(candidate, view, 1)),
  rule('multiply', 'multiply by minus one', 'strict', 'x · −1 is −x', (candidate, view) => {
    const x = besideConstant(candidate, view, -1);
    return x === null ? null : view.emit('negate', [x]);
  }),
  // ∞ · 0 and NaN · 0 are NaN
  rule('multiply', 'multiply by zero', 'fast', 'x · 0 is 0 for a finite x', (candidate, view) => {
    const x = besideConstant(candidate, view, 0) ?? besideConstant(candidate, view, -0);
    return x === null ? null : view.filledLike(0, x);
  }),
  rule('multiply', 'multiply negated values', 'strict', SIGN, ({ operands }, view) => {
    const [a, b] = operands.map((id) => negated(view, id));
    return a !== null && b !== null ? view.emit('multiply', [a, b]) : null;
  }),
  // (x·a)·b rounds twice, x·(a·b) once and at another place
  rule('multiply', 'join constant factors', 'fast', 'the product of two constants is known beforehand, up to rounding', ({ operands }, view) => {
    for (const [outer, inner] of [operands, [...operands].reverse()]) {
      const product = madeBy(view, inner, 'multiply');
      const factor = view.constantOf(outer);
      if (product === null || factor === null) continue;
      const place = product.operands.findIndex((id) => view.constantOf(id) !== null && view.sameShape(id, outer));
      // two constants in there are for foldConstants: taking them apart would never end
      if (place < 0 || view.constantOf(product.operands[1 - place]) !== null) continue;
      if (!staysFinite(view.constantOf(product.operands[place])!, factor)) continue;
      return view.emit('multiply', [view.emit('multiply', [outer, product.operands[place]]), product.operands[1 - place]]);
    }
    return null;
  }),
  // division by 1 is exact; by any other constant it is not a multiplication, which would round differently
  rule('divide', 'divide by one', 'strict', 'x / 1 is x', (candidate, view) => beforeConstant(candidate, view, 1)),
  rule('divide', 'divide by minus one', 'strict', 'x / −1 is −x', (candidate, view) => {
    const x = beforeConstant(candidate, view, -1);
    return x === null ? null : view.emit('negate', [x]);
  }),
  // the least integer is its own negation
  rule('divide', 'divide negated values', 'strict', SIGN, ({ operands, type }, view) => {
    if (!isFloat(type)) return null;
    const [a, b] = operands.map((id) => negated(view, id));
    return a !== null && b !== null ? view.emit('divide', [a, b]) : null;
  }),
  // 0/0 and ∞/∞ are NaN; an integer 0/0 is −1
  rule('divide', 'divide a value by itself', 'fast', 'x / x is 1 for a finite x that is not 0', ({ operands: [a, b], type }, view) => (a === b && isFloat(type) ? view.filledLike(1, a) : null)),
  rule('divide_no_nan', 'safe division by a constant', 'strict', 'the denominator is known and not 0', ({ operands: [a, b] }, view) => {
    const denominator = view.constantOf(b);
    return denominator === null || denominator === 0 ? null : view.emit('divide', [a, b]);
  }),
  // compute_weighted_loss gives 0 for an empty batch, where this gives NaN: a batch holds at least one element, which the runtime checks
  // no further than the networks do
  rule(
    'divide_no_nan',
    'safe division by a size',
    'strict',
    'a batch has at least one element, so its size is not 0',
    ({ operands: [a, b] }, view) => (madeBy(view, b, 'size') === null ? null : view.emit('divide', [a, b])),
    { assumes: 'a batch has at least one element' },
  ),
];

const POWERS: readonly AnyRule[] = [
  rule('power', 'first power', 'strict', 'x^1 is x', (candidate, view) => beforeConstant(candidate, view, 1)),
  // pow(x, 2) is x² rounded once, as is x · x; signs, infinities and NaN agree
  rule('power', 'square', 'strict', 'x^2 is x · x', (candidate, view) => {
    const x = beforeConstant(candidate, view, 2);
    return x === null ? null : view.emit('multiply', [x, x]);
  }),
  // pow(NaN, 0) is 1, too
  rule('power', 'zeroth power', 'strict', 'x^0 is 1', (candidate, view) => {
    const x = beforeConstant(candidate, view, 0) ?? beforeConstant(candidate, view, -0);
    return x === null ? null : view.filledLike(1, x);
  }),
  // pow(−∞, 0.5) is ∞ and pow(−0, 0.5) is 0, where sqrt gives NaN and −0
  rule('power', 'square root', 'fast', 'x^0.5 is √x for a finite x', (candidate, view) => {
    const x = beforeConstant(candidate, view, 0.5);
    return x === null ? null : view.emit('sqrt', [x]);
  }),
  // x² overflows before x does
  rule('sqrt', 'root of a square', 'fast', '√(x · x) is |x| where x² is finite', ({ operands: [x] }, view) => {
    const square = madeBy(view, x, 'multiply');
    return square !== null && square.operands[0] === square.operands[1] ? view.emit('abs', [square.operands[0]]) : null;
  }),
  rule('log', 'logarithm of an exponential', 'fast', 'log(e^x) is x where e^x is finite and not 0', ({ operands: [x] }, view) => madeBy(view, x, 'exponential')?.operands[0] ?? null),
];

export const ARITHMETIC_RULES: readonly AnyRule[] = [...SUMS, ...PRODUCTS, ...POWERS];
