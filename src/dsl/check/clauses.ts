import type { Span } from '../../support/source.ts';
import type { Clause, Expr, Ident, Player, TermItem, TermMember, UpdateMember } from '../ast.ts';
import type { StateUpdate, TermInstance, TypedExpr } from '../typed.ts';
import { contrasts, isUnreducedLoss, judges } from './dependence.ts';
import { cycleUse, directionUse, nameUses } from './models.ts';
import { didYouMeanFix } from './names.ts';
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
export type Body = Pick<TermInstance, 'clauses' | 'updates' | 'adversarial' | 'scope'>;

/** Elaborates a term's body; null if there is a mistake in it. Every member is checked, used or not. */
export function buildClauses(context: BodyContext, members: readonly TermMember[], evaluate: Evaluate): Body | null {
  const { state, term, scope: outer } = context;
  const locals = new Map(outer.locals);
  for (const member of members) {
    if ((member.kind !== 'let' && member.kind !== 'state') || locals.has(member.name.name)) continue;
    const ambiguous = outer.module.ambiguousLocals.get(term)?.has(member.name.name) === true;
    locals.set(member.name.name, ambiguous ? { kind: 'formal', value: ERROR, span: member.name.span } : member.kind === 'let' ? { kind: 'let', item: member } : { kind: 'state', item: member });
  }
  const scope: Scope = at({ ...outer, locals }, 'value');
  const clauses: { [P in Player]: TypedExpr | null } = { generator: null, discriminator: null };
  const first: { [P in Player]: Span | null } = { generator: null, discriminator: null };
  const updates: StateUpdate[] = [];
  const updated = new Map<string, Ident>();
  let failed = false;

  for (const member of members) {
    if (member.kind === 'let' || member.kind === 'state') {
      // by name, so that the value is the one that the clauses share
      if (locals.get(member.name.name)?.kind !== 'formal' && evaluate(state, scope, nameOf(member.name)).kind === 'error') failed = true;
      continue;
    }
    if (member.kind === 'update') {
      const before = updated.get(member.name.name);
      if (before !== undefined) {
        const labels = [{ span: before.span, message: 'first here' }];
        report(state, scope, { code: 'GL2004', span: member.name.span, message: `'${member.name.name}' has two updates in '${term.name.name}'`, label: 'again', labels });
      }
      const update = stateUpdate(state, scope, member, evaluate);
      if (update === null || before !== undefined) failed = true;
      else updates.push(update);
      updated.set(member.name.name, before ?? member.name);
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
  const uses = nameUses([...Object.values(clauses).filter((clause) => clause !== null), ...updates.map(({ value }) => value)]);
  // a penalty or an auxiliary classifier looks at heads, too, but says so by its modifier
  const byHeads = term.modifier === null && clauses.discriminator !== null && contrasts(clauses.discriminator);
  const isAdversarial = (clause: TypedExpr | null) => clause !== null && (byHeads || judges(clause));
  const adversarial = { generator: isAdversarial(clauses.generator), discriminator: isAdversarial(clauses.discriminator) };
  return { clauses, updates, adversarial, scope: directionUse(uses) === undefined || cycleUse(uses) !== undefined ? 'model' : 'direction' };
}

const nameOf = ({ name, span }: Ident): Expr => ({ kind: 'name', name, span });

/** What a state becomes; null after a problem was reported. */
function stateUpdate(state: CheckState, scope: Scope, { name, value: written }: UpdateMember, evaluate: Evaluate): StateUpdate | null {
  const local = scope.locals.get(name.name);
  const value = evaluate(state, scope, written);
  if (local?.kind !== 'state') {
    // a parser that found no name has said so, and a name with two meanings has been reported
    if (name.name === '' || (local?.kind === 'formal' && local.value.kind === 'error')) return null;
    const states = [...scope.locals].filter(([, other]) => other.kind === 'state').map(([other]) => other);
    const { suffix, fix } = didYouMeanFix(name, states);
    const what = local === undefined ? `there is no state '${name.name}' to update` : `'${name.name}' is ${local.kind === 'let' ? 'a let' : 'an argument'}: only a state can be updated`;
    report(state, scope, { code: 'GL2002', span: name.span, message: `${what}${suffix}`, label: 'not a state', hint: `Declare it: 'state ${name.name} = 0'.`, fix });
    return null;
  }
  const current = evaluate(state, scope, nameOf(name));
  if (value.kind === 'error' || current.kind !== 'tensor' || current.expr.kind !== 'state') return null;
  if (value.kind === 'number') return { state: current.expr, value: constant(value.value, written.span) };
  if (value.kind !== 'tensor' || value.expr.type === 'list' || value.expr.type === 'distributions' || value.expr.type === 'boolean') {
    reportValue(state, scope, value, written.span, { code: 'GL3004', message: `the update of '${name.name}' must be a scalar, not ${describe(value)}`, label: describe(value) });
    return null;
  }
  if (value.expr.type === 'scalar') return { state: current.expr, value: value.expr };
  const message = `the update of '${name.name}' must be a scalar, but this has a value for each sample or element`;
  report(state, scope, { code: 'GL3011', span: written.span, message, label: describe(value), hint: "Reduce it: 'mean(…)' and 'sum(…)' do what they say." });
  return null;
}

const LIST_HINT = "Make it one number: 'sum(sum_of_each(…))' or 'mean(mean_of_each(…))'.";

function clauseExpr(state: CheckState, scope: Scope, clause: Clause, evaluate: Evaluate): TypedExpr | null {
  const value = evaluate(state, scope, clause.value);
  if (value.kind === 'error') return null;
  if (value.kind === 'number') return constant(value.value, clause.value.span);
  const { span } = clause.value;
  if (value.kind !== 'tensor' || value.expr.type === 'list' || value.expr.type === 'distributions' || value.expr.type === 'boolean') {
    const message = `the ${clause.player}'s part must be a scalar, not ${describe(value)}`;
    const isList = value.kind === 'tensor' && value.expr.type === 'list';
    const hint = value.kind === 'objective' ? 'A term made of terms has no braces: term t() = wasserstein + 10*gp.' : isList ? LIST_HINT : undefined;
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
