import * as tf from '@tensorflow/tfjs';
import { requireHooks, type Hooks } from './functions/hooks.ts';
import { stopGradient } from './functions/losses.ts';
import { MODEL_ADAPTERS } from './models/adapters.ts';
import { fail } from './models/fail.ts';
import type { Batch, GeneratorInputs, Inputs, Networks, PlayerName, Sampler } from './models/model.ts';
import { playerLoss } from './playerLoss.ts';
import { anySeed, createRandom, type RandomSource } from './random.ts';
import type { RunnableObjective } from './runnable.ts';
import type { StateAccess } from './state.ts';
import { changeParams } from './trainer/params.ts';

export interface LossOptions {
  /** Seeds every draw (alpha of a gradient penalty, StarGAN's targets); another at each call where it is left out. */
  readonly seed?: number;
  /** In place of a seed: a source of one's own. */
  readonly random?: RandomSource;
  /** Values of params that differ from their defaults. */
  readonly params?: Readonly<Record<string, number>>;
  /** Width of the standard normals that are drawn where the batch has no generatorInputs. */
  readonly noise?: number;
  /** Whether layers run in training mode; true unless given. */
  readonly training?: boolean;
  /** How many steps of training are behind: schedules and `every` go by it; 0 unless given. */
  readonly step?: number;
  /** The user's functions that the objective calls, by name. */
  readonly hooks?: Hooks;
  /** The variables of networks that are functions, by `generator`, `discriminator`, `x2y.generator` …; in place of their property `variables`. */
  readonly variables?: Readonly<Record<string, readonly tf.Variable[]>>;
  /** Moving averages and pools of terms that keep state. Without it they start afresh at each call. */
  readonly state?: StateAccess;
}

/** Losses of a batch as tensors; which scalars they are, `PlayerLoss` says. */
export interface Losses {
  readonly generator: tf.Tensor;
  readonly discriminator: tf.Tensor;
  /** Each term before its weight, by player. */
  readonly terms: { readonly [P in PlayerName]: Readonly<Record<string, tf.Tensor>> };
  /** A cyclegan's losses by direction and player. */
  readonly directions: { readonly [P in PlayerName]: Readonly<Record<string, tf.Tensor>> };
}

/** The losses of the players asked for; the others' are zero. The caller owns the tensors: call it inside tf.tidy. */
export function computeLosses(objective: RunnableObjective, networks: Networks, batch: Batch, players: readonly PlayerName[], options: LossOptions = {}): Losses {
  const random = options.random ?? createRandom(options.seed ?? anySeed(), 'losses');
  const adapter = MODEL_ADAPTERS[objective.model];
  const given = { ...adapter.inputs(batch, createSampler(random, options.noise ?? null)), ...declaredInputs(objective, batch) };
  const codes = (given.codes ?? []) as readonly tf.Tensor[];
  const bound = adapter.bind(networks, { training: options.training ?? true, codes, variables: options.variables });
  const hooks = options.hooks ?? {};
  requireHooks(hooks, objective.hooks);
  const fakes = adapter.fakes(bound, given);
  const params = changeParams(objective, objective.params, options.params ?? {});
  const state = options.state ?? forgetfulState;
  const step = options.step ?? 0;
  if (!Number.isSafeInteger(step) || step < 0) return fail('GL5009', `the step must be a whole number of at least 0, not ${step}`);
  const lossOf = (player: PlayerName) => {
    if (!players.includes(player)) return { loss: tf.scalar(0), terms: {}, directions: {} };
    const inputs = player === 'generator' ? { ...given, ...fakes } : pooledInputs(objective.model, given, stopFakes(fakes));
    return playerLoss(objective, player, { networks, bound, inputs, random, params, state, step, hooks });
  };
  const [generator, discriminator] = [lossOf('generator'), lossOf('discriminator')];
  return {
    generator: generator.loss,
    discriminator: discriminator.loss,
    terms: { generator: generator.terms, discriminator: discriminator.terms },
    directions: { generator: generator.directions, discriminator: discriminator.directions },
  };
}

/** The graph inputs of a discriminator when nothing is pooled: what a pool would have shown is the batch itself. */
export function pooledInputs(model: RunnableObjective['model'], given: Inputs, fakes: Readonly<Record<string, tf.Tensor>>): Inputs {
  const all: Inputs = { ...given, ...fakes };
  const renamed = MODEL_ADAPTERS[model].pooled.flat().map(([from, to]) => [to, all[from]]);
  return { ...all, ...Object.fromEntries(renamed) };
}

/** The discriminator's loss does not reach into the generator. */
function stopFakes(fakes: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, tf.Tensor>> {
  return Object.fromEntries(Object.entries(fakes).map(([name, fake]) => [name, stopGradient(fake)]));
}

/** The inputs that the specification declares, out of the batch. */
export function declaredInputs(objective: RunnableObjective, batch: Batch): Inputs {
  return Object.fromEntries(
    objective.inputs.map((name) => {
      const value = batch[name];
      return [name, value instanceof tf.Tensor ? value : fail('GL5001', `the batch has no '${name}', which the objective declares as an input`)];
    }),
  );
}

/** Draws what a batch leaves out. */
export function createSampler(random: RandomSource, noise: number | null): Sampler {
  return {
    noise: noise === null ? null : (batchSize): GeneratorInputs => random.normal('noise', [batchSize, noise]),
    oneHot: (batchSize, classes) => tf.tidy(() => tf.cast(tf.oneHot(tf.cast(tf.floor(tf.mul(random.uniform('target', [batchSize]), classes)), 'int32'), classes), 'float32')),
  };
}

/** State that is never written: what a single evaluation without a trainer sees. */
export const forgetfulState: StateAccess = {
  read: (_key, initial) => initial,
  write: () => undefined,
  pool: (_key, value) => value,
};
