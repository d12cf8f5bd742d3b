import { fail } from '../../runtime/models/fail.ts';
import type { SummaryWriter } from '../summaryWriter/createSummaryWriter.ts';
import { getSequentialTrainHooks, type GetHooksFn, type TrainHook } from './trainHooks.ts';
import type { GANTrainOps } from './trainOps.ts';
import type { TrainLosses } from './trainSteps.ts';

export interface GANTrainOptions {
  /** Steps to do; without it training goes on until `shouldStop` says so. */
  readonly steps?: number;
  /** Asked after each step. */
  readonly shouldStop?: (globalStep: number) => boolean;
  /** What a step does; `getSequentialTrainHooks()` by default. */
  readonly getHooksFn?: GetHooksFn;
  /** Further hooks; they run before those of `getHooksFn`. */
  readonly hooks?: readonly TrainHook[];
  /** Called after each step. */
  readonly onStep?: (step: TrainStep) => void | Promise<void>;
  /** Where the losses' summaries go (the `summaries` of the loss): written with the first step and each `saveSummariesSteps` after it. */
  readonly summaryWriter?: SummaryWriter;
  /** 100 by default, as in TF-GAN. */
  readonly saveSummariesSteps?: number;
}

export interface TrainStep {
  readonly globalStep: number;
  /** Of the step's updates, each from before the update. */
  readonly losses: TrainLosses;
}

/**
 * TF-GAN's `gan_train`: trains step by step. Where TF-GAN's session saves checkpoints, save the networks in `onStep`.
 *
 * @returns the global step in the end, or null where no step was done
 * @throws SpecError GL5009 where nothing says when to stop
 */
export async function ganTrain(trainOps: GANTrainOps, options: GANTrainOptions): Promise<number | null> {
  const { steps = Infinity, shouldStop, getHooksFn = getSequentialTrainHooks(), onStep, summaryWriter, saveSummariesSteps = 100 } = options;
  if (steps === Infinity && shouldStop === undefined) return fail('GL5009', 'ganTrain is not told when to stop', 'give it steps, or shouldStop');
  const hooks = [...(options.hooks ?? []), ...getHooksFn(trainOps)];
  let globalStep: number | null = null;
  for (let done = 0; done < steps; done += 1) {
    const losses = await runHooks(hooks);
    globalStep = trainOps.globalStepIncOp();
    if (done % saveSummariesSteps === 0) await summaryWriter?.flush(globalStep);
    else summaryWriter?.discard();
    await onStep?.({ globalStep, losses });
    if (shouldStop?.(globalStep)) break;
  }
  return globalStep;
}

async function runHooks(hooks: readonly TrainHook[]): Promise<TrainLosses> {
  const losses = { generator: [] as number[], discriminator: [] as number[] };
  for (const hook of hooks) {
    const ran = await hook.beforeRun();
    losses.generator.push(...(ran?.generator ?? []));
    losses.discriminator.push(...(ran?.discriminator ?? []));
  }
  return losses;
}
