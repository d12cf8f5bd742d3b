import type { ContractionKernel, Kernel } from '../../schedule/types.ts';
import { contractionAsLoops } from './contraction/contractionAsLoops.ts';
import type { KernelCode, KernelContext, KernelEmitter } from './kernelContext.ts';
import { loopsKernel } from './loops/loopsKernel.ts';
import { scatterKernel } from './scatter/scatterKernel.ts';
import { selectAndScatterKernel } from './scatter/selectAndScatterKernel.ts';

function contractionKernel(kernel: ContractionKernel, context: KernelContext): readonly KernelCode[] {
  const { dtype } = context.buffers[kernel.lhs.buffer];
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
