import { fail } from '../../runtime/models/fail.ts';
import { planUpdates } from '../../runtime/trainer/plan.ts';
import type { Schedule } from '../../runtime/trainer/options.ts';
import type { GANTrainSteps } from '../types.ts';
import type { GANTrainOps } from './trainOps.ts';

/** TF-GAN's `GANTrainSteps`: updates of each player in a step. @throws SpecError GL5009 for what is no whole number, at least 0 */
export function ganTrainSteps(generatorTrainSteps: number, discriminatorTrainSteps: number): GANTrainSteps {
  for (const [name, steps] of Object.entries({ generatorTrainSteps, discriminatorTrainSteps })) {
    if (!Number.isSafeInteger(steps) || steps < 0) return fail('GL5009', `${name} is ${steps}: it must be a whole number, at least 0`);
  }
  return { generatorTrainSteps, discriminatorTrainSteps };
}

/** The losses of a step's updates, in order. */
export interface TrainLosses {
  readonly generator: readonly number[];
  readonly discriminator: readonly number[];
}

/** Runs the updates of one step: each player's in turn, or both players' together as long as both have any left. */
export async function runTrainSteps(trainOps: GANTrainOps, schedule: Schedule, trainSteps: GANTrainSteps): Promise<TrainLosses> {
  const { generatorTrainSteps, discriminatorTrainSteps } = ganTrainSteps(trainSteps.generatorTrainSteps, trainSteps.discriminatorTrainSteps);
  const losses = { generator: [] as number[], discriminator: [] as number[] };
  const ops = { generator: trainOps.generatorTrainOp, discriminator: trainOps.discriminatorTrainOp };
  for (const update of planUpdates({ schedule, steps: { generator: generatorTrainSteps, discriminator: discriminatorTrainSteps } })) {
    const values = await trainOps.run(update.map((player) => ops[player]));
    update.forEach((player, index) => losses[player].push(values[index]));
  }
  return losses;
}

export interface TrainStepResult {
  /** TF-GAN's return value: the losses of all updates of both players, added up. */
  readonly totalLoss: number;
  readonly shouldStop: boolean;
  readonly losses: TrainLosses;
}

/** One step of training on `trainOps`. `shouldStop` is asked after the step was counted. */
export type TrainStepFn = (trainOps: GANTrainOps, options?: { readonly shouldStop?: (globalStep: number) => boolean }) => Promise<TrainStepResult>;

/** TF-GAN's `get_sequential_train_steps`: a function that updates the generator, then the discriminator, and counts the step. */
export function getSequentialTrainSteps(trainSteps: GANTrainSteps = ganTrainSteps(1, 1)): TrainStepFn {
  return stepFn('sequential', trainSteps);
}

/**
 * The same in the order of TF-GAN's `get_joint_train_hooks`: updates of both players together, then those that only one player has
 * left. Players that are updated together see each other as they were before.
 */
export function getJointTrainSteps(trainSteps: GANTrainSteps = ganTrainSteps(1, 1)): TrainStepFn {
  return stepFn('joint', trainSteps);
}

function stepFn(schedule: Schedule, trainSteps: GANTrainSteps): TrainStepFn {
  return async (trainOps, { shouldStop = () => false } = {}) => {
    const losses = await runTrainSteps(trainOps, schedule, trainSteps);
    const globalStep = trainOps.globalStepIncOp();
    const totalLoss = [...losses.generator, ...losses.discriminator].reduce((sum, loss) => sum + loss, 0);
    return { totalLoss, shouldStop: shouldStop(globalStep), losses };
  };
}
