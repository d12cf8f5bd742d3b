import * as tf from '@tensorflow/tfjs';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import { fail } from '../models/fail.ts';
import type { ModelKind, Networks, PlayerName } from '../models/model.ts';
import { variablesOf, type Network } from '../networks.ts';
import { PLAYERS, type PlayerOptimizers, type TrainerOptions } from './options.ts';

/** One of the user's networks with its state. */
export interface OwnedNetwork {
  /** `generator`, `x2y.generator` */
  readonly name: string;
  /** All its variables, those that are not trained (BatchNorm's averages) among them. */
  readonly weights: readonly tf.Variable[];
}

/** An optimiser and what it updates, in a fixed order: tfjs's optimisers keep slots by position. */
export interface OptimizerGroup {
  readonly name: string;
  readonly optimizer: tf.Optimizer;
  readonly variables: readonly tf.Variable[];
}

export interface Player {
  readonly name: PlayerName;
  readonly networks: readonly OwnedNetwork[];
  /** What its loss is differentiated by, group after group. */
  readonly variables: readonly tf.Variable[];
  /** Variables that only forward passes change. */
  readonly untrained: readonly tf.Variable[];
  readonly groups: readonly OptimizerGroup[];
}

export type Players = { readonly [P in PlayerName]: Player };

/** Finds each player's variables and who updates them. */
export function bindPlayers(model: ModelKind, networks: Networks, options: TrainerOptions): Players {
  const players: Players = { generator: bindPlayer('generator', model, networks, options), discriminator: bindPlayer('discriminator', model, networks, options) };
  const optimizers = PLAYERS.flatMap((player) => players[player].groups);
  optimizers.forEach(({ name, optimizer }, index) => {
    const other = optimizers.findIndex((group) => group.optimizer === optimizer);
    if (other < index) fail('GL5009', `${optimizers[other].name} and ${name} share an optimizer`, 'optimizers keep state for the variables they update: make one for each');
  });
  return players;
}

function bindPlayer(name: PlayerName, model: ModelKind, networks: Networks, { optimizers, variables, steps }: TrainerOptions): Player {
  const owned = MODEL_ADAPTERS[model].owned(networks, name).map(({ name: networkName, network }) => ({ name: networkName, weights: weightsOf(networkName, network, variables) }));
  for (const { name: networkName, weights } of owned) {
    if (weights.some(isTrained) || steps?.[name] === 0) continue;
    fail('GL5001', `the ${networkName} has no variables to train`, 'a model must be built (give its first layer an inputShape); a function needs its variables: in the option variables, or as its property');
  }
  const trained = (list: readonly OwnedNetwork[]) => [...new Set(list.flatMap(({ weights }) => weights.filter(isTrained)))];
  const groups = isPerDirection(optimizers)
    ? owned.map((network): OptimizerGroup => {
        const direction = network.name.startsWith('y2x') ? 'y2x' : 'x2y';
        if (model !== 'cyclegan') fail('GL5009', 'only a cyclegan has optimizers for x2y and y2x', '{ generator, discriminator }');
        return { name: network.name, optimizer: optimizerOf(optimizers[direction], name, `${direction}.`), variables: trained([network]) };
      })
    : [{ name, optimizer: optimizerOf(optimizers, name, ''), variables: trained(owned) }];
  return {
    name,
    networks: owned,
    variables: groups.flatMap((group) => group.variables),
    untrained: [...new Set(owned.flatMap(({ weights }) => weights.filter((weight) => !isTrained(weight))))],
    groups,
  };
}

function isTrained(variable: tf.Variable): boolean {
  return variable.trainable;
}

function isPerDirection(optimizers: TrainerOptions['optimizers']): optimizers is { readonly x2y: PlayerOptimizers; readonly y2x: PlayerOptimizers } {
  return 'x2y' in optimizers;
}

function optimizerOf(optimizers: PlayerOptimizers | undefined, player: PlayerName, prefix: string): tf.Optimizer {
  return optimizers?.[player] ?? fail('GL5009', `the trainer's option 'optimizers.${prefix}${player}' is missing`, 'any of tf.train, for example tf.train.adam(1e-4, 0.5, 0.9)');
}

function weightsOf(name: string, network: Network, variables: TrainerOptions['variables']): readonly tf.Variable[] {
  if (network instanceof tf.LayersModel) return variablesOf(network) ?? [];
  return variables?.[name] ?? variablesOf(network) ?? [];
}
