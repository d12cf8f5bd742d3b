import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import type { Batch, Networks } from '../models/model.ts';
import { createTrainer } from './createTrainer.ts';
import type { PlayerOptimizers, Schedule, TrainerOptions } from './options.ts';
// training runs recorded from TF-GAN itself, the ones without a gradient penalty: its random numbers can not be fed to a trainer
import recorded from './testing/trajectories.json';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

interface RecordedTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}

interface RecordedLayer {
  readonly op: string;
  readonly w?: RecordedTensor;
  readonly b?: RecordedTensor;
  readonly alpha?: number;
  readonly l2?: number;
}

interface RecordedNetwork {
  readonly layers: readonly RecordedLayer[];
  readonly heads?: readonly { readonly layers: readonly RecordedLayer[] }[];
}

type RecordedPair = { readonly generator: RecordedNetwork; readonly discriminator: RecordedNetwork };

interface RecordedRun extends Partial<RecordedPair> {
  readonly id: string;
  readonly nets?: { readonly x2y: RecordedPair; readonly y2x: RecordedPair };
  readonly hooks: string;
  readonly global_steps: number;
  readonly train_steps: { readonly generator: number; readonly discriminator: number };
  readonly optimizers: { readonly [P in 'generator' | 'discriminator']: { readonly name: string; readonly learning_rate: number; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number } };
  readonly feeds: readonly { readonly [name: string]: RecordedTensor }[];
  readonly expect: { readonly calls: readonly { readonly losses: { readonly [player: string]: RecordedTensor }; readonly changed: { readonly [network: string]: { readonly [variable: string]: RecordedTensor } } }[] };
}

const SPECS: { readonly [id: string]: string } = {
  'traj/lsgan/vec/sgd/1-1': 'least_squares',
  'traj/lsgan-l2/vec/adam/joint-1-1': 'least_squares',
  'traj/cycle/vec/sgd/1-1': 'least_squares + 10*cycle',
  'traj/cycle/vec/adam/joint-1-1': 'least_squares + 5*cycle',
  'traj/star/vec/adam/joint-1-1': 'wasserstein + 10*reconstruction + classification',
};

const toTensor = ({ data, shape, dtype }: RecordedTensor) => tf.tensor([...data], [...shape], dtype as 'float32' | 'int32');

/** A network, and its variables under the names of the recording: `0.w`, `h1.0.b`. */
interface Built {
  readonly model: tf.LayersModel;
  readonly variables: ReadonlyMap<string, tf.Variable>;
}

function build({ layers, heads = [] }: RecordedNetwork): Built {
  const dense: { readonly name: string; readonly layer: tf.layers.Layer; readonly recorded: RecordedLayer }[] = [];
  const apply = (list: readonly RecordedLayer[], prefix: string, start: tf.SymbolicTensor): tf.SymbolicTensor =>
    list.reduce<tf.SymbolicTensor>((x, recorded, index) => {
      if (recorded.w === undefined) return activation(recorded).apply(x) as tf.SymbolicTensor;
      const layer = tf.layers.dense({ units: recorded.w.shape[1], ...(recorded.l2 === undefined ? {} : { kernelRegularizer: tf.regularizers.l2({ l2: recorded.l2 }) }) });
      dense.push({ name: `${prefix}${index}`, layer, recorded });
      return layer.apply(x) as tf.SymbolicTensor;
    }, start);
  const widthOf = (list: readonly RecordedLayer[]) => list.find(({ w }) => w !== undefined)?.w?.shape[0] ?? NaN;
  const conditional = layers[0].op === 'concat_condition';
  // the only conditional network of these recordings puts 3 domains behind its 4 inputs
  const inputs = conditional ? [tf.input({ shape: [widthOf(layers) - 3] }), tf.input({ shape: [3] })] : [tf.input({ shape: [widthOf(layers)] })];
  const start = conditional ? (tf.layers.concatenate().apply(inputs) as tf.SymbolicTensor) : inputs[0];
  const trunk = apply(conditional ? layers.slice(1) : layers, '', start);
  const outputs = heads.length === 0 ? [trunk] : heads.map((head, index) => apply(head.layers, `h${index}.`, trunk));
  const model = tf.model({ inputs, outputs });
  const shift = conditional ? 1 : 0;
  const variables = new Map<string, tf.Variable>();
  for (const { name, layer, recorded } of dense) {
    const place = name.startsWith('h') ? name : String(Number(name) + shift);
    for (const [index, field] of (['w', 'b'] as const).entries()) {
      const variable = layer.weights[index].read() as tf.Variable;
      variable.assign(toTensor(recorded[field] as RecordedTensor));
      variables.set(`${place}.${field}`, variable);
    }
  }
  return { model, variables };
}

function activation({ op, alpha }: RecordedLayer): tf.layers.Layer {
  return op === 'leaky_relu' ? tf.layers.leakyReLU({ alpha }) : tf.layers.activation({ activation: op as 'tanh' | 'softplus' });
}

function optimizerOf({ name, learning_rate: rate, beta1, beta2, epsilon }: RecordedRun['optimizers']['generator']): tf.Optimizer {
  // TF's epsilon stands outside the bias correction; at 1e-8 that makes no difference here
  return name === 'GradientDescentOptimizer' ? tf.train.sgd(rate) : tf.train.adam(rate, beta1, beta2, epsilon);
}

function batchOf(feed: RecordedRun['feeds'][number]): Batch {
  const named: { readonly [from: string]: string } = { real_data: 'real', generator_inputs: 'generatorInputs', data_x: 'x', data_y: 'y', input_data: 'x', input_data_domain_label: 'label' };
  const fed = Object.entries(feed).flatMap(([name, value]) => (named[name] === undefined ? [] : [[named[name], toTensor(value)] as const]));
  const target = feed.target_domain_index === undefined ? {} : { target: tf.oneHot(toTensor(feed.target_domain_index) as tf.Tensor1D, 3) };
  return { ...Object.fromEntries(fed), ...target };
}

describe.each(recorded.cases as unknown as readonly RecordedRun[])("the trainer goes where TF-GAN's own training went", (run) => {
  it(run.id, async () => {
    const built = new Map<string, Built>();
    const make = (pair: RecordedPair, prefix: string) => {
      const [generator, discriminator] = [build(pair.generator), build(pair.discriminator)];
      built.set(`${prefix}generator`, generator).set(`${prefix}discriminator`, discriminator);
      return { generator: generator.model, discriminator: discriminator.model };
    };
    const networks: Networks = run.nets === undefined ? make(run as RecordedPair, '') : { x2y: make(run.nets.x2y, 'x2y.'), y2x: make(run.nets.y2x, 'y2x.') };
    const optimizers = (): PlayerOptimizers => ({ generator: optimizerOf(run.optimizers.generator), discriminator: optimizerOf(run.optimizers.discriminator) });
    const options: TrainerOptions = {
      optimizers: run.nets === undefined ? optimizers() : { x2y: optimizers(), y2x: optimizers() },
      steps: run.train_steps,
      schedule: run.hooks as Schedule,
    };
    const trainer = createTrainer(compile(SPECS[run.id]), networks, options);
    const calls = run.expect.calls.length / run.global_steps;
    let fed = 0;
    for (let step = 0; step < run.global_steps; step += 1) {
      const metrics = await trainer.step(() => batchOf(run.feeds[fed++]));
      for (const { losses, changed } of run.expect.calls.slice(step * calls, (step + 1) * calls)) {
        for (const [player, { data }] of Object.entries(losses)) {
          const [direction, name] = player.includes('.') ? player.split('.') : [null, player];
          const side = name as 'generator' | 'discriminator';
          const loss = direction === null ? metrics[`${side}Loss`] : metrics.directions[direction][side];
          expect(Math.abs(loss - data[0])).toBeLessThan(1e-5 * Math.max(1, Math.abs(data[0])));
        }
        for (const [network, variables] of Object.entries(changed)) {
          for (const [name, { data }] of Object.entries(variables)) {
            const values = built.get(network)?.variables.get(name)?.dataSync();
            data.forEach((value, index) => expect(Math.abs((values?.[index] ?? NaN) - value), `${network} ${name} after step ${step + 1}`).toBeLessThan(1e-4 * Math.abs(value) + 1e-5));
          }
        }
      }
    }
    expect(fed).toBe(run.feeds.length);
    trainer.dispose();
  });
});
