import * as tf from '@tensorflow/tfjs';
import { loadCheckpoint, saveCheckpoint } from '../../node/checkpointFiles.ts';
import type { Batch } from '../../runtime/models/model.ts';
import type { StateDtype, TensorData, TrainerState } from '../../runtime/trainer/trainerState.ts';
import { problem } from './problem.ts';
import type { Run } from './run.ts';
import type { RunFolder } from './runFolder.ts';

/** Where a run keeps the step that failed: a checkpoint with the state before it, and the step's batches as further tensors. */
export const FAILURE = 'failure';

/** What a step that failed depends on: the state holds the seed of its draws. */
export interface Failure {
  readonly state: TrainerState;
  /** The batch of each of the step's updates. The caller disposes of their tensors. */
  readonly batches: readonly Batch[];
}

/** Keeps the step that was to come next. */
export async function saveFailure({ trainer, task, record, folder }: Run): Promise<void> {
  const step = trainer.stepCount;
  const { dSteps } = record().settings;
  const state = await trainer.state();
  const tensors: TensorData[] = [];
  for (let update = 0; update < updatesOf(dSteps); update += 1) {
    const batch = task.batchAt(step, update);
    for (const [name, value] of Object.entries(batch)) {
      for (const [place, tensor] of ([value].flat() as tf.Tensor[]).entries()) {
        const path = `batch/${update}/${name}${Array.isArray(value) ? `/${place}` : ''}`;
        tensors.push({ name: path, label: path, dtype: tensor.dtype as StateDtype, shape: [...tensor.shape], data: (await tensor.data()).slice() });
        tensor.dispose();
      }
    }
  }
  await saveCheckpoint(folder.path(FAILURE), { ...state, tensors: [...state.tensors, ...tensors] });
}

/** @throws SpecError GL7001 where nothing failed, GL7006 for what is damaged */
export async function loadFailure(folder: RunFolder): Promise<Failure> {
  const { tensors, ...rest } = await loadCheckpoint(folder.path(FAILURE));
  const batches: Record<string, tf.Tensor | tf.Tensor[]>[] = [];
  for (const { name, data, shape, dtype } of tensors.filter((tensor) => tensor.name.startsWith('batch/'))) {
    const [, update, member, place] = name.split('/');
    // written update by update, so that another place is another file's
    if (Number(update) > batches.length) return problem('GL7006', `the batches in '${folder.shown}/${FAILURE}' are not whole`);
    const batch = (batches[Number(update)] ??= {});
    const tensor = tf.tensor(data, [...shape], dtype);
    if (place === undefined) batch[member] = tensor;
    else batch[member] = [...((batch[member] as tf.Tensor[] | undefined) ?? []), tensor];
  }
  if (batches.length === 0) return problem('GL7006', `'${folder.shown}/${FAILURE}' holds no batch`);
  return { state: { ...rest, tensors: tensors.filter((tensor) => !tensor.name.startsWith('batch/')) }, batches: batches as unknown as readonly Batch[] };
}

/** As `trainOnce` asks for batches. */
export function updatesOf(dSteps: number): number {
  return dSteps > 1 ? dSteps + 1 : 1;
}
