import type { Networks } from '../runtime/models/model.ts';
import type { RunnableObjective } from '../runtime/runnable.ts';
import { createTrainer, type Trainer } from '../runtime/trainer/createTrainer.ts';
import type { TrainerOptions } from '../runtime/trainer/options.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpointFiles.ts';

/** A trainer that keeps checkpoints in folders. */
export interface FileTrainer extends Trainer {
  /** Writes a checkpoint once steps under way are done, and gives the path of its file. @throws SpecError GL7005 */
  readonly save: (directory: string) => Promise<string>;
  /** Goes on from the checkpoint of a folder. @throws SpecError GL7001, GL7006, GL7007, changing nothing */
  readonly load: (directory: string) => Promise<void>;
}

/** A trainer like that of `ganloss`, which can also save and load. */
export const trainer = Object.assign(createFileTrainer, {
  /**
   * A trainer that goes on from the checkpoint of a folder.
   *
   * @throws SpecError as `trainer` does, GL7001 where there is no checkpoint, GL7006 for a damaged one, GL7007 for one of something else
   */
  async load(directory: string, objective: RunnableObjective, networks: Networks, options: TrainerOptions): Promise<FileTrainer> {
    const state = await loadCheckpoint(directory);
    const made = createFileTrainer(objective, networks, options);
    try {
      await made.restore(state);
    } catch (error) {
      made.dispose();
      throw error;
    }
    return made;
  },
});

function createFileTrainer(objective: RunnableObjective, networks: Networks, options: TrainerOptions): FileTrainer {
  const plain = createTrainer(objective, networks, options);
  // put on the trainer itself: a copy would freeze its getters
  return Object.assign(plain, {
    save: async (directory: string) => saveCheckpoint(directory, await plain.state()),
    load: async (directory: string) => plain.restore(await loadCheckpoint(directory)),
  });
}
