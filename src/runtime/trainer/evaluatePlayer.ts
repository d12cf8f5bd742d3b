import * as tf from '@tensorflow/tfjs';
import type { Observer } from '../execute.ts';
import { withLayerDraws } from '../capture/layerDraws.ts';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import type { Batch, Inputs, Networks, PlayerName, Sampler } from '../models/model.ts';
import { flattenNest, packNest, type Nest } from '../nest.ts';
import { playerLoss, type PlayerLoss } from '../playerLoss.ts';
import type { RandomSource } from '../random.ts';
import type { RunnableObjective } from '../runnable.ts';
import { tensorPool } from '../tensorPool.ts';
import { differentiate } from './differentiate.ts';
import type { Memory } from './memory.ts';
import { layerSource } from './layerSource.ts';
import { randomOf, type Settings } from './options.ts';
import type { Params } from './params.ts';
import type { Player } from './players.ts';
import { share } from './share.ts';
import { createTermState } from './termState.ts';

/** One evaluation of a player's loss: everything that its result depends on. */
export interface Trial {
  readonly objective: RunnableObjective;
  readonly networks: Networks;
  readonly settings: Settings;
  readonly params: Params;
  readonly memory: Memory;
  readonly batch: Batch;
  readonly step: number;
  /** Which of the step's updates: with the seed and the step it names all random draws. */
  readonly update: number;
}

export interface Evaluation {
  /** For each of the player's variables; null where the loss does not depend on it. */
  readonly gradients: readonly (tf.Tensor | null)[];
  /** The numbers of `labels`, and after them the sum of each gradient there is, unless NaN is ignored. */
  readonly report: tf.Tensor;
  /** `loss`, `loss.x2y`, `term.gp` */
  readonly labels: readonly string[];
  /** What the generators made, by graph input; for a joint update's other player. */
  readonly fakes: Fakes;
}

type Fakes = Readonly<Record<string, tf.Tensor>>;

/** The graph inputs that are made by generators (`fakes` of the model adapters). */
const FAKES: ReadonlySet<string> = new Set(['fake', 'fake_x', 'fake_y']);

/**
 * A player's loss on a batch and its gradients. The generator's samples are made inside the tape for its own loss and outside for
 * the discriminator's. Changes the memory (pools, term state); the caller owns the tensors of the result.
 */
export function evaluatePlayer(trial: Trial, player: Player, fakes: Fakes | null): Evaluation {
  const made: { report: tf.Tensor | null; labels: readonly string[]; fakes: Fakes } = { report: null, labels: [], fakes: {} };
  // layers may be frozen and freed while training goes on
  const trained = player.variables.filter((variable) => variable.trainable);
  let reached: readonly boolean[] = [];
  try {
    const [report, ...gradients] = tf.tidy(() => {
      const loss = prepareLoss(trial, player.name, fakes);
      const differentiated = differentiate(() => {
        const { result, fakes: generated } = loss();
        const values = reportedValues(result);
        made.labels = values.map(([label]) => label);
        made.report = tf.keep(tf.concat(values.map(([, value]) => asOneNumber(value))));
        if (player.name === 'generator') made.fakes = Object.fromEntries(Object.entries(generated).map(([name, fake]) => [name, share(fake)]));
        return result.loss;
      }, trained);
      reached = differentiated.gradients.map((gradient) => gradient !== null);
      const present = differentiated.gradients.filter((gradient) => gradient !== null);
      // a sum is finite only if all that it adds is: one number a gradient tells
      const checked = trial.settings.onNaN === 'ignore' ? [] : present.map(asOneNumber);
      return [tf.concat([made.report as tf.Tensor, ...checked]), ...present];
    });
    const byVariable = new Map(trained.filter((_, index) => reached[index]).map((variable, index) => [variable, gradients[index]]));
    return { gradients: player.variables.map((variable) => byVariable.get(variable) ?? null), report, labels: made.labels, fakes: made.fakes };
  } catch (error) {
    tf.dispose(made.fakes);
    throw error;
  } finally {
    made.report?.dispose();
  }
}

function asOneNumber(value: tf.Tensor): tf.Tensor {
  const number = value.rank === 0 ? value : tf.sum(value);
  return tf.reshape(number.dtype === 'float32' ? number : tf.cast(number, 'float32'), [1]);
}

/** The same loss once more, without gradients, each value shown to `observe`. */
export function observePlayer(trial: Trial, player: Player, fakes: Fakes | null, observe: Observer): void {
  tf.tidy(() => {
    prepareLoss(trial, player.name, fakes)(observe);
  });
}

export function disposeEvaluation({ gradients, report, fakes }: Evaluation): void {
  for (const gradient of gradients) gradient?.dispose();
  report.dispose();
  tf.dispose(fakes);
}

/** What an update reports: the loss first. */
export function reportedValues({ loss, directions, terms }: PlayerLoss): readonly (readonly [string, tf.Tensor])[] {
  const named = (prefix: string, group: Fakes) => Object.entries(group).map(([name, value]) => [`${prefix}.${name}`, value] as const);
  return [['loss', loss], ...named('loss', directions), ...named('term', terms)];
}

/** Whether the generators run for a player's loss. */
export function needsFakes({ program, pool }: RunnableObjective, player: PlayerName): boolean {
  const reads = program.functions.find(({ name }) => name === `${player}Loss`)?.inputs ?? [];
  return (player === 'discriminator' && pool !== null) || reads.some((name) => FAKES.has(name));
}

type Loss = (observe?: Observer) => { readonly result: PlayerLoss; readonly fakes: Fakes };

/** Everything before the tape; the result is what belongs on it. */
function prepareLoss(trial: Trial, player: PlayerName, givenFakes: Fakes | null): Loss {
  const { objective, networks, settings, params, batch, step, update } = trial;
  const adapter = MODEL_ADAPTERS[objective.model];
  const samples = randomOf(settings, `samples/${update}`, step);
  const given = adapter.inputs(batch, createSampler(settings, samples));
  const declared = Object.fromEntries(objective.inputs.map((name) => [name, batch[name]]));
  const codes = (given.codes ?? []) as readonly tf.Tensor[];
  const bound = adapter.bind(networks, { training: settings.training, codes, variables: settings.variables });
  const pooled = player === 'discriminator' && objective.pool !== null;
  const makesFakes = needsFakes(objective, player);
  // the samples are the same for both players, dropout in the generator included
  const make = (): Fakes => givenFakes ?? (makesFakes ? withLayerDraws(layerSource(samples), () => adapter.fakes(bound, given)) : {});

  const evaluate = (inputs: Inputs, observe: Observer | undefined): PlayerLoss => {
    const random = randomOf(settings, `${player}/${update}`, step);
    const state = createTermState(trial.memory, random);
    const context = { networks, bound, inputs, random, params, state, step: step - 1, hooks: settings.hooks, observe };
    const result = withLayerDraws(layerSource(random), () => playerLoss(objective, player, context));
    state.commit();
    return result;
  };
  if (player === 'generator') {
    return (observe) => {
      const fakes = make();
      return { result: evaluate({ ...declared, ...given, ...fakes }, observe), fakes };
    };
  }
  const fakes = make();
  const inputs: Inputs = { ...declared, ...given, ...fakes };
  const seen = pooled ? { ...inputs, ...poolInputs(trial, inputs, samples) } : inputs;
  return (observe) => ({ result: evaluate(seen, observe), fakes });
}

/** What the discriminator sees of the inputs that its pools keep. Changes the memory. */
export function poolInputs({ objective, memory }: Trial, inputs: Inputs, random: RandomSource): Inputs {
  const { pool } = objective;
  if (pool === null || Math.trunc(pool.size) === 0) return sameInputs(objective, inputs);
  const before = memory.contents().pools;
  const seen: Record<string, unknown> = {};
  const pools = MODEL_ADAPTERS[objective.model].pooled.map((group, index) => {
    const nest = group.map(([from]) => inputs[from] as Nest);
    const draws = random.numbers(`pool/${index}`, 2);
    let next = 0;
    const { items, output } = tensorPool(before[index] ?? [], flattenNest(nest).map(memory.adopt), pool, () => draws[next++]);
    packNest<readonly Nest[]>(nest, output).forEach((value, place) => {
      seen[group[place][1]] = value;
    });
    return items;
  });
  memory.set({ pools });
  return seen;
}

/** A pool of size 0 shows every input as it is. */
export function sameInputs({ model }: RunnableObjective, inputs: Inputs): Inputs {
  return Object.fromEntries(MODEL_ADAPTERS[model].pooled.flat().map(([from, to]) => [to, inputs[from]]));
}

/** Draws what a batch leaves out, as tensors. */
export function createSampler({ noise }: Settings, random: RandomSource): Sampler {
  return {
    noise: noise === null ? null : (batchSize) => random.normal('z', [batchSize, noise]),
    oneHot: (batchSize, classes) => {
      const numbers = random.numbers('target', batchSize);
      return tf.oneHot(tf.tensor1d([...numbers].map((number) => Math.floor(number * classes)), 'int32'), classes);
    },
  };
}
