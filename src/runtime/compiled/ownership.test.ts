import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { SpecError } from '../../support/diagnostic.ts';
import type { NetworkPair } from '../models/model.ts';
import { createTrainer, type Trainer } from '../trainer/createTrainer.ts';
import type { TrainerMode, TrainerOptions } from '../trainer/options.ts';
import { fillWeights, modelsOf, pair, tensor, valuesOf } from '../trainer/testing/networks.ts';
import { expectClose } from './testing/expectClose.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const batch = (index: number, samples = 4) => ({ real: tensor(`real${index}`, [samples, 2]) });
const SPEC = 'param lambda = 1\nobjective = hinge + lambda*linear(1, 3, 4)*gp + 0.3*lecam';

interface Run {
  readonly trainer: Trainer;
  readonly networks: NetworkPair;
  readonly optimizers: { readonly generator: tf.AdamOptimizer; readonly discriminator: tf.MomentumOptimizer };
  readonly warnings: readonly string[];
}

function start(mode: TrainerMode, options: Partial<TrainerOptions> = {}, networks: NetworkPair = pair()): Run {
  const optimizers = { generator: tf.train.adam(0.01, 0.5, 0.9), discriminator: tf.train.momentum(0.02, 0.5) };
  const warnings: string[] = [];
  const trainer = createTrainer(compile(SPEC), networks, { optimizers, noise: 3, ema: 0.9, seed: 4, mode, warn: (message) => warnings.push(message), ...options });
  return { trainer, networks, optimizers, warnings };
}

/** The same is done to a compiled trainer and to one on the tape; all they report and train must be equal. */
async function expectSame(run: (given: Run) => Promise<unknown>, options: Partial<TrainerOptions> = {}, networks: () => NetworkPair = pair): Promise<Run> {
  const results: unknown[] = [];
  const runs = (['captured', 'tape'] as const).map((mode) => start(mode, options, networks()));
  for (const given of runs) {
    const reported = await run(given);
    const { tensors, optimizers, step } = await given.trainer.state();
    results.push({ reported, optimizers, step, tensors: tensors.map(({ name, data }) => ({ name, data: [...data] })) });
    given.trainer.dispose();
  }
  expectClose(results[0], results[1]);
  return runs[0];
}

const stepOf = async ({ trainer }: Run, index: number, samples = 4) => {
  const { ms: _, ...metrics } = await trainer.step(batch(index, samples));
  return metrics;
};

describe('what is set from outside counts from the next step on', () => {
  it('weights, read and written between steps', async () => {
    await expectSame(async (run) => {
      const seen: unknown[] = [await stepOf(run, 0)];
      const [generator] = modelsOf(run.networks);
      // nobody called sync: a variable that is read is up to date
      seen.push(valuesOf(modelsOf(run.networks)));
      tf.tidy(() => generator.setWeights(generator.getWeights().map((weight) => tf.mul(weight, 0.5))));
      seen.push(await stepOf(run, 1), valuesOf(modelsOf(run.networks)));
      return seen;
    });
  });

  it('learning rates, params, and what is frozen', async () => {
    await expectSame(async (run) => {
      const seen: unknown[] = [await stepOf(run, 0)];
      (run.optimizers.generator as unknown as { learningRate: number }).learningRate = 0.05;
      (run.optimizers.discriminator as unknown as { setLearningRate: (rate: number) => void }).setLearningRate(0.001);
      run.trainer.setParam('lambda', 7);
      seen.push(await stepOf(run, 1));
      const [, discriminator] = modelsOf(run.networks);
      discriminator.layers[1].trainable = false;
      seen.push(await stepOf(run, 2));
      discriminator.layers[1].trainable = true;
      seen.push(await stepOf(run, 3));
      return seen;
    });
  });

  it('a variable that no network owns', async () => {
    const scale = tf.variable(tf.scalar(1));
    const networks = (): NetworkPair => {
      const own = pair();
      const [, model] = modelsOf(own);
      const scaled = (x: tf.Tensor) => tf.mul(model.apply(x) as tf.Tensor, scale);
      return { ...own, discriminator: Object.assign(scaled, { variables: model.weights.map((weight) => weight.read() as tf.Variable) }) };
    };
    await expectSame(async (run) => {
      scale.assign(tf.scalar(1));
      const seen: unknown[] = [await stepOf(run, 0)];
      scale.assign(tf.scalar(0.25));
      return [...seen, await stepOf(run, 1)];
    }, {}, networks);
    scale.dispose();
  });
});

describe('checkpoints cross modes', () => {
  it.each([['captured', 'tape'], ['tape', 'captured']] as const)('from %s to %s', async (first, second) => {
    const whole = start('tape');
    for (let index = 0; index < 5; index += 1) await stepOf(whole, index);
    const before = start(first);
    for (let index = 0; index < 2; index += 1) await stepOf(before, index);
    const state = await before.trainer.state();
    const after = start(second, { seed: 99 });
    await stepOf(after, 7);
    await after.trainer.restore(state);
    for (let index = 2; index < 5; index += 1) await stepOf(after, index);
    const dataOf = async ({ trainer }: Run) => (await trainer.state()).tensors.map(({ name, data }) => ({ name, data: [...data] }));
    expectClose(await dataOf(after), await dataOf(whole));
    for (const { trainer } of [whole, before, after]) trainer.dispose();
  });

  it('a state from before anything was written', async () => {
    await expectSame(async (run) => {
      const fresh = await run.trainer.state();
      const seen: unknown[] = [await stepOf(run, 0), await stepOf(run, 1)];
      await run.trainer.restore(fresh);
      return [...seen, await stepOf(run, 0)];
    });
  });
});

describe('batches of several shapes', () => {
  it('each has its code; a further one is told once', async () => {
    const { warnings } = await expectSame(async (run) => {
      const seen: unknown[] = [];
      for (const [index, samples] of [4, 2, 4, 2, 3, 4].entries()) seen.push(await stepOf(run, index, samples));
      return seen;
    });
    // two players, two further shapes each
    expect(warnings.filter((message) => message.includes('another shape of batch'))).toHaveLength(4);
  });
});

describe('updates', () => {
  it.each([
    ['sequential', { generator: 2, discriminator: 3 }],
    ['joint', { generator: 1, discriminator: 2 }],
    ['joint', { generator: 2, discriminator: 1 }],
    ['sequential', { generator: 0, discriminator: 1 }],
  ] as const)('%s, %j', async (schedule, steps) => {
    await expectSame(async (run) => [await stepOf(run, 0), await stepOf(run, 1)], { schedule, steps });
  });

  it('of convolutions, BatchNorm and Dropout, with a penalty on weights', async () => {
    const networks = (): NetworkPair => {
      const regularizer = tf.regularizers.l2({ l2: 0.01 });
      const generator = tf.sequential({
        layers: [
          // no bias: BatchNorm leaves it a gradient of rounding errors alone, which Adam makes as large as any
          tf.layers.dense({ units: 8, inputShape: [3], useBias: false, kernelRegularizer: regularizer }),
          tf.layers.batchNormalization(),
          tf.layers.leakyReLU(),
          tf.layers.dropout({ rate: 0.3, name: 'generator_dropout' }),
          tf.layers.dense({ units: 2, activation: 'tanh' }),
        ],
      });
      const discriminator = tf.sequential({
        layers: [
          tf.layers.reshape({ targetShape: [2, 1, 1], inputShape: [2] }),
          tf.layers.conv2d({ filters: 3, kernelSize: 2, padding: 'same', activation: 'elu' }),
          tf.layers.dropout({ rate: 0.2, name: 'discriminator_dropout' }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 1 }),
        ],
      });
      fillWeights(generator, 'convolutional g');
      fillWeights(discriminator, 'convolutional d');
      return { generator, discriminator };
    };
    for (const schedule of ['sequential', 'joint'] as const) await expectSame(async (run) => [await stepOf(run, 0), await stepOf(run, 1)], { schedule }, networks);
  });
});

it('nothing is left behind by steps', async () => {
  const { trainer } = start('captured', { ema: 0.9 });
  const given = { ...batch(0), generatorInputs: tensor('z', [4, 3]) };
  await trainer.step(given);
  await trainer.step(given);
  const before = tf.memory();
  for (let index = 0; index < 50; index += 1) await trainer.step(given);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
  trainer.dispose();
});

it("mode 'captured' raises what cannot be captured", async () => {
  const networks = pair();
  const [, model] = modelsOf(networks);
  const peeking = (x: tf.Tensor) => tf.mul(model.apply(x) as tf.Tensor, x.dataSync()[0] > 0 ? 1 : 2);
  const { trainer } = start('captured', {}, { ...networks, discriminator: Object.assign(peeking, { variables: model.weights.map((weight) => weight.read() as tf.Variable) }) });
  await expect(trainer.step(batch(0))).rejects.toThrow(SpecError);
  expect(trainer.stepCount).toBe(0);
  trainer.dispose();
});

it('a backend of another kind keeps its tape, unless it is told otherwise', async () => {
  const networks = pair();
  const Cpu = tf.backend().constructor as new () => tf.KernelBackend;
  tf.registerBackend('elsewhere', () => new Cpu());
  await tf.setBackend('elsewhere');
  const [auto, captured] = (['auto', 'captured'] as const).map((mode) => start(mode, { ema: false }, networks));
  expect([auto.trainer.mode, captured.trainer.mode]).toEqual(['tape', 'captured']);
  expect(auto.trainer.fallback).toContain('elsewhere');
  for (const { trainer } of [auto, captured]) trainer.dispose();
  await tf.setBackend('cpu');
  tf.removeBackend('elsewhere');
});
