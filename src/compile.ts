import { hasErrors, SpecError, type Diagnostic } from './support/diagnostic.ts';
import { renderDiagnostics } from './support/render.ts';
import { createSource, type Source } from './support/source.ts';
import { check as checkSource } from './dsl/check/check.ts';
import type { CheckContext } from './dsl/check/check.ts';
import { lazy } from './dsl/lazy.ts';
import { parse } from './dsl/parse.ts';
import type { TypedObjective } from './dsl/typed.ts';
import type { Graph } from './ir/graph.ts';
import { lower } from './lower/lower.ts';
import type { Remark } from './passes/pass.ts';
import { PASSES, runPasses } from './passes/pipeline.ts';
import { emitProgram } from './codegen/tfjs/emitProgram.ts';
import { loadPrelude } from './terms/prelude.ts';
import { describeProgram } from './describeProgram.ts';
import type { ObjectiveExpression } from './builder/objectiveExpression.ts';
import { createObjective, type Objective, type Stages } from './objective.ts';

export interface CompileOptions {
  /** What diagnostics and generated code call the text; a path as the user knows it. */
  readonly file?: string;
  /** Finds the text of an import. Without it, imports are refused: reading files is the host's affair. */
  readonly resolveImport?: CheckContext['resolveImport'];
  /** Passes to leave out, by name: for measuring what each is worth. */
  readonly without?: readonly string[];
  /** The program also returns what terms are made of (`let.<term>.<name>`, `part.<term>.<index>`): nothing is computed twice to look at it. */
  readonly observe?: boolean;
}

/** A specification: its text, a text with a name, or what the builder makes. */
export type Spec = string | Source | ObjectiveExpression;

/** Parsed once: it is much longer than most specifications. */
const prelude = lazy(loadPrelude);

/** What `check` found. `objective` is null when there are errors. */
export interface CheckResult {
  readonly objective: TypedObjective | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses and checks a specification. Never throws for what a text holds: every problem is a diagnostic. */
export function check(spec: Spec, options: CompileOptions = {}): CheckResult {
  return checkSource(toSource(spec, options), {
    prelude: prelude(),
    resolveImport: options.resolveImport ?? (() => ({ error: 'there is no folder to import from: compile it from a file' })),
  });
}

/**
 * Compiles a specification, stage by stage: text → typed objective → graphs → optimised graphs → tfjs program.
 * @throws SpecError with `.diagnostics` when the text has errors
 */
export function compile(spec: Spec, options: CompileOptions = {}): Objective {
  const source = toSource(spec, options);
  const { objective: typed, diagnostics } = check(source, options);
  if (typed === null || hasErrors(diagnostics)) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    throw new SpecError(renderDiagnostics(errors), diagnostics);
  }
  const remarks: Remark[] = [];
  const passes = PASSES.filter(({ name }) => !(options.without ?? []).includes(name));
  const optimize = (graph: Graph) => runPasses(graph, passes, { math: typed.math, remark: (remark) => remarks.push(remark) });
  const graphs = lower(typed, { observe: options.observe });
  const optimized = { generator: optimize(graphs.generator), discriminator: optimize(graphs.discriminator) };
  const stages: Stages = { file: parse(source).file, typed, graphs, optimized, program: emitProgram(optimized, describeProgram(typed)) };
  return createObjective(stages, diagnostics, remarks);
}

function toSource(spec: Spec, { file = '<spec>' }: CompileOptions): Source {
  if (typeof spec === 'string') return createSource(file, spec);
  return 'toSpec' in spec ? createSource(file, spec.toSpec()) : spec;
}
