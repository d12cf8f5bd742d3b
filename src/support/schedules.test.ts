import { describe, expect, it } from 'vitest';
import { printSchedule, scheduleValue, type Schedule } from './schedules.ts';

describe('scheduleValue', () => {
  it.each<[Schedule, readonly (readonly [step: number, value: number])[]]>([
    [{ fn: 'linear', args: [0, 10, 4] }, [[0, 0], [1, 2.5], [2, 5], [3, 7.5], [4, 10], [5, 10], [1e9, 10]]],
    [{ fn: 'linear', args: [3, 1, 1] }, [[0, 3], [1, 1]]],
    [{ fn: 'cosine', args: [0, 10, 4] }, [[0, 0], [1, 5 - 5 * Math.SQRT1_2], [2, 5], [3, 5 + 5 * Math.SQRT1_2], [4, 10], [5, 10]]],
    [{ fn: 'cosine', args: [1, 0.1, 5000] }, [[0, 1], [5000, 0.1], [9999, 0.1]]],
    [{ fn: 'after', args: [2] }, [[0, 0], [1, 0], [2, 1], [3, 1]]],
    [{ fn: 'after', args: [0] }, [[0, 1]]],
  ])('%o', (schedule, points) => {
    for (const [step, value] of points) expect(scheduleValue(schedule, step)).toBeCloseTo(value, 12);
  });

  it('is exact at both ends', () => {
    expect(scheduleValue({ fn: 'linear', args: [0.3, 0.1, 3] }, 3)).toBe(0.1);
    expect(scheduleValue({ fn: 'cosine', args: [0.3, 0.1, 3] }, 0)).toBe(0.3);
  });

  it('is printed as the language writes it', () => {
    expect(printSchedule({ fn: 'linear', args: [0, -0.5, 1000] })).toBe('linear(0, -0.5, 1000)');
  });
});
