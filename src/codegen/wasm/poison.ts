import { readsOf, writesOf } from '../../schedule/effects.ts';
import { sizeOf } from '../../ir/values.ts';
import type { PlacedSchedule } from '../../schedule/types.ts';

/** A NaN that stands out. */
export const POISON = 0x7fc0dead;

type Range = readonly [number, number];

/** By kernel: ranges of bytes that are filled before it and after it. */
export interface Poisoning {
  readonly before: readonly (readonly Range[])[];
  readonly after: readonly (readonly Range[])[];
}

const overlap = (a: Range, b: Range): boolean => a[0] < b[1] && b[0] < a[1];

/**
 * Which ranges hold nothing that may be read: a temporary's before it is first written and after it was last touched, as far as nothing
 * else that is alive lies there (results are written over operands in place).
 */
export function poisonPlan(schedule: PlacedSchedule): Poisoning {
  const { buffers, kernels, offsets } = schedule;
  const rangeOf = (buffer: number): Range => [offsets[buffer], offsets[buffer] + 4 * sizeOf(buffers[buffer].shape)];
  const lasting = new Set([...schedule.inputs, ...schedule.outputs, ...schedule.constants].map(({ buffer }) => buffer));
  const lives = buffers.map((_, buffer) => {
    const touching = kernels.flatMap(({ kernel }, k) => (readsOf(kernel).has(buffer) || writesOf(kernel).has(buffer) ? [k] : []));
    return { buffer, first: lasting.has(buffer) ? -1 : (touching[0] ?? Infinity), last: lasting.has(buffer) ? Infinity : (touching[touching.length - 1] ?? -1) };
  });
  const free = (buffer: number, aliveAt: (first: number, last: number) => boolean): readonly Range[] => {
    const range = rangeOf(buffer);
    return lives.some((other) => other.buffer !== buffer && aliveAt(other.first, other.last) && overlap(range, rangeOf(other.buffer))) ? [] : [range];
  };
  return {
    before: kernels.map((_, k) => lives.filter(({ first }) => first === k).flatMap(({ buffer }) => free(buffer, (first, last) => first < k && last >= k))),
    after: kernels.map((_, k) => lives.filter(({ last }) => last === k).flatMap(({ buffer }) => free(buffer, (first, last) => first <= k && last > k))),
  };
}
