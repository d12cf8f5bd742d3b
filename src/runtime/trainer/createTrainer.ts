import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../gradients/installGradients.ts';
import { requireHooks } from '../functions/hooks.ts';
import { adviseNetworks } from './adviseNetworks.ts';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import { fail } from '../models/fail.ts';
import type { Batch, GeneratorInputs, Networks } from '../models/model.ts';
import type { RunnableObjective } from '../runnable.ts';
import type { Trial } from './evaluatePlayer.ts';
import { checkBatch } from './checkBatch.ts';
import { createMemory } from './memory.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { randomOf, resolveOptions, type TrainerOptions } from './options.ts';
import { changeParams, type Params } from './params.ts';
import { planUpdates } from './plan.ts';
import { bindPlayers } from './players.ts';
import { createQueue } from './queue.ts';
import { createSteps } from './createSteps.ts';
import { snapshotVariables } from './snapshot.ts';
import { allOrNothing } from './tapeSteps.ts';
import { checkState, readOptimizers, readTensors, writeTensors, type TrainerState } from './trainerState.ts';

/**
 * A batch, or a function that makes one for each update. A batch that is given stays the caller's; what a function returns is
 * disposed after its update, except tensors under tf.keep.
 */
export type BatchSource = Batch | (() => Batch | Promise<Batch>);

export interface SampleOptions {
  /** Whether the moving average of the weights is used; by default where there is one. */
  readonly ema?: boolean;
  /** What conditions the generator beside its inputs: a stargan's target domains, one-hot [N, K]. */
  readonly condition?: tf.Tensor;
  /** Which of a cyclegan's generators; 'x2y' by default. */
  readonly direction?: 'x2y' | 'y2x';
}

/** Trains a pair of networks (a cyclegan's two pairs) on an objective. */
export interface Trainer {
  /**
   * One step: each player's updates as the schedule says. Steps started while another is under way wait for it. A step that fails
   * changes nothing: weights, optimisers, pools, averages, state and counters are as before.
   *
   * @throws SpecError GL6001 when a loss or gradient is not finite (onNaN 'throw'), GL50xx for a batch that does not fit, and what the
   * networks throw
   */
  readonly step: (batch: BatchSource) => Promise<Metrics>;
  /** Sets a param from the next step on. @throws SpecError GL5009, changing nothing, for what `params` does not allow */
  readonly setParam: (name: string, value: number) => void;
  /** The params as they are now. */
  readonly params: Params;
  /** How many steps are done. */
  readonly stepCount: number;
  /**
   * What the generator makes in inference mode of its inputs (a cyclegan's of images), or of `count` standard normals, which are the
   * same at every call. The caller owns the tensor.
   */
  readonly sample: (from: number | GeneratorInputs, options?: SampleOptions) => tf.Tensor;
  /** Runs a synchronous function with the moving average in place of the generator's variables. */
  readonly withEma: <T>(run: () => T) => T;
  /** Everything that training depends on, as plain data, once steps under way are done. */
  readonly state: () => Promise<TrainerState>;
  /**
   * Takes a state over, its seed and params included: training goes on bit for bit as it would have where the state was taken.
   *
   * @throws SpecError GL7007, changing nothing, for a state of another objective, other networks or optimisers
   */
  readonly restore: (state: TrainerState) => Promise<void>;
  /**
   * Makes the networks' variables, the optimisers and the trainer's own memory hold what training has come to. Compiled steps keep all
   * that elsewhere; a variable that is read is brought up to date by itself, an optimiser's slots and a restored state are not.
   */
  readonly sync: () => void;
  /** `captured` where steps, or parts of them, are compiled; `tape` where tfjs's tape takes all of them. */
  readonly mode: 'captured' | 'tape';
  /** Why something runs on the tape that could be compiled; null where nothing does. */
  readonly fallback: string | null;
  /** Frees the trainer's own tensors and its gradient rules; networks and optimisers stay the caller's. */
  readonly dispose: () => void;
}

/**
 * Makes a trainer. Installs the corrected gradients until it is disposed.
 *
 * @throws SpecError GL5001 for missing networks, variables or hooks, GL5009 for options and params that are refused
 */
export function createTrainer(objective: RunnableObjective, networks: Networks, options: TrainerOptions): Trainer {
  let settings = resolveOptions(options);
  requireHooks(settings.hooks, objective.hooks);
  const players = bindPlayers(objective.model, networks, options);
  for (const { code, message, hint } of adviseNetworks(objective, networks, settings.training)) settings.warn(`${code}: ${message}; ${hint}`);
  const updates = planUpdates(settings);
  let params = changeParams(objective, objective.params, options.params ?? {});
  let stepCount = 0;
  let disposed = false;
  const queue = createQueue();
  const memory = createMemory();
  if (settings.ema !== null) memory.set({ ema: players.generator.variables.map(memory.adopt) });
  const uninstall = installGradients();

  const steps = createSteps({ pooled: objective.pool !== null && Math.trunc(objective.pool.size) > 0, players, updates, memory, settings });

  const requireLive = (): void => {
    if (disposed) throw new Error('the trainer has been disposed');
  };

  async function step(source: BatchSource): Promise<Metrics> {
    requireLive();
    const start = performance.now();
    const number = stepCount + 1;
    const stepParams = params;
    const { reports, skipped } = await steps.run({
      withBatch: (use) => withBatch(source, use),
      trial: (batch, update): Trial => ({ objective, networks, settings, params: stepParams, memory, batch, step: number, update }),
    });
    stepCount = number;
    return createMetrics(objective, stepParams, { step: number, ms: performance.now() - start, reports, skipped });
  }

  async function readState(): Promise<TrainerState> {
    requireLive();
    steps.sync();
    const owner = { players, memory };
    return {
      model: objective.model,
      fingerprint: objective.fingerprint,
      step: stepCount,
      seed: settings.seed,
      params: { ...params },
      optimizers: readOptimizers(owner),
      tensors: await readTensors(owner),
    };
  }

  async function restore(state: TrainerState): Promise<void> {
    requireLive();
    if (state.model !== objective.model) return fail('GL7007', `the checkpoint is of a ${state.model}, the objective of a ${objective.model}`);
    if (state.fingerprint !== objective.fingerprint) return fail('GL7007', 'the checkpoint is of another objective', describeDifference(state.fingerprint, objective.fingerprint));
    const restored = changeParams(objective, objective.params, state.params);
    checkState({ players, memory }, state);
    steps.sync();
    await allOrNothing(players, memory, async () => writeTensors({ players, memory }, state));
    params = restored;
    settings = { ...settings, seed: state.seed };
    stepCount = state.step;
  }

  const withEma = <T>(run: () => T): T => {
    requireLive();
    steps.sync();
    const { ema } = memory.contents();
    if (ema === null) return fail('GL5009', 'the trainer keeps no moving average', 'ema: 0.999');
    const { variables } = players.generator;
    const trained = snapshotVariables(variables);
    variables.forEach((variable, index) => variable.assign(ema[index]));
    try {
      const result = run();
      if (result instanceof Promise) return fail('GL5009', 'withEma runs synchronous functions only: the average would be gone before the rest of this one runs');
      return result;
    } finally {
      trained.restore();
    }
  };

  const generate = (from: number | GeneratorInputs, { direction = 'x2y', condition }: SampleOptions): tf.Tensor =>
    tf.tidy(() => {
      const bound = MODEL_ADAPTERS[objective.model].bind(networks, { training: false, codes: [] });
      const generator = direction === 'y2x' ? (bound.F ?? fail('GL5009', 'only a cyclegan has a direction y2x')) : bound.G;
      // a list goes in as it is: a model takes it as its inputs
      return generator((typeof from === 'number' ? drawInputs(from) : from) as tf.Tensor, condition);
    });

  const drawInputs = (count: number): tf.Tensor => {
    if (settings.noise === null) return fail('GL5001', 'a number of samples needs to know what the generator starts from', 'give the inputs, or the width of its normals to the trainer: noise: 64');
    return randomOf(settings, 'sample', 0).normal('z', [count, settings.noise]);
  };

  return {
    step: (source) => queue.run(() => step(source)),
    setParam(name, value) {
      params = changeParams(objective, params, { [name]: value });
    },
    get params() {
      return params;
    },
    get stepCount() {
      return stepCount;
    },
    sample(from, sampleOptions = {}) {
      requireLive();
      steps.sync();
      const averaged = sampleOptions.ema ?? settings.ema !== null;
      return averaged ? withEma(() => generate(from, sampleOptions)) : generate(from, sampleOptions);
    },
    withEma,
    state: () => queue.run(readState),
    restore: (state) => queue.run(() => restore(state)),
    sync() {
      requireLive();
      steps.sync();
    },
    get mode() {
      return steps.mode();
    },
    get fallback() {
      return steps.fallback();
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      // a step under way still needs them
      void queue.run(async () => {
        steps.dispose();
        memory.dispose();
        uninstall();
      });
    },
  };
}

async function withBatch(source: BatchSource, use: (batch: Batch) => Promise<void>): Promise<void> {
  if (typeof source !== 'function') {
    checkBatch(source);
    return use(source);
  }
  const batch = await source();
  try {
    checkBatch(batch);
    await use(batch);
  } finally {
    const tensors = Object.values(batch ?? {}).flatMap((value) => [value ?? []].flat() as tf.Tensor[]);
    for (const tensor of tensors) if (tensor instanceof tf.Tensor && !tensor.kept && !(tensor instanceof tf.Variable)) tensor.dispose();
  }
}

/** The first lines in which two texts differ. */
function describeDifference(saved: string, here: string): string {
  const [left, right] = [saved.split('\n'), here.split('\n')];
  const line = left.findIndex((text, index) => text !== right[index]);
  const at = line < 0 ? left.length : line;
  return `it has '${left[at]?.trim() ?? 'nothing'}' where this one has '${right[at]?.trim() ?? 'nothing'}'`;
}
