import * as tf from '@tensorflow/tfjs';
import { codeFolder } from '../../node/codeFolder.ts';
import { trainer, type FileTrainer } from '../../node/fileTrainer.ts';
import type { Objective } from '../../objective.ts';
import { SpecError } from '../../support/diagnostic.ts';
import type { TrainerOptions } from '../../runtime/trainer/options.ts';
import type { GivenNetworks } from './networksFile.ts';
import { CHECKPOINT, type RunFolder, type RunRecord } from './runFolder.ts';
import type { Task } from './task.ts';
import { ADAM } from './trainOptions.ts';

/** A run under way: a trainer, its folder, and what it remembers. */
export interface Run {
  readonly objective: Objective;
  readonly trainer: FileTrainer;
  readonly networks: GivenNetworks;
  /** What a trainer of this run is made with; optimisers anew at each call. */
  readonly options: () => TrainerOptions;
  readonly task: Task;
  readonly folder: RunFolder;
  readonly record: () => RunRecord;
  readonly change: (change: Partial<RunRecord>) => void;
  /** Writes the checkpoint and then the record: of the two, the checkpoint may be the later one. */
  readonly save: () => Promise<void>;
  readonly close: () => void;
}

export interface RunParts {
  readonly objective: Objective;
  readonly networks: GivenNetworks;
  readonly task: Task;
  readonly folder: RunFolder;
  readonly record: RunRecord;
  /** Whether to go on from the folder's checkpoint; a run that was stopped before its first one begins anew. */
  readonly resume: boolean;
  /** A directory for compiled steps; null keeps none. */
  readonly codeCache: string | null;
  /** Told what runs on the tape, and why. */
  readonly warn: (message: string) => void;
}

/** What a trainer is made with by a run's settings; its optimisers are new ones. */
export function trainerOptionsOf({ settings, networks, warn }: { readonly settings: RunRecord['settings'] } & Pick<RunParts, 'networks' | 'warn'>): TrainerOptions {
  const { lrD, lrG, dSteps, seed, noise, ema, params, mode } = settings;
  return {
    optimizers: { generator: tf.train.adam(lrG, ADAM.beta1, ADAM.beta2), discriminator: tf.train.adam(lrD, ADAM.beta1, ADAM.beta2) },
    steps: { generator: 1, discriminator: dSteps },
    seed,
    noise,
    params,
    ema: ema === 0 ? false : ema,
    hooks: networks.hooks,
    mode,
    warn,
  };
}

/** @throws SpecError for options, networks or a checkpoint that do not fit */
export async function openRun({ objective, networks, task, folder, record: first, resume, codeCache, warn }: RunParts): Promise<Run> {
  const options = (): TrainerOptions => ({ ...trainerOptionsOf({ settings: first.settings, networks, warn }), ...(codeCache === null ? {} : { codeCache: codeFolder(codeCache) }) });
  const checkpoint = folder.path(CHECKPOINT);
  const begin = (): FileTrainer => trainer(objective, networks, options());
  const goOn = async (): Promise<FileTrainer> => {
    try {
      return await trainer.load(checkpoint, objective, networks, options());
    } catch (error) {
      const nothingDone = first.trainingSeconds === 0 && error instanceof SpecError && error.diagnostics[0]?.code === 'GL7001';
      if (!nothingDone) throw error;
      return begin();
    }
  };
  const made = resume ? await goOn() : begin();
  // what was measured after the checkpoint comes again
  let record: RunRecord = { ...first, distances: first.distances.filter(({ step }) => step <= made.stepCount) };
  return {
    objective,
    trainer: made,
    networks,
    options,
    task,
    folder,
    record: () => record,
    change(change) {
      record = { ...record, ...change };
    },
    async save() {
      await made.save(checkpoint);
      folder.writeRecord(record);
    },
    close: () => made.dispose(),
  };
}
