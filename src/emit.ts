import { printProgram } from './codegen/tfjs/printProgram.ts';
import { printSteps } from './codegen/tfjs/printSteps.ts';
import { printAst } from './dsl/printAst.ts';
import { printObjective } from './dsl/printObjective.ts';
import { dotGraph } from './ir/dot.ts';
import { printGraph } from './ir/print.ts';
import { latexOf } from './formula.ts';
import type { Stages } from './objective.ts';

/** What can be printed, a row for each stage. */
const EMITTERS = {
  /** The syntax tree. */
  ast: ({ file }) => printAst(file),
  /** Names resolved, terms instantiated, weights collected. */
  objective: ({ typed }) => printObjective(typed),
  /** Each player's graph, as lowered. */
  ir: ({ graphs }) => `${printGraph(graphs.discriminator)}\n${printGraph(graphs.generator)}`,
  /** Each player's graph after the passes. */
  optimized: ({ optimized }) => `${printGraph(optimized.discriminator)}\n${printGraph(optimized.generator)}`,
  /** The calls that each loss makes, in order. */
  schedule: ({ program }) => printSteps(program),
  /** An ES module of tfjs calls. */
  tfjs: ({ program }) => printProgram(program),
  /** The optimised graphs for Graphviz. */
  dot: ({ optimized }) => `${dotGraph(optimized.discriminator)}\n${dotGraph(optimized.generator)}`,
  /** Both losses as formulas. */
  latex: ({ typed }) => latexOf(typed),
} as const satisfies Readonly<Record<string, (stages: Stages) => string>>;

export type EmitKind = keyof typeof EMITTERS;
export const EMIT_KINDS = Object.keys(EMITTERS) as readonly EmitKind[];

/** A stage as text; the same stages give the same bytes. */
export function emit(kind: EmitKind, stages: Stages): string {
  return EMITTERS[kind](stages);
}
