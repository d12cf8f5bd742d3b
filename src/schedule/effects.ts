import { loadsOf } from './nodeList.ts';
import type { Access, BufferId, Kernel, Node, Store } from './types.ts';

/** Every buffer that a kernel reads. A scatter reads what its result held before. */
export function readsOf(kernel: Kernel): ReadonlySet<BufferId> {
  switch (kernel.kind) {
    case 'loops':
      return new Set(accessesOf(kernel).map(({ buffer }) => buffer));
    case 'contraction':
      return new Set([kernel.lhs.buffer, kernel.rhs.buffer, ...accessesOf(kernel).map(({ buffer }) => buffer)]);
    case 'scatter':
      return new Set([kernel.result, kernel.indices, kernel.updates]);
    case 'select_and_scatter':
      return new Set([kernel.operand, kernel.source]);
    default:
      return kernel satisfies never;
  }
}

/** Every buffer that a kernel writes. */
export function writesOf(kernel: Kernel): ReadonlySet<BufferId> {
  return kernel.kind === 'loops' || kernel.kind === 'contraction' ? new Set(kernel.stores.map(({ buffer }) => buffer)) : new Set([kernel.result]);
}

/** The loads of a kernel's nodes and epilogue, as they stand (the operands of a contraction are no loads). */
export function accessesOf(kernel: { readonly nodes?: readonly Node[]; readonly epilogue: readonly Node[] }): readonly Access[] {
  return [...loadsOf(kernel.nodes ?? []), ...loadsOf(kernel.epilogue)];
}

/** The sizes of a kernel's stores' index space. */
export function storeSpace(kernel: Extract<Kernel, { readonly stores: readonly Store[] }>): readonly number[] {
  if (kernel.kind === 'loops') return kernel.space;
  return [...kernel.batch, ...kernel.rows, ...kernel.windows, ...kernel.columns].map(({ size }) => size);
}
