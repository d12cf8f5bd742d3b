import type { Diagnostic } from '../../support/diagnostic.ts';
import type { Source, Span } from '../../support/source.ts';
import type { Expr, File, ObjectiveItem } from '../ast.ts';
import { parse } from '../parse.ts';
import { printExpr } from '../printExpr.ts';
import type { InputDeclaration, ParamDeclaration, TypedObjective } from '../typed.ts';
import { collectSummands, warnOfMissingPlayers } from './collect.ts';
import { findCycles } from './cycles.ts';
import { evaluate, fileLet } from './evaluate.ts';
import { createExprKeys } from './exprKey.ts';
import { inferModel } from './inferModel.ts';
import { checkUnused } from './instantiate.ts';
import { findSwallowedObjective } from './swallowedObjective.ts';
import type { LinearObjective } from './linear.ts';
import { modelsOfName } from './models.ts';
import { hiddenModelNames, loadRoot, preludeTerms, type PreludeFile, type ResolveImport } from './modules.ts';
import { createNodes } from './nodes.ts';
import { createReporter } from './reporter.ts';
import { readPool, readSettings, readWeightClip, type Settings } from './settings.ts';
import { fileScope, reportValue, type CheckState, type Scope } from './state.ts';
import { warnOfUnused } from './unused.ts';
import { describe } from './values.ts';

/** What checking needs from outside the language: the built-in terms and the imported files. */
export interface CheckContext {
  readonly prelude: readonly PreludeFile[];
  readonly resolveImport: ResolveImport;
}

export interface Checked {
  /** Null when there are errors. */
  readonly objective: TypedObjective | null;
  /** Errors, warnings and notes in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a file and makes its typed objective; never throws, whatever the text. */
export function check(source: Source, context: CheckContext): Checked {
  const { file, diagnostics } = parse(source);
  return checkFile(source, file, diagnostics, context);
}

function checkFile(source: Source, file: File, syntax: readonly Diagnostic[], context: CheckContext): Checked {
  const reporter = createReporter(source);
  reporter.adopt(syntax, null);
  const hasSyntaxErrors = reporter.hasErrors();
  const settings = readSettings(file, reporter);
  const swallowed = hasSyntaxErrors ? null : findSwallowedObjective(file);
  if (swallowed !== null) {
    reporter.report(swallowed, null);
    return { objective: null, diagnostics: reporter.diagnostics() };
  }
  const state = createState(source, file, settings, context, reporter);
  const scope = fileScope(state, state.root, 'objective', null);

  const valueOf = (expr: Expr) => evaluate(state, { ...scope, position: 'value' }, expr);
  const pool = readPool(file, reporter, valueOf);
  const weightClip = readWeightClip(file, reporter, valueOf);
  const params = readParams(state, scope);
  for (const definition of state.root.definitions.values()) {
    if (definition.kind === 'let' && definition.module === state.root) fileLet(state, definition, definition.item.name.span);
  }
  const items = file.items.filter((item) => item.kind === 'objective');
  const objective = readObjectives(state, scope, items, hasSyntaxErrors);
  for (const definition of state.root.definitions.values()) {
    if (definition.kind === 'term' && definition.module === state.root) checkUnused({ state, scope, definition, evaluate });
  }
  const item = items[0];
  if (objective === null || item === undefined || reporter.hasErrors()) return { objective: null, diagnostics: reporter.diagnostics() };

  const defaults = new Map(params.map((param) => [param.name, param.default]));
  const { summands, instances } = collectSummands(objective, settings.math, defaults, reporter);
  const model = inferModel(instances, settings, source, reporter);
  if (model !== null) {
    for (const name of hiddenModelNames(state.root, (other) => binds(other, model))) {
      reporter.report({ code: 'GL2004', span: name.span, message: `'${name.name}' would hide a name of ${model} models`, label: 'taken', hint: 'Choose another name.' }, null);
    }
  }
  if (model === null || reporter.hasErrors()) return { objective: null, diagnostics: onlyErrors(reporter.diagnostics()) };
  warnOfMissingPlayers(summands, reporter, item.value.span);
  warnOfUnused(state.root, reporter);
  const typed: TypedObjective = {
    source,
    model,
    reduction: settings.reduction,
    math: settings.math,
    pool,
    weightClip,
    params,
    inputs: readInputs(state),
    instances,
    summands,
    text: printExpr(item.value),
  };
  return { objective: typed, diagnostics: reporter.diagnostics() };
}

const binds = (name: string, model: TypedObjective['model']): boolean => modelsOfName(name as Parameters<typeof modelsOfName>[0]).includes(model);

/** Remarks about an objective that does not exist would only distract. */
const onlyErrors = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => diagnostics.filter(({ severity }) => severity === 'error');

function createState(source: Source, file: File, settings: Settings, context: CheckContext, reporter: CheckState['reporter']): CheckState {
  let ids = 0;
  const nextId = () => ids++;
  const prelude = preludeTerms(context.prelude, nextId);
  const root = loadRoot(source, file, { reporter, parse, resolveImport: context.resolveImport, prelude, nextId });
  return {
    reporter,
    root,
    prelude,
    reduction: settings.reduction,
    keys: createExprKeys(),
    fileNodes: createNodes(),
    fileLets: new Map(),
    cyclic: findCycles(root, reporter),
    instances: new Map(),
    labels: new Set(),
    lazy: new Map(),
    expansions: new Map(),
    depths: new WeakMap(),
    checked: new Set(),
    suggestible: 100_000,
    depth: 0,
    steps: 0,
  };
}

/** The first objective counts; more than one, or none, is an error. */
function readObjectives(state: CheckState, scope: Scope, items: readonly ObjectiveItem[], hasSyntaxErrors: boolean): LinearObjective | null {
  const { reporter } = state;
  const source = state.root.source;
  const [first, ...more] = items;
  if (first === undefined) {
    const span: Span = { source, start: 0, end: Math.min(1, source.text.length) };
    // what the parser could not read may have been the objective
    if (!hasSyntaxErrors) reporter.report({ code: 'GL1005', span, message: 'the file has no objective', hint: 'Write one, such as: wasserstein + 10*gp' }, null);
    return null;
  }
  for (const item of more) {
    const labels = [{ span: first.span, message: 'the objective is here' }];
    reporter.report({ code: 'GL2009', span: item.span, message: 'a file has one objective, and this is another', label: 'another objective', labels }, null);
    evaluate(state, scope, item.value);
  }
  const value = evaluate(state, scope, first.value);
  if (value.kind === 'objective') return value.objective;
  const message = `the objective must be a sum of terms, not ${describe(value)}`;
  reportValue(state, scope, value, first.value.span, { code: 'GL3004', message, label: describe(value) });
  return null;
}

function readParams(state: CheckState, scope: Scope): readonly ParamDeclaration[] {
  const params: ParamDeclaration[] = [];
  for (const definition of state.root.definitions.values()) {
    if (definition.kind !== 'param') continue;
    const { name, value, doc, span } = definition.item;
    const result = evaluate(state, { ...scope, position: 'value' }, value);
    if (result.kind === 'error') continue;
    if (result.kind !== 'number') {
      reportValue(state, scope, result, value.span, { code: 'GL3004', message: `the default of a param must be a number, not ${describe(result)}`, label: describe(result) });
    } else if (!Number.isFinite(result.value)) {
      reportValue(state, scope, result, value.span, { code: 'GL3008', message: `the default of '${name.name}' is not finite`, label: `is ${result.value}` });
    } else params.push({ name: name.name, default: result.value, doc, span });
  }
  return params;
}

function readInputs(state: CheckState): readonly InputDeclaration[] {
  return [...state.root.definitions.values()].flatMap((definition): readonly InputDeclaration[] =>
    definition.kind === 'input' ? [{ name: definition.item.name.name, doc: definition.item.doc, span: definition.item.span }] : [],
  );
}
