import type { Span } from '../../support/source.ts';
import type { LetItem, StateMember } from '../ast.ts';
import type { Reduction, TermInstance, TypedExpr } from '../typed.ts';
import type { ExprKeys } from './exprKey.ts';
import type { LinearObjective } from './linear.ts';
import type { Definition, LetDefinition, Local, Module, TermDefinition } from './module.ts';
import type { Nodes } from './nodes.ts';
import type { OperatorContext } from './termOperators.ts';
import type { Problem, Reporter } from './reporter.ts';
import type { Value } from './values.ts';

/** Everything that one run of `check` knows and finds out. */
export interface CheckState {
  readonly reporter: Reporter;
  readonly root: Module;
  /** The built-in terms by name. */
  readonly prelude: ReadonlyMap<string, TermDefinition>;
  readonly reduction: Reduction;
  readonly keys: ExprKeys;
  /** Leaves of expressions outside any term: weights and arguments. */
  readonly fileNodes: Nodes;
  readonly fileLets: Map<LetDefinition, Value | 'busy'>;
  /** Definitions that lead back to themselves; reported, and silent from then on. */
  readonly cyclic: ReadonlySet<Definition>;
  /** Terms with their arguments, by a key of both; null for one with a mistake in it. */
  readonly instances: Map<string, TermInstance | null>;
  /** The labels of the instances. */
  readonly labels: Set<string>;
  /** Terms that are computed in some steps only, by the term and the number of steps. */
  readonly lazy: Map<TermInstance, Map<number, TermInstance>>;
  readonly expansions: Map<string, LinearObjective | null>;
  /** Terms whose body has been checked. */
  readonly checked: Set<TermDefinition>;
  /** How deep expressions are, so that later stages may descend into them. */
  readonly depths: WeakMap<TypedExpr, number>;
  /** Names that may still be compared with unknown ones: the ten-thousandth mistake needs no suggestion. */
  suggestible: number;
  depth: number;
  steps: number;
}

/**
 * What an unknown name would be: a term where terms are added up, a value in arguments and bodies; `guess` goes by the
 * likeliest meaning.
 */
export type Position = 'objective' | 'guess' | 'value';

/** Where an expression stands: what names mean there, and who owns what it makes. */
export interface Scope {
  readonly module: Module;
  readonly locals: ReadonlyMap<string, Local>;
  readonly localLets: Map<LetItem | StateMember, Value | 'busy'>;
  readonly nodes: Nodes;
  /** Where the root file entered the foreign text that this is; null within the root file. */
  readonly site: Span | null;
  readonly position: Position;
  /** Whether this is the body of a term made of tensors. */
  readonly inTerm: boolean;
}

export const at = (scope: Scope, position: Position): Scope => (scope.position === position ? scope : { ...scope, position });

export function fileScope(state: CheckState, module: Module, position: Position, site: Span | null): Scope {
  return { module, locals: new Map(), localLets: new Map(), nodes: state.fileNodes, site, position, inTerm: false };
}

export function report(state: CheckState, scope: Scope, problem: Problem): void {
  state.reporter.report(problem, scope.site);
}

/** A problem with a value belongs to where the user gave it; the place where it matters becomes a label. */
export function reportValue(state: CheckState, scope: Scope, value: Value, at: Span, problem: Omit<Problem, 'span'>): void {
  if (value.kind === 'error') return;
  const { origin } = value;
  const elsewhere = origin.source === state.root.source && (origin.source !== at.source || origin.start !== at.start || origin.end !== at.end);
  if (!elsewhere) {
    report(state, scope, { ...problem, span: at });
    return;
  }
  report(state, scope, { ...problem, span: origin, labels: [{ span: at, message: 'it matters here' }, ...(problem.labels ?? [])] });
}

export function operatorContext(state: CheckState, scope: Scope): OperatorContext {
  return {
    keys: state.keys,
    report: (problem) => report(state, scope, problem),
    reportValue: (value, at, problem) => reportValue(state, scope, value, at, problem),
  };
}

/** The place of the root file to which a place of any file belongs. */
export const rootSpan = (state: CheckState, scope: Scope, span: Span): Span => (span.source === state.root.source ? span : (scope.site ?? span));

/** Depth of expressions and of terms within terms together: far above any objective, far below the stack. */
const MAX_DEPTH = 640;
const MAX_STEPS = 500_000;
/** Term instances of an objective. */
export const MAX_INSTANCES = 1000;

/** Reports GL1006 once, and ends the evaluation: everything that would follow is the same problem. */
export function giveUp(state: CheckState, scope: Scope, span: Span, what: string): void {
  if (state.steps < Number.MAX_SAFE_INTEGER) report(state, scope, { code: 'GL1006', span, message: `the objective is ${what}`, label: 'gives up here' });
  state.steps = Number.MAX_SAFE_INTEGER;
}

/** Runs one step of the evaluation; null, and GL1006 once, when the objective is too deep or too large. */
export function guarded<T>(state: CheckState, scope: Scope, span: Span, step: () => T): T | null {
  if (state.depth >= MAX_DEPTH || state.steps >= MAX_STEPS) {
    giveUp(state, scope, span, state.depth >= MAX_DEPTH ? 'nested too deeply' : 'too large');
    return null;
  }
  state.depth += 1;
  state.steps += 1;
  try {
    return step();
  } finally {
    state.depth -= 1;
  }
}
