import type { Graph, ValueId } from '../ir/graph.ts';

/**
 * The values that some `gradient` differentiates by, and every barrier. Such a value stands for itself, not for its meaning: if it were
 * replaced by an equal one, merged with one, or looked through, the gradient would change. Passes leave them alone.
 */
export function pinnedValues(graph: Graph): ReadonlySet<ValueId> {
  const pinned = new Set<ValueId>();
  for (const { op, id, operands } of graph.equations) {
    if (op === 'gradient') pinned.add(operands[1]);
    if (op === 'optimization_barrier') pinned.add(id);
  }
  return pinned;
}
