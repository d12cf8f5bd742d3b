import type { BufferId, Kernel, Node, Store } from '../../schedule/types.ts';

function ofNodes(nodes: readonly Node[]): BufferId[] {
  return nodes.flatMap((node) => (node.kind === 'load' ? [node.access.buffer] : []));
}

const ofStores = (stores: readonly Store[]): BufferId[] => stores.map(({ buffer }) => buffer);

/** The buffers that a kernel reads or writes, in the order of their first appearance. */
export function buffersOf(kernel: Kernel): readonly BufferId[] {
  return [...new Set(all(kernel))];
}

function all(kernel: Kernel): BufferId[] {
  switch (kernel.kind) {
    case 'loops':
      return [...ofNodes(kernel.nodes), ...ofNodes(kernel.epilogue), ...ofStores(kernel.stores)];
    case 'contraction':
      return [kernel.lhs.buffer, kernel.rhs.buffer, ...ofNodes(kernel.epilogue), ...ofStores(kernel.stores)];
    case 'scatter':
      return [kernel.result, kernel.indices, kernel.updates];
    case 'select_and_scatter':
      return [kernel.result, kernel.operand, kernel.source];
    default:
      return kernel satisfies never;
  }
}

function renumberNodes(nodes: readonly Node[], map: (buffer: BufferId) => BufferId): Node[] {
  return nodes.map((node) => (node.kind === 'load' ? { ...node, access: { ...node.access, buffer: map(node.access.buffer) } } : node));
}

/** The same kernel on other buffers. */
export function renumberBuffers<K extends Kernel>(kernel: K, map: (buffer: BufferId) => BufferId): K;
export function renumberBuffers(kernel: Kernel, map: (buffer: BufferId) => BufferId): Kernel {
  const stores = (list: readonly Store[]): Store[] => list.map((store) => ({ ...store, buffer: map(store.buffer) }));
  switch (kernel.kind) {
    case 'loops':
      return { ...kernel, nodes: renumberNodes(kernel.nodes, map), epilogue: renumberNodes(kernel.epilogue, map), stores: stores(kernel.stores) };
    case 'contraction': {
      const operand = <T extends { readonly buffer: BufferId }>(side: T): T => ({ ...side, buffer: map(side.buffer) });
      return { ...kernel, lhs: operand(kernel.lhs), rhs: operand(kernel.rhs), epilogue: renumberNodes(kernel.epilogue, map), stores: stores(kernel.stores) };
    }
    case 'scatter':
      return { ...kernel, result: map(kernel.result), indices: map(kernel.indices), updates: map(kernel.updates) };
    case 'select_and_scatter':
      return { ...kernel, result: map(kernel.result), operand: map(kernel.operand), source: map(kernel.source) };
    default:
      return kernel satisfies never;
  }
}
