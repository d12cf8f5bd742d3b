import type { LoopsKernel } from '../../../schedule/types.ts';
import { sizeOf } from '../../../ir/values.ts';
import { simplifyLoops } from '../../../schedule/simplifyLoops.ts';
import type { Base, KernelCode, KernelContext } from '../kernelContext.ts';
import { buffersOf } from '../buffersOf.ts';
import type { Chunking, LoopsCode } from './emitLoops.ts';
import { emitLoops, tilesOf } from './emitLoops.ts';
import type { LoopPlan } from './loopPlan.ts';
import { planLoops } from './loopPlan.ts';
import type { NodeGraph } from './nodeGraph.ts';
import { nodeGraph } from './nodeGraph.ts';
import type { Split } from './splitReduction.ts';
import { splitReduction } from './splitReduction.ts';

/** How much work one chunk should be, in cycles as they are estimated, which is two to four times as many as there are: 20 to 50 µs. */
const CHUNK_CYCLES = 250_000;
const MOST_CHUNKS = 64;
/** A space of fewer elements than this leaves lanes or the pipeline empty: a long reduction over it takes several rows at a time. */
const NARROW = 16;

function chunkingOf(graph: NodeGraph, plan: LoopPlan, chunkCycles: number): Chunking | undefined {
  const wanted = wantedChunks(plan, chunkCycles);
  if (graph.spaceRank === 0 || wanted < 2) return undefined;
  const d = plan.order[0];
  const isVector = d === plan.vector;
  if (isVector && plan.segments.length > 1) return undefined;
  const step = isVector ? plan.tile * 4 : 1;
  const steps = isVector ? tilesOf(graph.sizes[d], plan.tile).whole : graph.sizes[d];
  if (steps < 2) return undefined;
  const size = Math.ceil(steps / wanted);
  const chunks = Math.ceil(steps / size);
  return chunks < 2 ? undefined : { chunks, size: size * step };
}

function wantedChunks(plan: LoopPlan, chunkCycles: number): number {
  return Math.min(MOST_CHUNKS, Math.floor(plan.cycles / chunkCycles));
}

/** The code of one loops kernel as it is. */
export function loopsCode(kernel: LoopsKernel, chunkCycles = CHUNK_CYCLES): LoopsCode {
  const simplified = simplifyLoops(kernel);
  const graph = nodeGraph(simplified);
  const plan = planLoops(graph);
  return { kernel: simplified, graph, plan, chunking: chunkingOf(graph, plan, chunkCycles) };
}

/** How many rows a narrow reduction should take at a time; 1 where that saves nothing. */
function lanesOf(kernel: LoopsKernel, plan: LoopPlan): number {
  const [rows] = kernel.reduced;
  const points = sizeOf(kernel.space);
  if (points >= NARROW || rows < 512) return 1;
  const lanes = 2 ** Math.ceil(Math.log2(NARROW / points));
  const [together] = splitReduction(kernel, { parts: 1, steps: Math.floor(rows / lanes), lanes }, -1).stages;
  return planLoops(nodeGraph(simplifyLoops(together))).cycles < 0.8 * plan.cycles ? lanes : 1;
}

/** How to split a reduction that has too few results for its work; undefined where it is well as it is. */
function splitOf({ kernel, graph, plan, chunking }: LoopsCode, chunkCycles: number): Split | undefined {
  if (kernel.reductions.length === 0 || sizeOf(kernel.space) === 0 || sizeOf(kernel.reduced) === 0) return undefined;
  const [rows] = kernel.reduced;
  const apart = plan.vector === null || plan.vector < graph.spaceRank;
  const lanes = lanesOf(kernel, plan);
  const wanted = wantedChunks(plan, chunkCycles) / lanes;
  const parts = wanted >= 2 && (chunking?.chunks ?? 1) * 2 <= wanted ? Math.min(Math.floor(wanted), rows) : 1;
  if (parts === 1 && lanes === 1) return undefined;
  const steps = Math.floor(rows / (parts * lanes));
  // whole rounds of vectors, where they go along this dimension
  const aligned = !apart && kernel.reduced.length === 1 && steps >= 64 ? steps - (steps % 16) : steps;
  return aligned < 1 ? undefined : { parts, steps: aligned, lanes };
}

/** The code of one stage; `baseOf` says what stands behind each buffer. */
function stageOf(code: LoopsCode, baseOf: (buffer: number) => Base, scratchBytes: number): KernelCode {
  const buffers = buffersOf(code.kernel);
  return {
    chunks: code.chunking?.chunks ?? 1,
    bases: buffers.map(baseOf),
    scratchBytes,
    emit: (fn, tools) => emitLoops(code, fn, tools, new Map(buffers.map((buffer, i) => [buffer, fn.params[2 + i]]))),
  };
}

/** Elementwise chains, views and reductions. */
export function loopsKernel(kernel: LoopsKernel, { buffers, chunkCycles = CHUNK_CYCLES }: KernelContext): readonly KernelCode[] {
  const code = loopsCode(kernel, chunkCycles);
  const split = splitOf(code, chunkCycles);
  if (split === undefined) return [stageOf(code, (buffer) => ({ kind: 'buffer', buffer }), 0)];
  const scratch = buffers.length;
  const { stages, scratch: elements } = splitReduction(code.kernel, split, scratch);
  const bytes = Math.ceil(elements / 4) * 16;
  return stages.map((stage) => stageOf(loopsCode(stage, chunkCycles), (buffer) => (buffer === scratch ? { kind: 'scratch' } : { kind: 'buffer', buffer }), bytes));
}
