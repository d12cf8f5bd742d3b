import type { EquationOf, ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import type { AnyRule, Candidate, Rule, View } from '../rewrite.ts';

/** A rule with its op's types known inside `apply`. */
export function rule<K extends OpKind>(op: K, name: string, requires: Rule['requires'], why: string, apply: Rule<K>['apply'], reserve: Pick<Rule, 'upTo' | 'assumes'> = {}): AnyRule {
  // K is one op, so this is that op's member of the union
  return { op, name, requires, why, apply, ...reserve } as unknown as AnyRule;
}

/** The equation behind a value, if it is of this op. */
export function madeBy<K extends OpKind>(view: View, id: ValueId, op: K): EquationOf<K> | null {
  const equation = view.definition(id);
  return equation?.op === op ? (equation as EquationOf<OpKind> as EquationOf<K>) : null;
}

/** x where the value is −x. */
export function negated(view: View, id: ValueId): ValueId | null {
  return madeBy(view, id, 'negate')?.operands[0] ?? null;
}

/** The other operand of a binary op, where one is this constant (by Object.is) and the result is of the other's shape. */
export function besideConstant(candidate: Candidate, view: View, constant: number): ValueId | null {
  const [a, b] = candidate.operands;
  if (Object.is(view.constantOf(b), constant) && view.fits(candidate, a)) return a;
  if (Object.is(view.constantOf(a), constant) && view.fits(candidate, b)) return b;
  return null;
}

/** The first operand, where the second is this constant and the result is of the first's shape. */
export function beforeConstant(candidate: Candidate, view: View, constant: number): ValueId | null {
  const [a, b] = candidate.operands;
  return Object.is(view.constantOf(b), constant) && view.fits(candidate, a) ? a : null;
}
