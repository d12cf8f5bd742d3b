import { setImmediate } from 'node:timers/promises';
import { SpecError } from '../../support/diagnostic.ts';
import type { Context } from '../context.ts';
import { wantsColour, type Interrupt } from '../io.ts';
import { streamOf } from '../streamOf.ts';
import type { Measurements } from './measurements.ts';
import { keepFailure } from './failure.ts';
import { openMetricsCsv } from './metricsCsv.ts';
import { columnsOf, progressRows, rowOf } from './metricsTable.ts';
import type { ImageShape } from './networkParts.ts';
import { createPictures } from './pictures.ts';
import { progress } from './progress.ts';
import type { Run } from './run.ts';
import { METRICS } from './runFolder.ts';
import { median, timeTape, type Speed } from './speed.ts';
import { trainOnce } from './trainOnce.ts';
import type { TrainOptions } from './trainOptions.ts';

export interface TrainLoop {
  readonly run: Run;
  readonly measurements: Measurements;
  readonly image: ImageShape;
  readonly options: TrainOptions;
  readonly io: Context;
}

export interface LoopEnd {
  /** What ended it before its last step; null where nothing did. */
  readonly interrupted: Interrupt | null;
  /** Why it ended otherwise, such as a loss that is NaN; everything before is saved. */
  readonly failure: SpecError | null;
  /** Whether the step that failed is kept for `ganloss replay`. */
  readonly kept: boolean;
  /** The pictures of the whole run that were written. */
  readonly files: readonly string[];
  /** Compiled steps beside steps on the tape; null for short runs, and for those that did not end or were not compiled. */
  readonly speed: Speed | null;
}

const SAMPLE_EVERY = 100;
const CHECKPOINT_EVERY = 250;
/** Steps whose times are kept; a run of fewer is too short to tell its speed. */
const TIMED_STEPS = 100;

/** Trains up to the last step of the record, and saves what there is whenever and however it ends. */
export async function trainLoop({ run, measurements, image, options, io: { io, colours } }: TrainLoop): Promise<LoopEnd> {
  const { trainer, objective, folder } = run;
  const total = run.record().steps;
  const midway = Math.round(total / 2);
  const pictures = createPictures(run, image);
  const columns = columnsOf(objective);
  const start = trainer.stepCount;
  const writer = openMetricsCsv(folder.path(METRICS), columns.map(({ name }) => name), start);
  const times: number[] = [];
  const interrupts: Interrupt[] = [];
  let failure: SpecError | null = null;
  let kept = false;
  let bar: ReturnType<typeof progress> | null = null;
  // what is written below a bar would be overwritten by it
  const say = (text: string): void => (bar === null ? io.stderr.write(`${text}\n`) : bar.log(text));

  const undo = io.onInterrupt((interrupt) => {
    interrupts.push(interrupt);
    // from here on Ctrl-C does what it always does, and at once; the bar must not leave a hidden cursor behind
    undo();
    bar?.stop();
    bar = null;
    io.stderr.write(`\n${colours.stderr.yellow(`${interrupt}:`)} finishing this step and saving; once more quits at once\n`);
  });

  try {
    if (start === 0) {
      pictures.samples();
      measurements.measure(say);
      await run.save();
    }
    if (interrupts.length === 0 && start < total) bar = progress({ stream: streamOf(io.stderr), total, start, colour: wantsColour(io, 'stderr') });
    while (trainer.stepCount < total && interrupts.length === 0) {
      const metrics = await trainOnce(run);
      const { step } = metrics;
      writer.append(rowOf(columns, metrics));
      times.push(metrics.ms);
      if (times.length > TIMED_STEPS) times.shift();
      run.change({ trainingSeconds: run.record().trainingSeconds + metrics.ms / 1000 });
      bar?.update(step, progressRows(objective, metrics));
      if (step % (options.sampleEvery ?? SAMPLE_EVERY) === 0) pictures.samples();
      if (step === midway) measurements.measure(say);
      if (step % (options.checkpointEvery ?? CHECKPOINT_EVERY) === 0 && step < total) await run.save();
      // lets the interrupt in
      await setImmediate();
    }
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    failure = error;
    if (error.diagnostics.some(({ code }) => code === 'GL6001')) {
      try {
        await keepFailure(run);
        kept = true;
      } catch (unsaved) {
        // what made the run fail is to be told, not that it could not be kept
        if (!(unsaved instanceof SpecError)) throw unsaved;
        io.stderr.write(`${colours.stderr.yellow('note:')} the step is not kept: ${unsaved.message}\n`);
      }
    }
  } finally {
    bar?.stop();
    bar = null;
    undo();
    writer.close();
  }
  const finished = trainer.stepCount >= total;
  if (finished) measurements.measure(say);
  await run.save();
  const { files, note } = await pictures.final(measurements);
  if (note !== null) io.stderr.write(`${colours.stderr.yellow('note:')} ${note}\n`);
  const isTimed = finished && failure === null && times.length >= TIMED_STEPS && trainer.mode === 'captured';
  const speed = isTimed ? { compiled: median(times), tape: await timeTape(run) } : null;
  return { interrupted: finished ? null : (interrupts.at(0) ?? null), failure, kept, files, speed };
}
