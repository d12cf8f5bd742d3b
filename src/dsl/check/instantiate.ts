import type { Span } from '../../support/source.ts';
import type { Expr, LetItem, StateMember, TermItem } from '../ast.ts';
import type { TermInstance, TypedExpr } from '../typed.ts';
import { bindArguments, type Bound, type EvaluatedArg } from './bind.ts';
import { buildClauses } from './clauses.ts';
import { acceptsArgument } from './formalTypes.ts';
import { instanceLabel, valueKey } from './instanceLabel.ts';
import { single, usedAt, type LinearObjective } from './linear.ts';
import type { Local, TermDefinition } from './module.ts';
import { createNodes, type Nodes } from './nodes.ts';
import { giveUp, guarded, MAX_INSTANCES, report, reportValue, rootSpan, type CheckState, type Scope } from './state.ts';
import { termDoc } from './termDoc.ts';
import { describe, ERROR, objectiveValue, type Value } from './values.ts';

/** A use of a term; `evaluate` is handed in because terms are made of expressions and expressions of terms. */
export interface TermUse {
  readonly state: CheckState;
  /** Where the term is used. */
  readonly scope: Scope;
  readonly definition: TermDefinition;
  readonly evaluate: (state: CheckState, scope: Scope, expr: Expr) => Value;
}

/** A term with its arguments: the objective that it stands for. Equal arguments give the same instance. */
export function instantiate(use: TermUse, args: readonly EvaluatedArg[], span: Span): Value {
  const { state, scope, definition } = use;
  if (state.cyclic.has(definition)) return ERROR;
  const { item } = definition;
  const formals = item.formals.map((formal) => ({ name: formal.name.name, required: formal.default === null }));
  const bound = bindArguments({ owner: `'${item.name.name}'`, formals }, args, span, (problem) => report(state, scope, problem));
  if (bound === null) return ERROR;
  const site = rootSpan(state, scope, span);
  const values = guarded(state, scope, span, () => argumentValues(use, bound, site));
  if (values === null || values.failed) return ERROR;
  const key = `${definition.id}(${[...values.locals.values()].map((local) => (local.kind === 'formal' ? valueKey(local.value, state.keys) : '')).join(', ')})`;
  const objective = guarded(state, scope, span, () => (item.body.kind === 'terms' ? expand(use, item.body.value, values, key, site) : makeInstance(use, values, key, site)));
  return objective === null ? ERROR : objectiveValue(objective, span);
}

/** Checks the body of a term that nothing uses, with its defaults; what has none is unknown and stays silent. */
export function checkUnused(use: TermUse): void {
  const { state, scope, definition } = use;
  if (state.checked.has(definition) || state.cyclic.has(definition)) return;
  const values = argumentValues(use, new Map(), definition.item.name.span);
  const { body } = definition.item;
  state.checked.add(definition);
  if (body.kind === 'tensors') buildClauses(bodyContext(use, values), body.members, use.evaluate);
  else {
    const value = use.evaluate(state, { ...bodyScope(use, values), inTerm: false, position: 'objective' }, body.value);
    expectObjective(state, scope, value, body.value);
  }
}

interface ArgumentValues {
  readonly locals: Map<string, Local>;
  readonly defaults: ReadonlyMap<string, Value>;
  readonly nodes: Nodes;
  readonly site: Span | null;
  readonly failed: boolean;
}

/** The value of each formal: the argument where one was given, the default elsewhere. */
function argumentValues(use: TermUse, bound: Bound, site: Span): ArgumentValues {
  const { state, scope, definition, evaluate } = use;
  const { item, module } = definition;
  const shared = [...bound.values()].flat().flatMap(({ value }): readonly TypedExpr[] => (value.kind === 'tensor' ? [value.expr] : []));
  const nodes = createNodes(shared);
  const foreign = module !== state.root ? site : null;
  const locals = new Map<string, Local>();
  const defaults = new Map<string, Value>();
  let failed = false;
  for (const formal of item.formals) {
    const name = formal.name.name;
    const inner: Scope = { module, locals, localLets: new Map(), nodes, site: foreign, position: 'value', inTerm: item.body.kind === 'tensors' };
    const usual = formal.default === null ? null : evaluate(state, inner, formal.default);
    if (usual !== null) defaults.set(name, usual);
    const arg = bound.get(name)?.[0];
    if (arg !== undefined && usual !== null && !acceptsArgument({ term: item.name.name, formal: name, usual, arg }, (value, at, problem) => reportValue(state, scope, value, at, problem))) {
      failed = true;
    }
    const ambiguous = module.ambiguousLocals.get(item)?.has(name) === true;
    const value = ambiguous ? ERROR : (arg?.value ?? usual ?? ERROR);
    // a mistake in an argument was reported; what the body would make of it says nothing new
    if (arg?.value.kind === 'error') failed = true;
    locals.set(name, { kind: 'formal', value, span: formal.name.span });
  }
  return { locals, defaults, nodes, site: foreign, failed };
}

function bodyScope(use: TermUse, values: ArgumentValues): Scope {
  return {
    module: use.definition.module,
    locals: values.locals,
    localLets: new Map<LetItem | StateMember, Value | 'busy'>(),
    nodes: values.nodes,
    site: values.site,
    position: 'value',
    inTerm: true,
  };
}

function bodyContext(use: TermUse, values: ArgumentValues) {
  return { state: use.state, scope: bodyScope(use, values), term: use.definition.item };
}

/** A term made of terms: the sum that it stands for. */
function expand(use: TermUse, body: Expr, values: ArgumentValues, key: string, site: Span): LinearObjective | null {
  const { state, definition } = use;
  let objective = state.expansions.get(key);
  if (objective === undefined) {
    state.checked.add(definition);
    const scope: Scope = { ...bodyScope(use, values), position: 'objective', inTerm: false };
    objective = expectObjective(state, scope, use.evaluate(state, scope, body), body);
    state.expansions.set(key, objective);
  }
  if (objective === null) return null;
  return definition.module === state.root ? objective : usedAt(objective, site);
}

function expectObjective(state: CheckState, scope: Scope, value: Value, body: Expr): LinearObjective | null {
  if (value.kind === 'objective') return value.objective;
  const message = `a term made of terms must be a sum of terms, not ${describe(value)}`;
  const hint = "For a formula over tensors write a body: term t() { discriminator = … }.";
  reportValue(state, scope, value, body.span, { code: 'GL3004', message, label: describe(value), hint });
  return null;
}

/** A term made of tensors: one instance for each set of arguments. */
function makeInstance(use: TermUse, values: ArgumentValues, key: string, site: Span): LinearObjective | null {
  const { state, definition } = use;
  let instance = state.instances.get(key);
  if (instance === undefined) {
    state.checked.add(definition);
    if (state.instances.size >= MAX_INSTANCES) giveUp(state, use.scope, site, `too large: more than ${MAX_INSTANCES} different terms`);
    instance = createInstance(use, definition.item, values, site);
    state.instances.set(key, instance);
  }
  return instance === null ? null : single(instance, site);
}

function createInstance(use: TermUse, item: TermItem, values: ArgumentValues, site: Span): TermInstance | null {
  const { state } = use;
  if (item.body.kind !== 'tensors') return null;
  const body = buildClauses(bodyContext(use, values), item.body.members, use.evaluate);
  if (body === null) return null;
  const label = instanceLabel(item.name.name, argumentsShown(values, state), state.labels);
  state.labels.add(label);
  return {
    name: item.name.name,
    label,
    doc: termDoc(item.doc),
    modifier: item.modifier,
    every: 1,
    span: site,
    definition: item.span,
    ...body,
  };
}

/** The arguments that differ from their defaults. */
function argumentsShown(values: ArgumentValues, state: CheckState): readonly { readonly name: string; readonly value: Value }[] {
  const shown: { readonly name: string; readonly value: Value }[] = [];
  for (const [name, local] of values.locals) {
    if (local.kind !== 'formal') continue;
    const usual = values.defaults.get(name);
    if (usual === undefined || valueKey(usual, state.keys) !== valueKey(local.value, state.keys)) shown.push({ name, value: local.value });
  }
  return shown;
}
