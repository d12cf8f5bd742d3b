import type { Graph } from '../ir/graph.ts';
import { decompose } from './decompose.ts';
import { differentiate } from './differentiate.ts';
import { eliminateDeadCode } from './eliminateDeadCode.ts';
import { foldConstants } from './foldConstants.ts';
import { mergeCommon } from './mergeCommon.ts';
import type { Pass, PassContext } from './pass.ts';
import { runPasses } from './pipeline.ts';
import { releaseMarks } from './releaseMarks.ts';
import { simplify } from './simplify.ts';
import { specialize } from './specialize.ts';

/** What runs round after round once every gradient is made and only StableHLO's ops are left. */
export const STATIC_PASSES: readonly Pass[] = [simplify, foldConstants, mergeCommon, eliminateDeadCode];

/**
 * A graph of static shapes, as kernels are made of it: gradients are made, ganloss's own ops are written in StableHLO's, and what is
 * known, equal or unused is gone. `without` leaves passes out, by name.
 */
export function optimizeStatic(graph: Graph, context: PassContext, without: readonly string[] = []): Graph {
  const derived = differentiate.run(eliminateDeadCode.run(graph, SILENT(context)), context);
  const plain = releaseMarks.run(decompose(specialize(derived, { inputs: new Map(), typeOf: () => undefined })), context);
  return runPasses(plain, STATIC_PASSES.filter(({ name }) => !without.includes(name)), context);
}

/** What a trace leaves unused is no one's term: not worth a remark. */
const SILENT = ({ math }: PassContext): PassContext => ({ math, remark: () => undefined });
