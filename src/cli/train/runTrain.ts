import { resolve } from 'node:path';
import { compileSpec } from '../compile/compileSpec.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { openData } from '../data/openData.ts';
import { readSpec } from '../files/readSpec.ts';
import { printDiagnostics } from '../printDiagnostics.ts';
import { printJson } from '../diagnosticJson.ts';
import { startBackend } from './backend.ts';
import { createMeasurements } from './measurements.ts';
import { createYardstick } from './measure.ts';
import { networksOf } from './networksOf.ts';
import { openRun } from './run.ts';
import { openRunFolder, readRecord, removeUnfinished, refuseOther, refuseUsed, type RunRecord } from './runFolder.ts';
import { shellWord } from '../shellWord.ts';
import { resumeCommand } from './shellCommand.ts';
import { printSummary, summaryOf } from './summary.ts';
import { createTask } from './task.ts';
import { trainLoop } from './trainLoop.ts';
import { DEFAULT_STEPS, resolveSettings, type TrainOptions } from './trainOptions.ts';

/** `ganloss train`. */
export async function runTrain(name: string, options: TrainOptions, context: Context): Promise<ExitCode> {
  const { io, colours } = context;
  const say = (text: string): void => io.stderr.write(`${text}\n`);
  const folder = openRunFolder(options.out, io.cwd);
  const before = options.resume === true ? readRecord(folder) : null;
  if (before === null) refuseUsed(folder, resumeCommand(name, options, io));

  const spec = await readSpec(name, io);
  const { objective } = compileSpec(spec, context);
  printDiagnostics(objective.diagnostics, context);
  const settings = resolveSettings(options, before?.settings);
  const given = { ...options, networks: options.networks ?? before?.networks ?? undefined };
  const data = openData(options.data === 'mnist' || io.cwd === process.cwd() ? options.data : resolve(io.cwd, options.data));
  if (data.note !== undefined) say(colours.stderr.dim(data.note));
  const record: RunRecord = {
    objective: objective.text,
    model: objective.model,
    data: { name: data.name, count: data.count, height: data.height, width: data.width, channels: data.channels },
    networks: given.networks ?? null,
    backend: '',
    steps: options.steps ?? before?.steps ?? DEFAULT_STEPS,
    settings,
    distances: before?.distances ?? [],
    trainingSeconds: before?.trainingSeconds ?? 0,
  };
  if (before !== null) refuseOther(before, record);
  const task = createTask(objective, data, settings);

  const backend = await startBackend(options.backend ?? (before?.backend === 'cpu' ? 'cpu' : 'wasm'));
  if (backend.note !== null) say(`${colours.stderr.yellow('note:')} ${backend.note}`);
  const networks = await networksOf({ file: given.networks, model: task.model, image: data, classes: data.classes, settings }, io.cwd);
  const run = await openRun({ objective, networks, task, folder, record: { ...record, backend: backend.name }, resume: before !== null, codeCache: options.codeCache === undefined ? null : resolve(io.cwd, options.codeCache), warn: (text) => say(`${colours.stderr.yellow('note:')} ${text}`) });
  try {
    say(`${colours.stderr.bold(objective.text)} on ${data.count.toLocaleString('en-US')} images of ${data.name}, ${data.height}×${data.width}${data.channels === 3 ? ' in colour' : ''}; ${backend.name} backend`);
    if (before !== null) {
      removeUnfinished(folder);
      say(describeStart(run.trainer.stepCount, record.steps));
    } else {
      // whenever it is killed from now on, there is a run to go on with
      folder.writeRecord(run.record());
    }
    const measurements = createMeasurements(run, createYardstick(options.data, data, task));
    folder.write('spec.ganloss', spec.bytes);
    folder.write('compiled.js', objective.emit('tfjs'));
    const end = await trainLoop({ run, measurements, image: data, options, io: context });
    const summary = summaryOf(run, measurements, end.speed);
    folder.write('summary.json', printJson(summary));
    if (end.failure !== null) {
      if (end.kept) say(`The batch and the state before the step are kept. See it fail again with:\n  npx ganloss replay ${shellWord(options.out)}`);
      throw end.failure;
    }
    io.stdout.write(options.json === true ? printJson(summary) : printSummary(summary, folder, end.files));
    if (end.interrupted === null) return EXIT.ok;
    say(`Interrupted; everything is saved. Go on with:\n  ${resumeCommand(name, options, io)}`);
    return end.interrupted === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
  } finally {
    run.close();
  }
}

function describeStart(done: number, steps: number): string {
  const shown = done.toLocaleString('en-US');
  if (done >= steps) return `all of its ${shown} steps are done: --steps goes further`;
  return done === 0 ? 'it was stopped before its first step: it begins anew' : `going on after step ${shown}`;
}
