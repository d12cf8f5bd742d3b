import * as tf from '@tensorflow/tfjs';
import { trainer as createTrainer } from '../../node/fileTrainer.ts';
import type { TrainerMode } from '../../runtime/trainer/options.ts';
import { compileSpec } from '../compile/compileSpec.ts';
import type { Context } from '../context.ts';
import { printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { readSpecFile } from '../files/readSpec.ts';
import { startBackend } from '../train/backend.ts';
import { loadFailure } from '../../node/failure.ts';
import { FAILURE } from '../train/failure.ts';
import { networksOf } from '../train/networksOf.ts';
import { problem } from '../train/problem.ts';
import { trainerOptionsOf } from '../train/run.ts';
import { openRunFolder, readRecord } from '../train/runFolder.ts';
import type { BackendName } from '../train/trainOptions.ts';

export interface ReplayOptions {
  readonly backend?: BackendName;
  readonly mode?: TrainerMode;
  readonly json?: boolean;
}

/**
 * `ganloss replay`: takes the one step once more that made a run fail, from the state before it, on its batches and with its draws.
 *
 * @throws SpecError what the step fails with: GL6001 again, on the backend and in the mode of the run
 */
export async function runReplay(directory: string, options: ReplayOptions, context: Context): Promise<ExitCode> {
  const { io, colours } = context;
  const say = (text: string): void => io.stderr.write(`${text}\n`);
  const folder = openRunFolder(directory, io.cwd);
  const record = readRecord(folder);
  const { objective } = compileSpec(readSpecFile(folder.path('spec.ganloss'), io.cwd), context);
  const { model } = objective;
  if (model !== 'gan' && model !== 'acgan') return problem('GL7007', `'${folder.shown}' is no run of "ganloss train": its objective is of a ${model}`);
  const backend = await startBackend(options.backend ?? (record.backend === 'cpu' ? 'cpu' : 'wasm'));
  if (backend.note !== null) say(`${colours.stderr.yellow('note:')} ${backend.note}`);
  const { state, batches } = await loadFailure(folder.path(FAILURE));
  const settings = { ...record.settings, mode: options.mode ?? record.settings.mode };
  const labels = batches[0].labels as tf.Tensor | undefined;
  const networks = await networksOf({ file: record.networks ?? undefined, model, image: record.data, classes: labels?.shape[1], settings }, io.cwd);
  const trainer = createTrainer(objective, networks, trainerOptionsOf({ settings, networks, warn: (text) => say(`${colours.stderr.yellow('note:')} ${text}`) }));
  try {
    await trainer.restore(state);
    say(`step ${state.step + 1} of '${folder.shown}' once more, on the ${backend.name} backend`);
    let update = 0;
    const { ms: _, ...metrics } = await trainer.step(batches.length === 1 ? batches[0] : () => batches[update++]);
    if (options.json === true) io.stdout.write(printJson(metrics));
    else io.stdout.write(`step ${metrics.step} does not fail here: the generator's loss is ${metrics.generatorLoss}, the discriminator's ${metrics.discriminatorLoss}\n`);
    return EXIT.ok;
  } finally {
    trainer.dispose();
    tf.dispose(batches.flatMap((batch) => Object.values(batch).flat() as tf.Tensor[]));
  }
}
