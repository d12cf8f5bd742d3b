import type { Measurements } from './measurements.ts';
import { DISTANCE } from './measure.ts';
import type { Run } from './run.ts';
import { describeSpeed, type Speed } from './speed.ts';
import type { Measured, RunFolder, RunRecord } from './runFolder.ts';

/** What `summary.json` and `--json` say of a run. */
export interface Summary {
  readonly objective: string;
  readonly model: string;
  readonly data: RunRecord['data'];
  readonly backend: string;
  readonly networks: string | null;
  readonly settings: RunRecord['settings'];
  readonly stepsDone: number;
  readonly stepsWanted: number;
  readonly distance: {
    readonly name: string;
    readonly source: string;
    readonly samples: number;
    readonly against: string;
    readonly measured: readonly Measured[];
    /** The last one divided by the first one; null before there are two. */
    readonly ratio: number | null;
    readonly realAgainstItself: number;
  };
  /** Wall-clock time of the training steps alone: this and `speed` are the only figures here that differ from machine to machine. */
  readonly trainingSeconds: number;
  /** Milliseconds a step: compiled, and on the tape; null for runs of fewer than 100 steps and those on the tape. */
  readonly speed: Speed | null;
}

export function summaryOf(run: Run, { yardstick, all }: Measurements, speed: Speed | null): Summary {
  const { objective, model, data, backend, networks, settings, steps, trainingSeconds } = run.record();
  const measured = all();
  const [first, last] = [measured[0], measured.at(-1)];
  return {
    objective,
    model,
    data,
    backend,
    networks,
    settings,
    stepsDone: run.trainer.stepCount,
    stepsWanted: steps,
    distance: {
      ...DISTANCE,
      samples: yardstick.count,
      against: yardstick.against,
      measured,
      ratio: first === undefined || last === undefined || first === last ? null : last.distance / first.distance,
      realAgainstItself: yardstick.itself,
    },
    trainingSeconds,
    speed,
  };
}

const FILES: Readonly<Record<string, string>> = {
  'samples.png': 'samples from fixed noise; samples/ shows how they came about',
  'losses.png': 'the losses, the terms and the distance over the steps',
  'losses.svg': 'the losses, the terms and the distance over the steps',
  'metrics.csv': 'every step: losses, and terms raw and weighted',
  'checkpoint/': 'weights and everything else that --resume needs',
  'compiled.js': 'the objective as a module of TensorFlow.js calls',
  'spec.ganloss': 'the specification, byte by byte',
  'summary.json': 'what stands here, as data',
};

/** The summary as people read it; the speed of longer runs is its only time. */
export function printSummary(summary: Summary, folder: RunFolder, pictures: readonly string[]): string {
  const { distance } = summary;
  const stages = distance.measured.map(({ step, distance: value }, index): readonly [string, string] => {
    const last = index === distance.measured.length - 1 && index > 0;
    const share = last && distance.ratio !== null && step >= summary.stepsWanted ? `   ${(100 * distance.ratio).toFixed(0)} % of before` : '';
    return [step === 0 ? 'before' : step >= summary.stepsWanted ? 'after' : `step ${step.toLocaleString('en-US')}`, `${value.toFixed(4)}${share}`];
  });
  const rows = [...stages, ['(real)', `${distance.realAgainstItself.toFixed(4)}   the real images against themselves, with other patches`] as const];
  const width = Math.max(...rows.map(([label]) => label.length));
  const files = [...pictures, 'metrics.csv', 'checkpoint/', 'compiled.js', 'spec.ganloss', 'summary.json'];
  const fileWidth = Math.max(...files.map((file) => file.length));
  return [
    `${summary.objective}: ${summary.stepsDone.toLocaleString('en-US')} of ${summary.stepsWanted.toLocaleString('en-US')} steps on ${summary.data.name}`,
    '',
    `  ${distance.name}, ${distance.samples.toLocaleString('en-US')} samples to ${distance.against}`,
    ...rows.map(([label, value]) => `    ${label.padEnd(width)}   ${value}`),
    `  ${distance.source}`,
    '',
    ...(summary.speed === null ? [] : [`  speed   ${describeSpeed(summary.speed, summary.backend)}`, '']),
    `  ${folder.shown}/`,
    ...files.map((file) => `    ${file.padEnd(fileWidth)}   ${FILES[file] ?? ''}`),
    '',
  ].join('\n');
}
