/**
 * Scalars that change from step to step, as functions of the steps done before:
 * - `linear(from, to, steps)`: on a straight line from `from` to `to`, and `to` from step `steps` on;
 * - `cosine(from, to, steps)`: the same on half a wave of a cosine (Loshchilov and Hutter, 2017);
 * - `after(n)`: 0 before step n, 1 from it on.
 */
export type ScheduleFunction = 'linear' | 'cosine' | 'after';

export interface Schedule {
  readonly fn: ScheduleFunction;
  /** The arguments in their order. */
  readonly args: readonly number[];
}

/** @param step how many steps were done before this one */
export function scheduleValue({ fn, args: [first, to, steps] }: Schedule, step: number): number {
  if (fn === 'after') return step >= first ? 1 : 0;
  // at its ends it is what is written, to the bit
  if (step <= 0) return first;
  if (step >= steps) return to;
  const done = step / steps;
  return first + (to - first) * (fn === 'linear' ? done : (1 - Math.cos(Math.PI * done)) / 2);
}

/** From which step on the schedule stays as it is. */
export function lastStepOf({ fn, args }: Schedule): number {
  return fn === 'after' ? args[0] : args[2];
}

/** As the language writes it: `linear(0, 10, 1000)`. */
export function printSchedule({ fn, args }: Schedule): string {
  return `${fn}(${args.join(', ')})`;
}
