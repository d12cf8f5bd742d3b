import * as tf from '@tensorflow/tfjs';
import type { Player } from '../../src/dsl/ast.ts';
import type { Objective } from '../../src/index.ts';
import { evaluateEquation, type Environment } from '../../src/ir/evaluate.ts';
import type { Graph, ValueId } from '../../src/ir/graph.ts';
import { withNumericGradient } from '../../src/ir/numericGradient.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { arrayValue, type Value } from '../../src/ir/values.ts';
import type { Hooks } from '../../src/runtime/functions/hooks.ts';
import { normals, uniforms } from '../../src/runtime/random.ts';
import { differentiate } from '../../src/runtime/trainer/differentiate.ts';
import { initialWeights, listWeights, weightArrays, moved, type Weights } from './network.ts';
import type { World } from './world.ts';

export const PLAYERS: readonly Player[] = ['generator', 'discriminator'];
export const SEED = 7;
/** In the middle of the schedules, and a step of every second and third. */
export const STEP = 6;
const PARAMS: Readonly<Record<string, number>> = { k: 0.7, j: 2 };

/** The same function as in `environmentOf`. */
export const HOOKS: Hooks = { augment: (x, random) => tf.add(tf.tanh(x), tf.mul(0.3, random.normal('noise', x.shape))) };

/** What one player's side of an objective comes to on one batch. */
export interface Outcome {
  /** `loss`, `loss.x2y`, `term.gp`, …; each element of it. */
  readonly values: ReadonlyMap<string, readonly number[]>;
  /** The gradient of the loss's sum by the player's variables, in their order. */
  readonly gradient: readonly number[];
}

/** The objective's own losses, on tfjs. */
export function runtimeOutcome(objective: Objective, world: World, player: Player): Outcome {
  return outcome(world, player, () => {
    const losses = objective.losses(world.networks, world.batch, { seed: SEED, step: STEP, hooks: HOOKS });
    const group = (prefix: string, values: Readonly<Record<string, tf.Tensor>>) => Object.entries(values).map(([name, value]): [string, tf.Tensor] => [`${prefix}.${name}`, value]);
    return [['loss', losses[player]], ...group('loss', losses.directions[player]), ...group('term', losses.terms[player])];
  });
}

/** Runs a player's losses on the tape and takes the gradient of the sum of the first. */
export function outcome(world: World, player: Player, run: () => readonly (readonly [string, tf.Tensor])[]): Outcome {
  const variables = world.variables[player];
  tf.engine().startScope();
  try {
    let values: readonly (readonly [string, tf.Tensor])[] = [];
    const { gradients } = differentiate(() => {
      values = run().map(([name, value]) => [name, tf.keep(value)]);
      return tf.sum(values[0][1]);
    }, variables);
    const numbers = new Map(values.map(([name, value]) => [name, Array.from(value.dataSync())]));
    tf.dispose(values.map(([, value]) => value));
    const gradient = gradients.flatMap((slope, index) => (slope === null ? Array<number>(variables[index].size).fill(0) : Array.from(slope.dataSync())));
    return { values: numbers, gradient };
  } finally {
    tf.engine().endScope();
  }
}

/** A direction in the space of a player's weights: one number for each, in the order of its variables. */
export function directionOf(world: World, player: Player): { readonly byNetwork: ReadonlyMap<string, Weights>; readonly flat: readonly number[] } {
  const byNetwork = new Map(
    world.owned[player].map((name) => {
      const weights = world.weights.get(name)!;
      const heads = [{ name: 'all', shape: [weights.offset.data.length] }];
      const direction = initialWeights({ name: `direction of ${name}`, inputs: weights.data.shape[0], condition: weights.condition.shape[0], heads, returns: 'single', activation: 'tanh' }, 99);
      return [name, direction];
    }),
  );
  return { byNetwork, flat: [...byNetwork.values()].flatMap((direction) => listWeights(direction).flatMap((data) => Array.from(data))) };
}

function environmentOf(world: World, weights: ReadonlyMap<string, Weights>, step: number): Environment {
  const environment: Environment = {
    networks: world.reference(weights),
    step: STEP,
    params: new Map(Object.entries(PARAMS)),
    random: (draw, distribution, shape) => (distribution === 'uniform' ? uniforms : normals)(SEED, `losses/${draw}`, shape.reduce((product, size) => product * size, 1)),
    pool: (_key, _size, value) => value,
    hooks: new Map([['augment', (x, draw) => arrayValue(x.shape, normals(SEED, `losses/${draw}/noise`, x.data.length).map((noise, i) => Math.tanh(x.data[i]) + 0.3 * noise))]]),
    weights: (network) => weightArrays(weights.get(network)!),
  };
  return withNumericGradient(environment, step);
}

/** A graph's outputs by the reference evaluation in float64. */
export function referenceValues(graph: Graph, world: World, step = 1e-3): ReadonlyMap<string, readonly number[]> {
  const values = valuesAt(graph, world, { fakes: world.weights, networks: world.weights }, step);
  // what a state becomes, losses() does not tell
  const told = graph.outputs.filter(({ name }) => !name.startsWith('state.'));
  return new Map(told.map(({ name, value }) => [name, numbersOf(values.get(value)!)]));
}

interface Point {
  /** The weights that the batch's fakes are made with. */
  readonly fakes: ReadonlyMap<string, Weights>;
  readonly networks: ReadonlyMap<string, Weights>;
}

type Values = ReadonlyMap<ValueId, Value>;

/** Ops whose value counts as constant in a derivative. */
const CONSTANT_OPS: ReadonlySet<OpKind> = new Set(['stop_gradient', 'state_read', 'state_pool', 'singular_vector']);

/** All values of a graph. @param base where given, what counts as constant has the values that it has there */
function valuesAt(graph: Graph, world: World, { fakes, networks }: Point, step: number, base?: Values): Values {
  const inputs = world.inputs(world.reference(fakes));
  const environment = environmentOf(world, networks, step);
  const values = new Map<ValueId, Value>(graph.inputs.map((input) => [input.id, inputs.get(input.name)!]));
  for (const equation of graph.equations) {
    const constant = CONSTANT_OPS.has(equation.op === 'each' ? equation.attributes.applied.op : equation.op) ? base?.get(equation.id) : undefined;
    values.set(equation.id, constant ?? evaluateEquation(graph, equation, values, environment));
  }
  return values;
}

function numbersOf(value: Value): readonly number[] {
  if (value.kind !== 'array') throw new Error(`an output is a ${value.kind}`);
  return Array.from(value.data);
}

/** The derivative of a player's loss along a direction of its weights, by differences in float64. */
export function referenceSlope(graph: Graph, world: World, player: Player, step: number): number {
  const { byNetwork } = directionOf(world, player);
  const base = valuesAt(graph, world, { fakes: world.weights, networks: world.weights }, step);
  const loss = graph.outputs.find(({ name }) => name === 'loss')!.value;
  const lossAt = (t: number): number => {
    const networks = new Map([...world.weights].map(([name, weights]) => [name, byNetwork.has(name) ? moved(weights, byNetwork.get(name)!, t) : weights]));
    // to the discriminator fakes are data
    const fakes = player === 'generator' ? networks : world.weights;
    return numbersOf(valuesAt(graph, world, { fakes, networks }, step, base).get(loss)!).reduce((sum, x) => sum + x, 0);
  };
  const slope = (h: number) => (lossAt(h) - lossAt(-h)) / (2 * h);
  return (4 * slope(step / 2) - slope(step)) / 3;
}
