import * as tf from '@tensorflow/tfjs';
import type { Metrics } from '../../runtime/trainer/metrics.ts';
import type { Run } from './run.ts';

/** One step of a run, on the batch that belongs to it. */
export async function trainOnce({ trainer, task, record }: Pick<Run, 'trainer' | 'task' | 'record'>): Promise<Metrics> {
  const step = trainer.stepCount;
  if (record().settings.dSteps > 1) {
    let update = 0;
    return trainer.step(() => task.batchAt(step, update++));
  }
  const batch = task.batchAt(step, 0);
  try {
    return await trainer.step(batch);
  } finally {
    tf.dispose(Object.values(batch).flat() as tf.Tensor[]);
  }
}
