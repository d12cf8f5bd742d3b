import * as tf from '@tensorflow/tfjs';
import { invariant } from '../support/invariant.ts';
import { execute, type Observer, type Placement } from './execute.ts';
import { MODEL_ADAPTERS } from './models/adapters.ts';
import type { Hooks } from './functions/hooks.ts';
import { stepsDone, type Step } from './functions/steps.ts';
import { fail } from './models/fail.ts';
import type { Inputs, Networks, PlayerName } from './models/model.ts';
import type { BoundNetwork } from './networks.ts';
import type { RandomSource } from './random.ts';
import type { RunnableObjective } from './runnable.ts';
import type { StateAccess } from './state.ts';

/** One player's loss on one batch. All tensors are differentiable and belong to the caller. */
export interface PlayerLoss {
  /** What the player's variables descend, regularisation included; a scalar unless the reduction is `none`. */
  readonly loss: tf.Tensor;
  /** A cyclegan's losses by direction, as TF-GAN reports them; empty for other models. */
  readonly directions: Readonly<Record<string, tf.Tensor>>;
  /** Each term before its weight, by name; without those that are not computed in this step. */
  readonly terms: Readonly<Record<string, tf.Tensor>>;
}

export interface LossContext {
  readonly networks: Networks;
  readonly bound: Readonly<Record<string, BoundNetwork>>;
  /** The batch as graph inputs, fakes and declared inputs included. */
  readonly inputs: Inputs;
  readonly random: RandomSource;
  readonly params: Readonly<Record<string, number | tf.Tensor>>;
  readonly state: StateAccess;
  /** How many steps were done before this one. */
  readonly step: Step;
  readonly hooks: Hooks;
  readonly observe?: Observer;
  /** Told where what is computed comes from. */
  readonly at?: Placement;
}

/** Runs a player's part of the program. Call it inside tf.tidy. */
export function playerLoss(objective: RunnableObjective, player: PlayerName, context: LossContext): PlayerLoss {
  const fn = objective.program.functions.find(({ name }) => name === `${player}Loss`);
  invariant(fn !== undefined, `the program has no ${player}Loss`);
  const missing = fn.inputs.find((name) => context.inputs[name] === undefined);
  if (missing !== undefined) fail('GL5001', `the batch has no '${missing}', which the ${player}'s loss reads`);
  const outputs = execute(fn, { networks: context.bound, inputs: context.inputs, context }, context.observe);
  const group = (prefix: string) => Object.fromEntries(Object.entries(outputs).filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]));
  const penalties = regularisation(objective, player, context.networks);
  const directions = Object.fromEntries(Object.entries(group('loss.')).map(([name, loss]) => [name, plus(loss, penalties.filter(([direction]) => direction === name))]));
  return { loss: plus(outputs.loss, penalties), directions, terms: awake(objective, player, stepsDone(context.step), group('term.')) };
}

/** The terms that are computed in this step. */
function awake({ terms }: RunnableObjective, player: PlayerName, step: number, values: PlayerLoss['terms']): PlayerLoss['terms'] {
  const asleep = new Set(terms.filter((term) => term.player === player && step % term.every !== 0).map(({ name }) => name));
  return asleep.size === 0 ? values : Object.fromEntries(Object.entries(values).filter(([name]) => !asleep.has(name)));
}

/** What regularises a player's networks, by the direction they belong to; '' where there is but one. */
function regularisation(objective: RunnableObjective, player: PlayerName, networks: Networks): readonly (readonly [direction: string, penalty: tf.Tensor])[] {
  const adapter = MODEL_ADAPTERS[objective.model];
  if (!adapter.regularised) return [];
  return adapter.owned(networks, player).flatMap(({ name, network }) => {
    const penalties = network instanceof tf.LayersModel ? network.calculateLosses() : network.regularizationLosses?.() ?? [];
    const direction = name.includes('.') ? name.slice(0, name.indexOf('.')) : '';
    return penalties.map((penalty) => [direction, penalty] as const);
  });
}

function plus(loss: tf.Tensor, penalties: readonly (readonly [string, tf.Tensor])[]): tf.Tensor {
  return penalties.reduce((sum, [, penalty]) => tf.add(sum, penalty), loss);
}
