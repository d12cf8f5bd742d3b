import { optimizeStatic } from '../../passes/optimizeStatic.ts';
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

/** Schedules programs for one memory from `base` on, one's constants and temporaries behind the other's. */
export function placePrograms(programs: readonly Program[], base: number, context: PassContext): readonly PlacedProgram[] {
  let next = base;
  return programs.map(({ name, graph, places }) => {
    const planned = planMemory(schedule(optimizeStatic(graph, context)).schedule, { base: next, pinned: places });
    next = aligned(planned.end);
    return { name, schedule: planned };
  });
}
