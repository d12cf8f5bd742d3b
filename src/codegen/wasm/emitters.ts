import type { ContractionKernel, Kernel } from '../../schedule/types.ts';
import { contractionAsLoops } from '../../schedule/contractionAsLoops.ts';
import type { KernelCode, KernelContext, KernelEmitter } from './kernelContext.ts';
import { emitContraction } from './contraction/emitContraction.ts';
import { loopsKernel } from './loops/loopsKernel.ts';
import { scatterKernel } from './scatter/scatterKernel.ts';
import { selectAndScatterKernel } from './scatter/selectAndScatterKernel.ts';

/**
 * Channels of their own (a depthwise convolution) are no matrix product: vectors go along the channels, and each is a sum over taps.
 */
function isDepthwise({ batch, contracted, columns }: ContractionKernel): boolean {
  const size = (dims: readonly { readonly size: number }[]): number => dims.reduce((product, dim) => product * dim.size, 1);
  return batch.some((dim) => dim.size >= 4 && dim.lhs === 1) && size(contracted) <= 2 && size(columns) <= 2;
}

/** Whether the end of a tile can be computed by vectors: nothing in it depends on the index itself, or on padding. */
function endsPlainly({ epilogue }: ContractionKernel): boolean {
  return epilogue.every((node) => node.kind !== 'index' && (node.kind !== 'load' || (node.access.guards.length === 0 && node.access.indirections.length === 0)));
}

function contractionKernel(kernel: ContractionKernel, context: KernelContext): readonly KernelCode[] {
  const { dtype } = context.buffers[kernel.lhs.buffer];
  if (dtype === 'f32' && !isDepthwise(kernel) && endsPlainly(kernel)) return emitContraction(kernel, context);
  return loopsKernel(contractionAsLoops(kernel, dtype === 'i32' ? 'i32' : 'f32'), context);
}

/** How each kind of kernel becomes code. */
export const EMITTERS: { readonly [K in Kernel['kind']]: KernelEmitter<Extract<Kernel, { kind: K }>> } = {
  loops: loopsKernel,
  contraction: contractionKernel,
  scatter: scatterKernel,
  select_and_scatter: selectAndScatterKernel,
};

export function emitKernel(kernel: Kernel, context: KernelContext): readonly KernelCode[] {
  const emitter = EMITTERS[kernel.kind] as KernelEmitter<Kernel>;
  return emitter(kernel, context);
}
