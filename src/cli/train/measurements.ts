import type { Measured } from './runFolder.ts';
import type { Run } from './run.ts';
import { DISTANCE, type Yardstick } from './measure.ts';

/** The distances of a run, measured when asked for and kept in its record. */
export interface Measurements {
  readonly yardstick: Yardstick;
  /** Measures now, unless this step has been measured. */
  readonly measure: (say: (text: string) => void) => Measured;
  readonly all: () => readonly Measured[];
}

export function createMeasurements(run: Run, yardstick: Yardstick): Measurements {
  const all = (): readonly Measured[] => run.record().distances;
  return {
    yardstick,
    all,
    measure(say) {
      const step = run.trainer.stepCount;
      const known = all().find((measured) => measured.step === step);
      if (known !== undefined) return known;
      const measured = { step, distance: yardstick.measure(run.trainer) };
      say(`${step === 0 ? 'before the first step' : `after step ${step.toLocaleString('en-US')}`}: ${DISTANCE.name} ${measured.distance.toFixed(4)}`);
      run.change({ distances: [...all(), measured] });
      return measured;
    },
  };
}
