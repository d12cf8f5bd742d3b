import * as tf from '@tensorflow/tfjs';
import { readdirSync, readFileSync } from 'node:fs';
import { compile, trainer, type Batch, type Networks, type TrainerOptions } from '../../src/index.ts';
import { HOOKS } from './runs.ts';
import { BATCH, CLASSES, createWorld, WIDTH } from './world.ts';

const folder = new URL('../../examples/', import.meta.url);
const STEPS = 2;

export const EXAMPLES = readdirSync(folder).filter((name) => name.endsWith('.ganloss'));

/** The world's batch, with every number but those of one-hot classes moved by the step. */
function batchAt(batch: Batch, step: number): Batch {
  const moves = ({ dtype, rank, shape }: tf.Tensor) => dtype === 'float32' && rank > 0 && shape.join() !== `${BATCH},${CLASSES}`;
  const move = (tensor: tf.Tensor): tf.Tensor => (moves(tensor) ? tf.add(tensor, 0.05 * step) : tf.clone(tensor));
  return Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, value === undefined ? value : value instanceof tf.Tensor ? move(value) : value.map(move)]));
}

/** multi_hinge's discriminator has one more class, that of samples. */
function withSampleClass(networks: Networks): Networks {
  if ('x2y' in networks) return networks;
  const { discriminator } = networks;
  const call = discriminator as (x: tf.Tensor, condition: unknown) => Readonly<Record<string, tf.Tensor>>;
  const more = (x: tf.Tensor, condition?: unknown) => {
    const heads = call(x, condition);
    return { ...heads, classes: tf.concat([heads.classes, heads.logits], 1) };
  };
  return { ...networks, discriminator: Object.assign(more, { variables: (discriminator as { readonly variables?: readonly tf.Variable[] }).variables }) };
}

/** Trains on an example; all that is reported and all that is trained, as plain data. */
export async function trainExample(name: string, options: Partial<TrainerOptions>) {
  const objective = compile(readFileSync(new URL(name, folder), 'utf8'));
  const world = createWorld(objective.model);
  const networks = name === 'multi-hinge.ganloss' ? withSampleClass(world.networks) : world.networks;
  const declared = Object.fromEntries(objective.inputs.map((input) => [input, tf.ones([BATCH, 1])]));
  const { generatorInputs, target: _, ...batch } = { ...world.batch, ...declared };
  // z and a stargan's targets are drawn, as the trainer draws them
  const fed = objective.model === 'infogan' ? { ...batch, generatorInputs } : batch;
  const optimizers = { generator: tf.train.adam(0.01, 0.5, 0.9), discriminator: tf.train.rmsprop(0.01, 0.9, 0.5) };
  const trained = trainer(objective, networks, { optimizers, hooks: HOOKS, noise: WIDTH, ema: 0.9, seed: 3, ...options });
  const metrics = [];
  for (let step = 0; step < STEPS; step += 1) {
    const { ms: _ms, ...rest } = await trained.step(() => batchAt(fed, step));
    metrics.push(rest);
  }
  const { optimizers: counts, tensors } = await trained.state();
  trained.dispose();
  return { metrics, counts, tensors: tensors.map(({ name: tensor, shape, data }) => ({ name: tensor, shape: [...shape], data: [...data] })) };
}
