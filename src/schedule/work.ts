import { sizeOf } from '../ir/values.ts';
import { contractionFlops } from './contractions.ts';
import { readsOf, writesOf } from './effects.ts';
import type { BufferId, Kernel, Node, Schedule } from './types.ts';

/** Floating-point operations of a kernel: two a multiply-add of a contraction (taps on padding left out), one an op on an element. */
export function flopsOf(kernel: Kernel): number {
  const applied = (nodes: readonly Node[]) => nodes.filter(({ kind }) => kind === 'apply').length;
  switch (kernel.kind) {
    case 'loops': {
      const outer = sizeOf(kernel.space);
      const inner = outer * sizeOf(kernel.reduced);
      return inner * (applied(kernel.nodes) + kernel.reductions.length) + outer * applied(kernel.epilogue);
    }
    case 'contraction':
      return contractionFlops(kernel);
    case 'scatter':
    case 'select_and_scatter':
      return 0;
    default:
      return kernel satisfies never;
  }
}

/** The bytes of every tensor that a kernel reads or writes, each once. */
export function bytesOf(kernel: Kernel, { buffers }: Pick<Schedule, 'buffers'>): number {
  const size = (buffer: BufferId) => 4 * sizeOf(buffers[buffer].shape);
  return [...readsOf(kernel), ...writesOf(kernel)].reduce((sum, buffer) => sum + size(buffer), 0);
}
