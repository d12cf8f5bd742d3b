import { trainer } from '../../node/fileTrainer.ts';
import type { Run } from './run.ts';
import { trainOnce } from './trainOnce.ts';

/** How fast a run's steps were. */
export interface Speed {
  /** Median of the last steps, in milliseconds. */
  readonly compiled: number;
  /** The same of a few steps on TensorFlow.js's tape, after the run. */
  readonly tape: number;
}

const WARM_UP = 2;
const TIMED = 5;

/**
 * Times a few steps on the tape with the run's networks and data. What a run leaves is saved before: its networks go on from where they
 * are, and are of no use afterwards.
 */
export async function timeTape(run: Run): Promise<number> {
  const tape = trainer(run.objective, run.networks, { ...run.options(), mode: 'tape' });
  const times: number[] = [];
  try {
    for (let count = 0; count < WARM_UP + TIMED; count += 1) {
      const { ms } = await trainOnce({ ...run, trainer: tape });
      if (count >= WARM_UP) times.push(ms);
    }
  } finally {
    tape.dispose();
  }
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** `27.3 steps/s, compiled; 8.1 on TensorFlow.js's tape: 3.4 times as fast`. */
export function describeSpeed({ compiled, tape }: Speed, backend: string): string {
  const rate = (ms: number) => (1000 / ms).toPrecision(3);
  return `${rate(compiled)} steps/s, compiled; ${rate(tape)} on TensorFlow.js's tape (${backend} backend): ${(tape / compiled).toPrecision(2)} times as fast`;
}
