import type { Measured } from './runFolder.ts';
import type { Run } from './run.ts';
import type { Yardstick } from './measure.ts';

/** The distances of a run, measured when asked for and kept in its record. */
export interface Measurements {
  readonly yardstick: Yardstick;
  /** Measures now, unless this step has been measured. */
  readonly measure: () => Measured;
  readonly all: () => readonly Measured[];
}

export function createMeasurements(run: Run, yardstick: Yardstick, say: (text: string) => void): Measurements {
  const all = (): readonly Measured[] => run.record().distances;
  return {
    yardstick,
    all,
    measure() {
      const step = run.trainer.stepCount;
      const known = all().find((measured) => measured.step === step);
      if (known !== undefined) return known;
      say(`measuring ${yardstick.count.toLocaleString('en-US')} samples at step ${step.toLocaleString('en-US')} …`);
      const measured = { step, distance: yardstick.measure(run.trainer) };
      run.change({ distances: [...all(), measured] });
      return measured;
    },
  };
}
