import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { createTrainer, type Trainer } from './createTrainer.ts';
import { fillWeights, tensor } from './testing/networks.ts';

const { layers } = tf;

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** A small DCGAN pair on 4×4 images, with BatchNorm in the generator. */
function networks() {
  const generator = tf.sequential({
    layers: [
      layers.dense({ units: 8, inputShape: [3] }),
      layers.batchNormalization(),
      layers.reLU(),
      layers.reshape({ targetShape: [2, 2, 2] }),
      layers.conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh' }),
    ],
  });
  const discriminator = tf.sequential({
    layers: [layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', inputShape: [4, 4, 1] }), layers.leakyReLU({ alpha: 0.2 }), layers.flatten(), layers.dense({ units: 1 })],
  });
  fillWeights(generator, 'generator');
  // BatchNorm's averages are the last two weights: a variance is positive
  tf.tidy(() => generator.setWeights(generator.getWeights().map((weight, index, all) => (index < all.length - 2 ? weight : tf.onesLike(weight)))));
  fillWeights(discriminator, 'discriminator');
  return { generator, discriminator };
}

const SPEC = 'pool tensor_pool(size: 2)\nwasserstein + 10*gp';
const make = (seed = 1): Trainer =>
  createTrainer(compile(SPEC), networks(), {
    optimizers: { generator: tf.train.adam(0.01, 0, 0.9), discriminator: tf.train.adam(0.01, 0, 0.9) },
    noise: 3,
    ema: 0.9,
    seed,
    steps: { generator: 1, discriminator: 2 },
  });
const batch = (index: number) => () => ({ real: tensor(`real${index}`, [2, 4, 4, 1]) });
const dataOf = async (trainer: Trainer) => (await trainer.state()).tensors.map(({ name, data }) => ({ name, data }));

describe('a convolutional pair on the wasm backend', () => {
  it('gives the same bits for the same seed, others for another', async () => {
    const run = async (seed: number) => {
      const trainer = make(seed);
      for (let i = 0; i < 3; i += 1) await trainer.step(batch(i));
      const result = await dataOf(trainer);
      trainer.dispose();
      return result;
    };
    const first = await run(5);
    expect(await run(5)).toEqual(first);
    expect(await run(6)).not.toEqual(first);
  });

  it('leaves no tensor behind, whether a step works or not, and nothing of a step that failed', async () => {
    const trainer = make();
    for (let i = 0; i < 3; i += 1) await trainer.step(batch(i));
    trainer.sync();
    const { numTensors } = tf.memory();
    await trainer.step(batch(3));
    expect(tf.memory().numTensors).toBe(numTensors);
    const before = await dataOf(trainer);
    let made = 0;
    await expect(trainer.step(() => ({ real: ++made < 3 ? batch(0)().real : tf.fill([2, 4, 4, 1], NaN) }))).rejects.toThrow('32 NaN among 32 values');
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(await dataOf(trainer)).toEqual(before);
    trainer.dispose();
  });

  it('resumes bit for bit', async () => {
    const [first, second] = [make(9), make()];
    for (let i = 0; i < 2; i += 1) await first.step(batch(i));
    await second.restore(decodeCheckpoint(encodeCheckpoint(await first.state())));
    for (let i = 2; i < 4; i += 1) {
      const { ms: _, ...wanted } = await first.step(batch(i));
      const { ms: __, ...found } = await second.step(batch(i));
      expect(found).toEqual(wanted);
    }
    expect(await dataOf(second)).toEqual(await dataOf(first));
    first.dispose();
    second.dispose();
  });
});
