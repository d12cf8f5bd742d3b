import type { Span } from '../../support/source.ts';
import type { Expr, Ident, LetItem, StateMember } from '../ast.ts';
import { childrenOf } from '../childrenOf.ts';
import type { TypedExpr } from '../typed.ts';
import type { EvaluatedArg } from './bind.ts';
import { checkNames } from './checkNames.ts';
import { callFunction } from './functions/callFunction.ts';
import { applyEvery } from './every.ts';
import { instantiate } from './instantiate.ts';
import { half } from './linear.ts';
import { isTerm, lookUp, reportUnknown, type Meaning } from './lookup.ts';
import { nounOf, type Definition, type LetDefinition } from './module.ts';
import { didYouMean } from './names.ts';
import { callNetwork, headOf } from './networks.ts';
import { constant, select } from './nodes.ts';
import { applyBinary, applyUnary } from './operators.ts';
import { at, fileScope, giveUp, guarded, operatorContext, report, reportValue, rootSpan, type CheckState, type Scope } from './state.ts';
import { describe, ERROR, numberValue, objectiveValue, tensorValue, withOrigin, type Value } from './values.ts';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** The value of an expression, with every problem in it reported. */
export function evaluate(state: CheckState, scope: Scope, expr: Expr): Value {
  const value = guarded(state, scope, expr.span, () => evaluateNode(state, scope, expr)) ?? ERROR;
  if (value.kind !== 'tensor' || depthOf(value.expr, state.depths) <= MAX_EXPR_DEPTH) return value;
  giveUp(state, scope, expr.span, 'nested too deeply');
  return ERROR;
}

/** Of tensor expressions, through their lets. */
const MAX_EXPR_DEPTH = 600;

/** Operands were measured when they were made, so this never goes far down. */
function depthOf(expr: TypedExpr, depths: WeakMap<TypedExpr, number>): number {
  const known = depths.get(expr);
  if (known !== undefined) return known;
  const depth = 1 + childrenOf(expr).reduce((most, child) => Math.max(most, depthOf(child, depths)), 0);
  depths.set(expr, depth);
  return depth;
}

function evaluateNode(state: CheckState, scope: Scope, expr: Expr): Value {
  switch (expr.kind) {
    case 'number':
      return numberValue(expr.value, expr.span);
    case 'string':
      return { kind: 'string', value: expr.value, origin: expr.span };
    case 'boolean':
      return { kind: 'boolean', value: expr.value, origin: expr.span };
    case 'none':
      return { kind: 'none', origin: expr.span };
    case 'missing':
      return ERROR;
    case 'name':
      return evaluateName(state, scope, expr);
    case 'member':
      return evaluateMember(state, scope, expr);
    case 'call':
      return evaluateCall(state, scope, expr);
    case 'unary': {
      const operand = evaluate(state, expr.operator === '!' ? at(scope, 'value') : scope, expr.operand);
      return applyUnary(expr.operator, { value: operand, span: expr.operand.span }, expr.span, operatorContext(state, scope));
    }
    case 'binary':
      return evaluateBinary(state, scope, expr);
    case 'conditional':
      return evaluateConditional(state, scope, expr);
  }
}

function evaluateName(state: CheckState, scope: Scope, expr: Of<'name'>): Value {
  const meaning = lookUp(state, scope, expr.name);
  if (meaning === null) {
    reportUnknown(state, scope, expr, false);
    return ERROR;
  }
  return meaningValue(state, scope, meaning, expr);
}

function meaningValue(state: CheckState, scope: Scope, meaning: Meaning, name: Ident): Value {
  switch (meaning.kind) {
    case 'local':
      // an argument keeps the place where it was given: mistakes in it are shown there
      if (meaning.local.kind === 'state') return bodyState(state, scope, meaning.local.item, name.span);
      return meaning.local.kind === 'formal' ? meaning.local.value : bodyLet(state, scope, meaning.local.item, name.span);
    case 'definition':
      return definitionValue(state, scope, meaning.definition, name);
    case 'model':
      return tensorValue(scope.nodes.model(meaning.name, name.span), name.span);
    case 'network':
      return { kind: 'network', network: meaning.name, head: null, origin: name.span };
    case 'every':
      report(state, scope, { code: 'GL3004', span: name.span, message: "'every' is a function and must be called", label: 'not called', hint: 'Write every(16, gp).' });
      return ERROR;
    case 'function':
      report(state, scope, { code: 'GL3004', span: name.span, message: `'${meaning.name}' is a function and must be called`, label: 'not called', hint: `Write ${meaning.name}(…).` });
      return ERROR;
  }
}

function definitionValue(state: CheckState, scope: Scope, definition: Definition, name: Ident): Value {
  switch (definition.kind) {
    case 'let':
      return withOrigin(fileLet(state, definition, rootSpan(state, scope, name.span)), name.span);
    case 'param':
    case 'input':
      if (definition.module !== state.root) return reportForeign(state, scope, definition, name);
      if (definition.kind === 'input') return tensorValue(scope.nodes.input(name.name, name.span), name.span);
      return tensorValue(scope.nodes.param(name.name, name.span), name.span);
    case 'term':
      return instantiate({ state, scope, definition, evaluate }, [], name.span);
    case 'broken':
      return ERROR;
  }
}

/** Params and inputs are the root file's to declare: an imported term takes them as arguments. */
function reportForeign(state: CheckState, scope: Scope, definition: Definition, name: Ident): Value {
  const noun = nounOf(definition);
  const message = `'${name.name}' is ${noun === 'input' ? 'an' : 'a'} ${noun} of an imported file, which can only lend terms and lets`;
  report(state, scope, { code: 'GL2007', span: name.span, message, label: `'${name.name}' is used here`, hint: `Make '${name.name}' an argument of the term.` });
  return ERROR;
}

/** The value of a file's own `let`, computed once. @param site the place of the root file that asks */
export function fileLet(state: CheckState, definition: LetDefinition, site: Span): Value {
  if (state.cyclic.has(definition)) return ERROR;
  const known = state.fileLets.get(definition);
  if (known !== undefined) return known === 'busy' ? ERROR : known;
  state.fileLets.set(definition, 'busy');
  const foreign = definition.module !== state.root;
  const scope = fileScope(state, definition.module, 'guess', foreign ? site : null);
  const value = evaluate(state, scope, definition.item.value);
  state.fileLets.set(definition, value);
  return value;
}

/** The value of a `let` in a term's body: one node however often it is used. */
export function bodyLet(state: CheckState, scope: Scope, item: LetItem, use: Span): Value {
  const known = scope.localLets.get(item);
  if (known === 'busy') {
    report(state, scope, { code: 'GL2008', span: item.name.span, message: `'${item.name.name}' is defined through itself`, label: 'leads back here' });
    return ERROR;
  }
  if (known !== undefined) return withOrigin(known, use);
  scope.localLets.set(item, 'busy');
  const value = named(evaluate(state, at(scope, 'value'), item.value), item);
  scope.localLets.set(item, value);
  return withOrigin(value, use);
}

/** A `state` of a term's body: its value before the step. */
function bodyState(state: CheckState, scope: Scope, item: StateMember, use: Span): Value {
  const known = scope.localLets.get(item);
  if (known === 'busy') {
    report(state, scope, { code: 'GL2008', span: item.name.span, message: `the initial value of '${item.name.name}' is defined through itself`, label: 'leads back here' });
    return ERROR;
  }
  if (known !== undefined) return withOrigin(known, use);
  scope.localLets.set(item, 'busy');
  const initial = evaluate(state, at(scope, 'value'), item.value);
  const value = stateOf(state, scope, item, initial);
  scope.localLets.set(item, value);
  return withOrigin(value, use);
}

function stateOf(state: CheckState, scope: Scope, { name, value: { span } }: StateMember, initial: Value): Value {
  if (initial.kind === 'error') return ERROR;
  if (initial.kind !== 'number') {
    const message = `the initial value of '${name.name}' must be a number that is known while compiling, not ${describe(initial)}`;
    reportValue(state, scope, initial, span, { code: 'GL3004', message, label: describe(initial) });
    return ERROR;
  }
  if (!Number.isFinite(initial.value)) {
    reportValue(state, scope, initial, span, { code: 'GL3013', message: `the initial value of '${name.name}' must be finite, not ${initial.value}`, label: 'not finite' });
    return ERROR;
  }
  return tensorValue(scope.nodes.state(name.name, initial.value, name.span), name.span);
}

/** The name helps readers of generated code; a value that is known elsewhere already keeps its identity. */
function named(value: Value, item: LetItem): Value {
  if (value.kind !== 'tensor' || value.expr.name !== undefined || LEAVES.has(value.expr.kind)) return value;
  const { span } = value.expr;
  const fresh = span.source === item.value.span.source && span.start === item.value.span.start && span.end === item.value.span.end;
  if (!fresh) return value;
  const expr = { ...value.expr, name: item.name.name, ...ownKey(value.expr, item.name.name) } as TypedExpr;
  return { ...value, expr };
}

/** State that a let binds is known by the let's name, unless a generated key might be the same. */
function ownKey(expr: TypedExpr, name: string): { readonly key?: string } {
  return 'key' in expr && !/\d$/.test(name) ? { key: name } : {};
}

const LEAVES: ReadonlySet<TypedExpr['kind']> = new Set(['param', 'input', 'model', 'state']);

function evaluateMember(state: CheckState, scope: Scope, expr: Of<'member'>): Value {
  const object = evaluate(state, scope, expr.object);
  const { member } = expr;
  if (object.kind === 'error') return ERROR;
  if (object.kind === 'network') return headOf(object, member, expr.span, operatorContext(state, scope));
  if (object.kind !== 'objective') {
    const message = `${describe(object)} has no members`;
    report(state, scope, { code: 'GL2002', span: member.span, message, label: `no '${member.name}' here` });
    return ERROR;
  }
  const player = member.name === 'generator' || member.name === 'discriminator' ? member.name : null;
  if (player === null) {
    const message = `a term has no member '${member.name}'${didYouMean(member.name, ['generator', 'discriminator'])}`;
    report(state, scope, { code: 'GL2002', span: member.span, message, label: 'not a player', hint: "The players are 'generator' and 'discriminator'." });
    return ERROR;
  }
  const part = half(object.objective, player);
  if (part.size === 0) {
    const other = player === 'generator' ? 'discriminator' : 'generator';
    const hint = object.objective.size > 0 ? `It has only a part for the ${other}.` : undefined;
    report(state, scope, { code: 'GL3009', span: member.span, message: `the term has no part for the ${player}`, label: 'no such part', hint });
    return ERROR;
  }
  return objectiveValue(part, expr.span);
}

function evaluateCall(state: CheckState, scope: Scope, expr: Of<'call'>): Value {
  const { callee } = expr;
  if (callee.kind === 'name') {
    const meaning = lookUp(state, scope, callee.name);
    if (meaning === null) {
      reportUnknown(state, scope, callee, true);
      evaluateArgs(state, scope, expr);
      return ERROR;
    }
    if (meaning.kind === 'function') {
      const operators = operatorContext(state, scope);
      const { nodes, inTerm } = scope;
      return callFunction(meaning.name, evaluateArgs(state, scope, expr), { name: meaning.name, span: expr.span, nodes, inTerm, reduction: state.reduction, ...operators });
    }
    if (meaning.kind === 'every') return applyEvery(state, scope, evaluateEveryArgs(state, scope, expr), expr.span);
    if (isTerm(meaning)) return instantiate({ state, scope, definition: meaning.definition, evaluate }, evaluateArgs(state, scope, expr), expr.span);
  }
  const value = evaluate(state, scope, callee);
  const args = evaluateArgs(state, scope, expr, value.kind === 'network' ? expr.span : undefined);
  if (value.kind === 'network') return callNetwork(value, args, expr.span, operatorContext(state, scope));
  if (value.kind === 'error') return ERROR;
  const hint = value.kind === 'objective' && callee.kind === 'member' ? 'Give the arguments to the term first: gp(target: 2).discriminator.' : undefined;
  report(state, scope, { code: 'GL3004', span: callee.span, message: `${describe(value)} cannot be called`, label: describe(value), hint });
  return ERROR;
}

/** The number stands first, the term second, unless they are named. */
function evaluateEveryArgs(state: CheckState, scope: Scope, call: Of<'call'>): readonly EvaluatedArg[] {
  return call.args.map(({ name, value, span }, index) => {
    const isTerm = name === null ? index === 1 : name.name === 'term';
    return { name, value: evaluate(state, at(scope, isTerm ? 'objective' : 'value'), value), span, valueSpan: value.span };
  });
}

/** @param applied the call, if its arguments are what a network is applied to: D of nothing known is wrong as a whole */
function evaluateArgs(state: CheckState, scope: Scope, call: Of<'call'>, applied?: Span): readonly EvaluatedArg[] {
  const inner = at(scope, 'value');
  return call.args.map(({ name, value, span }) => ({ name, value: evaluateArg(state, inner, value, applied), span, valueSpan: value.span }));
}

function evaluateArg(state: CheckState, scope: Scope, expr: Expr, applied: Span | undefined): Value {
  if (applied === undefined || expr.kind !== 'name' || lookUp(state, scope, expr.name) !== null) return evaluate(state, scope, expr);
  reportUnknown(state, scope, expr, false, applied);
  return ERROR;
}

/** Chains such as a + b + c + … lean to the left: they are walked, not descended into, however long they are. */
function evaluateBinary(state: CheckState, scope: Scope, expr: Of<'binary'>): Value {
  const chain: Of<'binary'>[] = [];
  let first: Expr = expr;
  let position = scope;
  const positions: Scope[] = [];
  while (first.kind === 'binary') {
    chain.push(first);
    positions.push(position);
    position = leftPosition(position, first);
    first = first.left;
  }
  let left = evaluate(state, position, first);
  for (let i = chain.length - 1; i >= 0; i -= 1) {
    left = applyTo(state, positions[i]!, left, chain[i]!);
  }
  return left;
}

/** Where a product is a term, its unknown factor is a weight; where the other factor is none, it would be the term. */
function leftPosition(scope: Scope, { operator, right }: Of<'binary'>): Scope {
  if (operator === '+' || operator === '-' || operator === '/') return scope;
  if (operator !== '*' || scope.position !== 'objective') return at(scope, 'value');
  return at(scope, looksLikeNumber(right) ? 'objective' : 'guess');
}

function applyTo(state: CheckState, scope: Scope, left: Value, expr: Of<'binary'>): Value {
  const { operator, right } = expr;
  const operators = operatorContext(state, scope);
  if ((operator === '&&' || operator === '||') && left.kind === 'boolean' && left.value === (operator === '||')) {
    checkNames(state, at(scope, 'value'), right);
    return left;
  }
  let rightScope = at(scope, 'value');
  if (operator === '+' || operator === '-') rightScope = scope;
  else if (operator === '*' && scope.position === 'objective') rightScope = at(scope, left.kind === 'objective' ? 'value' : 'objective');
  else if (operator === '*') rightScope = scope;
  const value = evaluate(state, rightScope, right);
  return applyBinary(operator, { value: left, span: expr.left.span }, { value, span: right.span }, expr.span, operators);
}

const looksLikeNumber = (expr: Expr): boolean =>
  expr.kind === 'number' || (expr.kind === 'unary' && looksLikeNumber(expr.operand)) || (expr.kind === 'binary' && looksLikeNumber(expr.left) && looksLikeNumber(expr.right));

function evaluateConditional(state: CheckState, scope: Scope, expr: Of<'conditional'>): Value {
  const condition = evaluate(state, at(scope, 'value'), expr.condition);
  if (condition.kind === 'boolean') {
    const [taken, other] = condition.value ? [expr.whenTrue, expr.whenFalse] : [expr.whenFalse, expr.whenTrue];
    const value = evaluate(state, scope, taken);
    // the other branch must make sense to a reader, but its values need not
    checkNames(state, scope, other);
    return value;
  }
  const [whenTrue, whenFalse] = [evaluate(state, scope, expr.whenTrue), evaluate(state, scope, expr.whenFalse)];
  if (condition.kind === 'error' || whenTrue.kind === 'error' || whenFalse.kind === 'error') return ERROR;
  if (condition.kind !== 'tensor' || condition.expr.type !== 'boolean') {
    const message = `the condition of '?:' must be a condition, not ${describe(condition)}`;
    reportValue(state, scope, condition, expr.condition.span, { code: 'GL3004', message, label: describe(condition), hint: 'Compare it with something, as in k > 0.' });
    return ERROR;
  }
  const a = branch(state, scope, whenTrue, expr.whenTrue.span);
  const b = a === null ? null : branch(state, scope, whenFalse, expr.whenFalse.span);
  return a === null || b === null ? ERROR : tensorValue(select(condition.expr, a, b, expr.span));
}

function branch(state: CheckState, scope: Scope, value: Value, span: Span): TypedExpr | null {
  if (value.kind === 'number') return constant(value.value, value.origin);
  if (value.kind === 'tensor' && (value.expr.type === 'scalar' || value.expr.type === 'tensor' || value.expr.type === 'any')) return value.expr;
  const message = `a choice made at run time must be between numbers and tensors, not ${describe(value)}`;
  reportValue(state, scope, value, span, { code: 'GL3004', message, label: describe(value) });
  return null;
}
