import type { Row } from './cases.ts';
import type { Check } from './expected.ts';

/** One way to run one row: a step that can be timed. */
export interface Contestant {
  readonly system: string;
  readonly threads: number;
  readonly row: Row;
  readonly note?: string;
  /** Runs one step and reads its loss back. */
  readonly step: () => number | Promise<number>;
  /** Σ|gradient| of the first step; called once, after it. */
  readonly gsum: () => number | Promise<number>;
  /** Called when everything was measured. */
  readonly close?: () => void | Promise<void>;
}

export interface Timing {
  readonly ms_min: number;
  readonly ms_median: number;
  /** CPU time of a step, of all threads of the process: the least mean of a slice. What else runs on the machine is not in it. */
  readonly cpu_ms: number;
  readonly runs: number;
  /** The first call, with whatever is compiled in it. */
  readonly first_ms: number;
  readonly check: Check;
}

export interface MeasureSettings {
  /** How long each contestant is timed, ms. */
  readonly budget: number;
  /** No more runs than these. */
  readonly most: number;
}

/** A contestant is left to run for so long before it is the next one's turn, ms. */
const SLICE = 120;
/** Steps that take longer than this, ms, are run twice: once for the check, once on time. */
const SLOW = 5000;
const WARM_UP = 10;

interface Course {
  readonly contestant: Contestant;
  readonly check: Check;
  readonly firstMs: number;
  readonly times: number[];
  cpuMs: number;
  readonly slow: boolean;
}

/**
 * Checks each contestant's first steps and then times all of them in turns, so that what slows the machine down for a while slows
 * all of them down.
 *
 * @param fail told when a contestant throws; it is out
 */
export async function measure(contestants: readonly Contestant[], { budget, most }: MeasureSettings, fail: (contestant: Contestant, error: unknown) => void): Promise<ReadonlyMap<Contestant, Timing>> {
  const courses: Course[] = [];
  for (const contestant of contestants) {
    try {
      courses.push(await start(contestant));
    } catch (error) {
      fail(contestant, error);
    }
  }
  let open = courses.filter(({ slow }) => !slow);
  while (open.length > 0) {
    for (const course of open) {
      const { contestant, times } = course;
      const before = { runs: times.length, time: performance.now(), cpu: process.cpuUsage() };
      do times.push(await timed(contestant));
      while (performance.now() - before.time < SLICE && times.length < most);
      course.cpuMs = Math.min(course.cpuMs, cpuSince(before.cpu) / (times.length - before.runs));
    }
    open = open.filter(({ times }) => times.length < most && total(times) < budget);
  }
  return new Map(courses.map(({ contestant, times, cpuMs, firstMs, check }) => [contestant, { ms_min: round(Math.min(...times)), ms_median: round(median(times)), cpu_ms: round(cpuMs), runs: times.length, first_ms: round(firstMs), check }]));
}

async function start(contestant: Contestant): Promise<Course> {
  const before = performance.now();
  const loss0 = await contestant.step();
  const firstMs = performance.now() - before;
  const gsum = await contestant.gsum();
  const cpuBefore = process.cpuUsage();
  const second = await timed(contestant);
  if (second > SLOW) return { contestant, check: { loss0, gsum }, firstMs, times: [second], cpuMs: cpuSince(cpuBefore), slow: true };
  await contestant.step();
  const loss3 = await contestant.step();
  const warmUntil = performance.now() + SLICE;
  for (let run = 0; run < WARM_UP && performance.now() < warmUntil; run += 1) await contestant.step();
  return { contestant, check: { loss0, loss3, gsum }, firstMs, times: [], cpuMs: Infinity, slow: false };
}

async function timed({ step }: Contestant): Promise<number> {
  const before = performance.now();
  await step();
  return performance.now() - before;
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function total(times: readonly number[]): number {
  return times.reduce((sum, time) => sum + time, 0);
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1];
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
