import * as tf from '@tensorflow/tfjs';
import type { Graph } from '../../../src/ir/graph.ts';
import { createUniform } from '../../../src/ir/testing/reference.ts';
import { arrayValue, sizeOf, type Value } from '../../../src/ir/values.ts';
import { differentiate, gradientGraph } from '../../../src/passes/differentiate.ts';
import { capture, type Captured } from '../../../src/runtime/capture/capture.ts';
import { withLayerDraws } from '../../../src/runtime/capture/layerDraws.ts';
import { gradient } from '../../../src/runtime/functions/losses.ts';
import { normals, uniforms, type RandomSource } from '../../../src/runtime/random.ts';
import { caseOf, type FuzzCase } from './fuzzCase.ts';
import { randomNetwork, type RandomNetwork } from './randomNetwork.ts';

const BATCH = 3;

/** WGAN-GP's critic: mean D(fake) − mean D(real) + 10·mean((|∂D(x̂)/∂x̂| − 1)²). */
function criticLoss({ model }: RandomNetwork, real: tf.Tensor, fake: tf.Tensor, alpha: tf.Tensor): Readonly<Record<string, tf.Tensor>> {
  const D = (x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor;
  const between = tf.add(tf.mul(alpha, real), tf.mul(tf.sub(1, alpha), fake));
  const slopes = gradient((x) => D(x), between);
  const axes = slopes.shape.map((_, axis) => axis).slice(1);
  const norms = tf.sqrt(tf.add(tf.sum(tf.square(slopes), axes), 1e-6));
  const penalty = tf.mean(tf.square(tf.sub(norms, 1)));
  return { loss: tf.add(tf.sub(tf.mean(D(fake)), tf.mean(D(real))), tf.mul(10, penalty)), penalty };
}

/** The numbers of a draw, by its place: names of layers differ from run to run. */
function drawn(seed: number, { draws }: Captured, draw: string): Float32Array {
  const place = draws.findIndex((one) => one.draw === draw);
  return (draws[place].kind === 'uniform' ? uniforms : normals)(seed, `draw ${place}`, sizeOf(draws[place].shape));
}

interface Given {
  readonly network: RandomNetwork;
  readonly captured: Captured;
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, Value>;
}

const ARGUMENTS = ['real', 'fake', 'alpha'] as const;

function captured(seed: number): Given {
  const network = randomNetwork(seed);
  const uniform = createUniform(seed + 1);
  const variables = network.model.weights.map((weight, i) => ({ name: `weight.${i}`, variable: weight.read() as tf.Variable, trained: weight.trainable }));
  const shapes = { real: [BATCH, ...network.shape], fake: [BATCH, ...network.shape], alpha: [BATCH, ...network.shape.map(() => 1)] };
  const found = capture((tracer) => criticLoss(network, ...(ARGUMENTS.map((name) => tracer.argument(name, shapes[name], 'float32')) as [tf.Tensor, tf.Tensor, tf.Tensor])), { variables });
  const trained = variables.filter(({ name, trained: flag }) => flag && found.variables.includes(name)).map(({ name }) => name);
  const graph = differentiate.run(gradientGraph(found.graph, 'loss', trained), { math: 'strict', remark: () => undefined });
  const numbers = (name: string, shape: readonly number[]): Value => {
    const variable = variables.find((one) => one.name === name)?.variable;
    const draw = found.draws.find(({ input }) => input === name);
    if (variable) return arrayValue(shape, Float64Array.from(variable.dataSync()));
    if (draw) return arrayValue(shape, Float64Array.from(drawn(seed, found, draw.draw)));
    return arrayValue(shape, Array.from({ length: sizeOf(shape) }, () => (name === 'alpha' ? uniform() : 2 * uniform() - 1)));
  };
  const inputs = new Map(graph.inputs.map(({ name, type }): [string, Value] => [name, numbers(name, type.kind === 'tensor' ? type.shape.dims.map(Number) : [])]));
  return { network, captured: found, graph, inputs };
}

/** The same losses and gradients by tfjs's tape on its cpu backend. */
function onTape(seed: number, { network, captured: found, inputs }: Given): ReadonlyMap<string, ArrayLike<number>> {
  const source: RandomSource = {
    uniform: (draw, shape) => tf.tensor(drawn(seed, found, draw), [...shape]),
    normal: (draw, shape) => tf.tensor(drawn(seed, found, draw), [...shape]),
    numbers: (draw) => drawn(seed, found, draw),
  };
  const variables = network.model.weights.map((weight) => weight.read() as tf.Variable);
  const kept = variables.map((variable) => tf.clone(variable));
  const results = new Map<string, ArrayLike<number>>();
  tf.tidy(() => {
    const args = ARGUMENTS.map((name) => {
      const value = inputs.get(name);
      const shape = [BATCH, ...network.shape.map((size) => (name === 'alpha' ? 1 : size))];
      return value?.kind === 'array' ? tf.tensor(Float32Array.from(value.data), [...value.shape]) : tf.zeros(shape);
    }) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const losses = (name: string) => withLayerDraws(source, () => criticLoss(network, ...args)[name]);
    const trained = network.model.weights.flatMap((weight, i) => (weight.trainable && found.variables.includes(`weight.${i}`) ? [i] : []));
    const { value, grads } = tf.engine().gradients(() => losses('loss'), trained.map((i) => variables[i]), undefined, true);
    results.set('loss', value.dataSync());
    trained.forEach((i, place) => {
      const grad = grads[place] as tf.Tensor | undefined;
      results.set(`loss/weight.${i}`, grad?.dataSync() ?? new Float32Array(variables[i].size));
    });
    found.updates.forEach((name) => results.set(`update.${name}`, variables[Number(name.slice('weight.'.length))].dataSync()));
    variables.forEach((variable, i) => variable.assign(kept[i]));
    results.set('penalty', losses('penalty').dataSync());
    variables.forEach((variable, i) => variable.assign(kept[i]));
  });
  tf.dispose(kept);
  return results;
}

export interface NetworkCase extends FuzzCase {
  readonly layers: readonly string[];
}

/** A random network's critic loss and its gradients by all weights, captured. */
export async function networkCase(seed: number): Promise<NetworkCase> {
  await tf.setBackend('cpu');
  const given = captured(seed);
  const tape = given.network.onTape ? { tape: onTape(seed, given) } : {};
  tf.dispose(given.network.model.weights.map((weight) => weight.read()));
  return { ...caseOf(given.graph, given.inputs), layers: given.network.layers, ...tape };
}
