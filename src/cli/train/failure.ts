import * as tf from '@tensorflow/tfjs';
import { saveFailure } from '../../node/failure.ts';
import type { Run } from './run.ts';

/** Where a run keeps the step that failed. */
export const FAILURE = 'failure';

/** Keeps the step that was to come next. */
export async function keepFailure({ trainer, task, record, folder }: Run): Promise<void> {
  const step = trainer.stepCount;
  const batches = Array.from({ length: updatesOf(record().settings.dSteps) }, (_, update) => task.batchAt(step, update));
  try {
    await saveFailure(folder.path(FAILURE), trainer, batches);
  } finally {
    tf.dispose(batches.flatMap((batch) => Object.values(batch).flat() as tf.Tensor[]));
  }
}

/** As `trainOnce` asks for batches. */
function updatesOf(dSteps: number): number {
  return dSteps > 1 ? dSteps + 1 : 1;
}
