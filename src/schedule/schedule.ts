import type { Graph } from '../ir/graph.ts';
import type { Remark } from '../passes/pass.ts';
import { lowerGraph } from './lowerGraph.ts';
import { mergeKernels } from './mergeKernels.ts';
import type { Schedule } from './types.ts';

export interface ScheduleOptions {
  /** Passes to leave out: for measuring what each is worth, and for tests. */
  readonly without?: readonly 'fuse'[];
}

/**
 * A static graph as kernels in the order in which they run. The graph holds StableHLO's ops alone, as `optimizeStatic` leaves it.
 */
export function schedule(graph: Graph, { without = [] }: ScheduleOptions = {}): { readonly schedule: Schedule; readonly remarks: readonly Remark[] } {
  const remarks: Remark[] = [];
  const fuse = !without.includes('fuse');
  const lowered = lowerGraph(graph, { fuse });
  return { schedule: fuse ? mergeKernels(lowered, (remark) => remarks.push(remark)) : lowered, remarks };
}
