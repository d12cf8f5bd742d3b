import * as tf from '@tensorflow/tfjs';
import { fail } from '../runtime/models/fail.ts';
import type { Batch, Networks } from '../runtime/models/model.ts';
import type { RunnableObjective } from '../runtime/runnable.ts';
import { createTrainer, type Trainer } from '../runtime/trainer/createTrainer.ts';
import type { Metrics } from '../runtime/trainer/metrics.ts';
import type { TrainerOptions } from '../runtime/trainer/options.ts';
import type { StateDtype, TensorData, TrainerState } from '../runtime/trainer/trainerState.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpointFiles.ts';

/** What a step that failed depends on: the state before it, which holds the seed of its draws, and its batches. */
export interface Failure {
  readonly state: TrainerState;
  /** The batch of each of the step's updates, or the one of all. The caller disposes of their tensors. */
  readonly batches: readonly Batch[];
}

/**
 * Keeps a step that failed (GL6001), to take it once more by `replay`: a checkpoint of the trainer, which is as it was before the step,
 * with the step's batches as further tensors.
 *
 * @param batches the batch that the step was given; of a step that asks for one at each update, all of them in their order
 * @returns the path of the file
 * @throws SpecError GL7005 where it can not be written
 */
export async function saveFailure(directory: string, trainer: Pick<Trainer, 'state'>, batches: readonly Batch[]): Promise<string> {
  const state = await trainer.state();
  const tensors: TensorData[] = [];
  for (const [update, batch] of batches.entries()) {
    for (const [name, value] of Object.entries(batch)) {
      for (const [place, tensor] of ([value ?? []].flat() as tf.Tensor[]).entries()) {
        const path = `batch/${update}/${name}${Array.isArray(value) ? `/${place}` : ''}`;
        tensors.push({ name: path, label: path, dtype: tensor.dtype as StateDtype, shape: [...tensor.shape], data: (await tensor.data()).slice() });
      }
    }
  }
  return saveCheckpoint(directory, { ...state, tensors: [...state.tensors, ...tensors] });
}

/** @throws SpecError GL7001 where nothing was kept, GL7006 for what is damaged */
export async function loadFailure(directory: string): Promise<Failure> {
  const { tensors, ...rest } = await loadCheckpoint(directory);
  const batches: Record<string, tf.Tensor | tf.Tensor[]>[] = [];
  for (const { name, data, shape, dtype } of tensors.filter(isOfBatch)) {
    const [, update, member, place] = name.split('/');
    // written update by update, so that another place is another file's
    if (!(Number(update) <= batches.length)) return fail('GL7006', `the batches in '${directory}' are not whole`);
    const batch = (batches[Number(update)] ??= {});
    const tensor = tf.tensor(data, [...shape], dtype);
    if (place === undefined) batch[member] = tensor;
    else batch[member] = [...((batch[member] as tf.Tensor[] | undefined) ?? []), tensor];
  }
  if (batches.length === 0) return fail('GL7006', `'${directory}' holds no batch`);
  return { state: { ...rest, tensors: tensors.filter((tensor) => !isOfBatch(tensor)) }, batches: batches as unknown as readonly Batch[] };
}

function isOfBatch({ name }: TensorData): boolean {
  return name.startsWith('batch/');
}

/**
 * Takes a step that `saveFailure` kept once more: from the state before it, on its batches and with its draws, in a trainer of its own
 * that is gone afterwards. On the backend and in the mode of the run it fails as it did; in another (`mode: 'tape'`) it may not.
 *
 * @returns what the step reports where it does not fail
 * @throws SpecError what the step fails with, GL6001 again; GL7001 and GL7006 as `loadFailure`, GL7007 for other networks
 */
export async function replay(directory: string, objective: RunnableObjective, networks: Networks, options: TrainerOptions): Promise<Metrics> {
  const { state, batches } = await loadFailure(directory);
  try {
    const trainer = createTrainer(objective, networks, options);
    try {
      await trainer.restore(state);
      let update = 0;
      return await trainer.step(batches.length === 1 ? batches[0] : () => batches[update++]);
    } finally {
      trainer.dispose();
    }
  } finally {
    tf.dispose(batches.flatMap((batch) => Object.values(batch).flat() as tf.Tensor[]));
  }
}
