import type { Span } from '../../support/source.ts';
import type { Clause, Expr, LetItem, Player, TermItem } from '../ast.ts';
import type { TermInstance, TypedExpr } from '../typed.ts';
import { isUnreducedLoss, judges } from './dependence.ts';
import { cycleUse, directionUse, nameUses } from './models.ts';
import { constant } from './nodes.ts';
import { at, report, reportValue, type CheckState, type Scope } from './state.ts';
import { describe, ERROR, type Value } from './values.ts';

interface BodyContext {
  readonly state: CheckState;
  readonly scope: Scope;
  readonly term: TermItem;
}

type Evaluate = (state: CheckState, scope: Scope, expr: Expr) => Value;

/** What a body made of tensors gives an instance. */
export type Body = Pick<TermInstance, 'clauses' | 'adversarial' | 'scope'>;

/** Elaborates a term's body; null if there is a mistake in it. Every clause and every `let` is checked, used or not. */
export function buildClauses(context: BodyContext, members: readonly (LetItem | Clause)[], evaluate: Evaluate): Body | null {
  const { state, term, scope: outer } = context;
  const locals = new Map(outer.locals);
  for (const member of members) {
    if (member.kind !== 'let' || locals.has(member.name.name)) continue;
    const ambiguous = outer.module.ambiguousLocals.get(term)?.has(member.name.name) === true;
    locals.set(member.name.name, ambiguous ? { kind: 'formal', value: ERROR, span: member.name.span } : { kind: 'let', item: member });
  }
  const scope: Scope = at({ ...outer, locals }, 'value');
  const clauses: { [P in Player]: TypedExpr | null } = { generator: null, discriminator: null };
  const first: { [P in Player]: Span | null } = { generator: null, discriminator: null };
  let failed = false;

  for (const member of members) {
    if (member.kind === 'let') {
      // by name, so that the value is the one that the clauses share
      if (locals.get(member.name.name)?.kind === 'let' && evaluate(state, scope, { kind: 'name', name: member.name.name, span: member.name.span }).kind === 'error') failed = true;
      continue;
    }
    const { player } = member;
    const before = first[player];
    if (before !== null) {
      const labels = [{ span: before, message: 'first here' }];
      report(state, scope, { code: 'GL2004', span: member.playerSpan, message: `'${term.name.name}' has two parts for the ${player}`, label: 'again', labels });
      failed = true;
    }
    first[player] ??= member.playerSpan;
    const clause = clauseExpr(state, scope, member, evaluate);
    if (clause === null) failed = true;
    clauses[player] ??= clause;
  }
  if (failed) return null;
  if (clauses.generator === null && clauses.discriminator === null) {
    const hint = "Write 'discriminator = …', 'generator = …', or both.";
    report(state, scope, { code: 'GL3009', span: term.name.span, message: `'${term.name.name}' has no part for either player`, label: 'nothing to add', hint });
    return null;
  }
  const uses = nameUses(Object.values(clauses).filter((clause) => clause !== null));
  const adversarial = { generator: clauses.generator !== null && judges(clauses.generator), discriminator: clauses.discriminator !== null && judges(clauses.discriminator) };
  return { clauses, adversarial, scope: directionUse(uses) === undefined || cycleUse(uses) !== undefined ? 'model' : 'direction' };
}

function clauseExpr(state: CheckState, scope: Scope, clause: Clause, evaluate: Evaluate): TypedExpr | null {
  const value = evaluate(state, scope, clause.value);
  if (value.kind === 'error') return null;
  if (value.kind === 'number') return constant(value.value, clause.value.span);
  const { span } = clause.value;
  if (value.kind !== 'tensor' || value.expr.type === 'list' || value.expr.type === 'distributions' || value.expr.type === 'boolean') {
    const message = `the ${clause.player}'s part must be a scalar, not ${describe(value)}`;
    const hint = value.kind === 'objective' ? "A term made of terms has no braces: term t() = wasserstein + 10*gp." : undefined;
    reportValue(state, scope, value, span, { code: 'GL3004', message, label: describe(value), hint });
    return null;
  }
  if (value.expr.type === 'scalar' || isUnreducedLoss(value.expr)) return value.expr;
  report(state, scope, {
    code: 'GL3011',
    span,
    message: `the ${clause.player}'s part must be a scalar, but this has a value for each sample or element`,
    label: describe(value),
    hint: "Reduce it: 'reduce(…)' follows the file's reduction, 'mean(…)' and 'sum(…)' do what they say.",
  });
  return null;
}
