import type { LoopsKernel } from '../../../schedule/types.ts';
import { simplifyLoops } from '../../../schedule/simplifyLoops.ts';
import type { Base, KernelCode, KernelContext } from '../kernelContext.ts';
import { buffersOf } from '../buffersOf.ts';
import type { Chunking, LoopsCode } from './emitLoops.ts';
import { emitLoops, tilesOf } from './emitLoops.ts';
import type { LoopPlan } from './loopPlan.ts';
import { planLoops } from './loopPlan.ts';
import type { NodeGraph } from './nodeGraph.ts';
import { nodeGraph } from './nodeGraph.ts';

/** How much work one chunk should be: about 30 µs. */
const CHUNK_CYCLES = 90_000;
const MOST_CHUNKS = 64;

function chunkingOf(graph: NodeGraph, plan: LoopPlan): Chunking | undefined {
  const wanted = Math.min(MOST_CHUNKS, Math.floor(plan.cycles / CHUNK_CYCLES));
  if (graph.spaceRank === 0 || wanted < 2) return undefined;
  const d = plan.order[0];
  const isVector = d === plan.vector;
  if (isVector && plan.segments.length > 1) return undefined;
  const step = isVector ? plan.tile * 4 : 1;
  const steps = isVector ? tilesOf(graph.sizes[d], plan.tile).whole : graph.sizes[d];
  const size = Math.ceil(steps / wanted);
  const chunks = Math.ceil(steps / size);
  return chunks < 2 ? undefined : { chunks, size: size * step };
}

export function loopsCode(kernel: LoopsKernel): LoopsCode {
  const simplified = simplifyLoops(kernel);
  const graph = nodeGraph(simplified);
  const plan = planLoops(graph);
  return { kernel: simplified, graph, plan, chunking: chunkingOf(graph, plan) };
}

/** One stage: `baseOf` says what stands behind each buffer. */
export function loopsStage(kernel: LoopsKernel, baseOf: (buffer: number) => Base, scratchBytes: number): KernelCode {
  const code = loopsCode(kernel);
  const buffers = buffersOf(kernel);
  return {
    chunks: code.chunking?.chunks ?? 1,
    bases: buffers.map(baseOf),
    scratchBytes,
    emit: (fn, tools) => emitLoops(code, fn, tools, new Map(buffers.map((buffer, i) => [buffer, fn.params[2 + i]]))),
  };
}

/** Elementwise chains, views and reductions. */
export function loopsKernel(kernel: LoopsKernel, _context: KernelContext): readonly KernelCode[] {
  return [loopsStage(kernel, (buffer) => ({ kind: 'buffer', buffer }), 0)];
}
