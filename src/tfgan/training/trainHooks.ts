import type { Schedule } from '../../runtime/trainer/options.ts';
import type { GANTrainSteps } from '../types.ts';
import type { GANTrainOps } from './trainOps.ts';
import { ganTrainSteps, runTrainSteps, type TrainLosses } from './trainSteps.ts';

/** Something that `ganTrain` does before it counts a step, in the place of TensorFlow's SessionRunHook. */
export interface TrainHook {
  /** @returns the losses of the updates it ran, if any */
  readonly beforeRun: () => Promise<TrainLosses | void> | void;
}

export type GetHooksFn = (trainOps: GANTrainOps) => readonly TrainHook[];

/** TF-GAN's `get_sequential_train_hooks`: in each step the generator's updates, then the discriminator's. */
export function getSequentialTrainHooks(trainSteps: GANTrainSteps = ganTrainSteps(1, 1)): GetHooksFn {
  return (trainOps) => [hook(trainOps, 'sequential', trainSteps)];
}

/** TF-GAN's `get_joint_train_hooks`: updates of both players together, then those that only one player has left. */
export function getJointTrainHooks(trainSteps: GANTrainSteps = ganTrainSteps(1, 1)): GetHooksFn {
  return (trainOps) => [hook(trainOps, 'joint', trainSteps)];
}

function hook(trainOps: GANTrainOps, schedule: Schedule, trainSteps: GANTrainSteps): TrainHook {
  return { beforeRun: () => runTrainSteps(trainOps, schedule, trainSteps) };
}
