import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../objective.ts';
import type { PlanRequest } from '../../runtime/ahead/planStep.ts';
import { startBackend } from '../train/backend.ts';
import { loadNetworkModule, type NetworkModule, type NetworkOptions } from './networkModule.ts';

export interface PreparedStep {
  readonly module: NetworkModule;
  readonly request: PlanRequest;
  /** Frees the batch. */
  readonly release: () => void;
}

/**
 * Loads the networks of a command and a batch of theirs, on tfjs's cpu backend.
 *
 * @throws SpecError for networks and batches that do not fit
 */
export async function prepareStep(objective: Objective, options: NetworkOptions, cwd: string): Promise<PreparedStep> {
  await startBackend('cpu');
  const module = await loadNetworkModule(objective, options, cwd);
  const batch = module.batch(module.batchSize);
  const { generatorInputs } = batch;
  // what the generator starts from may be left to the step, which then draws it
  const noise = generatorInputs instanceof tf.Tensor && generatorInputs.rank === 2 ? { noise: generatorInputs.shape[1] } : {};
  return {
    module,
    request: {
      objective,
      networks: module.networks,
      options: { optimizers: module.optimizers(), steps: module.steps, seed: module.seed, params: module.params, hooks: module.hooks, ...noise },
      batch,
      math: objective.stages.typed.math,
    },
    release: () => tf.dispose(batch as never),
  };
}
