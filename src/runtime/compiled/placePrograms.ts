import { optimizeStatic, STATIC_PASSES } from '../../passes/optimizeStatic.ts';
import type { PassContext } from '../../passes/pass.ts';
import { planMemory } from '../../schedule/planMemory.ts';
import { schedule } from '../../schedule/schedule.ts';
import type { PlacedSchedule } from '../../schedule/types.ts';
import { aligned, type Program } from './machine.ts';

/** A program whose kernels and buffers have their order and their places. */
export interface PlacedProgram {
  readonly name: string;
  readonly schedule: PlacedSchedule;
}

/** The passes that may be left out, to see what each is worth: those on graphs, and the fusion of kernels. */
export const OPTIONAL_PASSES: readonly string[] = [...STATIC_PASSES.map(({ name }) => name), 'fuse'];

/**
 * Schedules programs for one memory from `base` on, one's constants and temporaries behind the other's.
 *
 * @param without passes to leave out
 */
export function placePrograms(programs: readonly Program[], base: number, context: PassContext, without: readonly string[] = []): readonly PlacedProgram[] {
  let next = base;
  return programs.map(({ name, graph, places }) => {
    const optimized = optimizeStatic(graph, context, without);
    const planned = planMemory(schedule(optimized, { without: without.includes('fuse') ? ['fuse'] : [] }).schedule, { base: next, pinned: places });
    next = aligned(planned.end);
    return { name, schedule: planned };
  });
}
