import type { AnyRule } from '../rewrite.ts';
import { madeBy, negated, rule } from './match.ts';
import { isNonNegative } from './signs.ts';

/** Ops that undo themselves or do nothing on what they get. All exact: no arithmetic is left out or added. */
export const IDEMPOTENT_RULES: readonly AnyRule[] = [
  rule('negate', 'double negation', 'strict', '−(−x) is x', ({ operands: [x] }, view) => negated(view, x)),
  // for a = b the one is 0 and the other −0
  rule('negate', 'negated difference', 'fast', '−(a − b) is b − a, up to the sign of zero', ({ operands: [x] }, view) => {
    const difference = madeBy(view, x, 'subtract');
    return difference === null ? null : view.emit('subtract', [difference.operands[1], difference.operands[0]]);
  }),
  rule('abs', 'absolute value of a negated value', 'strict', '|−x| is |x|', ({ operands: [x] }, view) => {
    const positive = negated(view, x);
    return positive === null ? null : view.emit('abs', [positive]);
  }),
  rule('abs', 'absolute value of what is not negative', 'strict', '|x| is x for x ≥ 0', ({ operands: [x] }, view) => (isNonNegative(view, x) ? x : null)),
  // one NaN gives NaN either way
  rule('maximum', 'maximum with itself', 'strict', 'max(x, x) is x', ({ operands: [a, b] }) => (a === b ? a : null)),
  rule('minimum', 'minimum with itself', 'strict', 'min(x, x) is x', ({ operands: [a, b] }) => (a === b ? a : null)),
  rule('stop_gradient', 'stopped twice', 'strict', 'no gradient flows already', ({ operands: [x] }, view) => {
    const equation = view.definition(x);
    const stops = equation?.op === 'stop_gradient' || equation?.op === 'constant' || equation?.op === 'size';
    return stops ? x : null;
  }),
  rule('convert', 'conversion to the same type', 'strict', 'the value is of that type already', (candidate, view) => (view.fits(candidate, candidate.operands[0]) ? candidate.operands[0] : null)),
  rule('not', 'double not', 'strict', 'not not p is p', ({ operands: [x] }, view) => madeBy(view, x, 'not')?.operands[0] ?? null),
  // not (a < b) is no a ≥ b where one of them is NaN, but equality has an exact opposite
  rule('not', 'negated equality', 'strict', 'not a = b is a ≠ b, for NaN too', ({ operands: [x] }, view) => {
    const comparison = madeBy(view, x, 'compare');
    if (comparison === null) return null;
    const { direction } = comparison.attributes;
    if (direction !== 'EQ' && direction !== 'NE') return null;
    return view.emit('compare', comparison.operands, { direction: direction === 'EQ' ? 'NE' : 'EQ' });
  }),
  rule('and', 'and with a constant', 'strict', 'p and true is p, p and false is false', (candidate, view) => {
    for (const [p, q] of [candidate.operands, [...candidate.operands].reverse()]) {
      const truth = view.constantOf(q);
      if (truth === 1 && view.fits(candidate, p)) return p;
      if (truth === 0 && view.fits(candidate, q)) return q;
    }
    return candidate.operands[0] === candidate.operands[1] ? candidate.operands[0] : null;
  }),
  rule('or', 'or with a constant', 'strict', 'p or false is p, p or true is true', (candidate, view) => {
    for (const [p, q] of [candidate.operands, [...candidate.operands].reverse()]) {
      const truth = view.constantOf(q);
      if (truth === 0 && view.fits(candidate, p)) return p;
      if (truth === 1 && view.fits(candidate, q)) return q;
    }
    return candidate.operands[0] === candidate.operands[1] ? candidate.operands[0] : null;
  }),
  rule('select', 'selection by a constant', 'strict', 'the condition is known', (candidate, view) => {
    const [predicate, onTrue, onFalse] = candidate.operands;
    const truth = view.constantOf(predicate);
    if (truth === null) return null;
    const chosen = truth === 1 ? onTrue : onFalse;
    return view.fits(candidate, chosen) ? chosen : null;
  }),
  rule('select', 'selection between equal values', 'strict', 'both branches are one value', (candidate, view) => {
    const [, onTrue, onFalse] = candidate.operands;
    return onTrue === onFalse && view.fits(candidate, onTrue) ? onTrue : null;
  }),
  rule('select', 'selection by a negated condition', 'strict', 'the branches change places', ({ operands: [predicate, onTrue, onFalse] }, view) => {
    const condition = madeBy(view, predicate, 'not');
    return condition === null ? null : view.emit('select', [condition.operands[0], onFalse, onTrue]);
  }),
];
