import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { SpecError } from '../../support/diagnostic.ts';
import { trainer as createTrainer } from '../../trainer.ts';

const BACKEND = 'cpu-with-less';

/** The cpu backend under another name, without some of its kernels. */
async function register(without: readonly string[]): Promise<void> {
  tf.registerBackend(BACKEND, tf.engine().registryFactory['cpu'].factory as () => tf.KernelBackend);
  for (const config of tf.getKernelsForBackend('cpu')) if (!without.includes(config.kernelName)) tf.registerKernel({ ...config, backendName: BACKEND });
  await tf.setBackend(BACKEND);
}

beforeEach(async () => {
  await tf.setBackend('cpu');
});

afterEach(async () => {
  await tf.setBackend('cpu');
  for (const { kernelName } of tf.getKernelsForBackend(BACKEND)) tf.unregisterKernel(kernelName, BACKEND);
  if (tf.findBackend(BACKEND) !== null) tf.removeBackend(BACKEND);
  tf.disposeVariables();
});

function networks() {
  const generator = tf.sequential({ layers: [tf.layers.dense({ units: 16, inputShape: [3], name: 'spread' }), tf.layers.reshape({ targetShape: [4, 4, 1] })] });
  const discriminator = tf.sequential({
    layers: [tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 1], name: 'look', activation: 'tanh' }), tf.layers.batchNormalization(), tf.layers.flatten(), tf.layers.dense({ units: 1 })],
  });
  return { generator, discriminator };
}

function setUp(text: string, mode: 'auto' | 'tape' | 'captured' = 'auto') {
  const made = networks();
  const t = createTrainer(compile(text), made, { optimizers: { generator: tf.train.adam(1e-3), discriminator: tf.train.adam(1e-3) }, noise: 3, seed: 1, mode, warn: () => undefined });
  return { ...made, t };
}

const weights = (model: tf.LayersModel): readonly (readonly number[])[] => model.getWeights().map((weight) => [...weight.dataSync()]);

async function refusalOf(step: Promise<unknown>): Promise<SpecError> {
  const error = await step.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpecError);
  return error as SpecError;
}

describe('a backend that lacks a kernel', () => {
  it('is told so before the first step, which changes nothing', async () => {
    await register(['Conv2DBackpropFilter']);
    const { t, generator, discriminator } = setUp('wasserstein');
    const real = tf.ones([2, 4, 4, 1]);
    const before = [weights(generator), weights(discriminator)];
    const { numTensors } = tf.memory();
    for (let attempt = 0; attempt < 2; attempt++) {
      const { diagnostics: [diagnostic], message } = await refusalOf(t.step({ real }));
      expect(diagnostic.code).toBe('GL5006');
      expect(message).toBe(`the backend '${BACKEND}' lacks the kernel 'Conv2DBackpropFilter', which layer 'look' of the discriminator needs for a gradient`);
    }
    expect([weights(generator), weights(discriminator)]).toEqual(before);
    expect(t.stepCount).toBe(0);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(tf.getBackend()).toBe(BACKEND);
    t.dispose();
  });

  it('is asked for what the objective needs: a penalty takes the gradient by what the first layer sees', async () => {
    await register(['Conv2DBackpropInput', 'Sign']);
    const real = tf.ones([2, 4, 4, 1]);
    const { t } = setUp('(wasserstein + 10*gp).discriminator');
    const { message } = await refusalOf(t.step({ real }));
    expect(message).toContain("'Conv2DBackpropInput', which layer 'look' of the discriminator needs for a gradient");
    t.dispose();
    const plain = createTrainer(compile('wasserstein.discriminator'), networks(), { optimizers: { generator: tf.train.sgd(1e-3), discriminator: tf.train.sgd(1e-3) }, steps: { generator: 0, discriminator: 1 }, noise: 3, seed: 1 });
    expect((await plain.step({ real })).step).toBe(1);
    plain.dispose();
  });

  it('needs none of them where steps are compiled', async () => {
    await register(['Conv2DBackpropFilter', 'Conv2DBackpropInput', 'Tanh']);
    const { t } = setUp('wasserstein + 10*gp', 'captured');
    expect((await t.step({ real: tf.ones([2, 4, 4, 1]) })).step).toBe(1);
    t.dispose();
  });

  it('says so where a step runs a kernel that nobody knows', async () => {
    const { generator, discriminator } = networks();
    const odd = (x: tf.Tensor): tf.Tensor => discriminator.apply(tf.engine().runKernel('NobodyKnows', { x }) as tf.Tensor) as tf.Tensor;
    const variables = discriminator.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const t = createTrainer(compile('wasserstein'), { generator, discriminator: Object.assign(odd, { variables }) }, { optimizers: { generator: tf.train.sgd(1), discriminator: tf.train.sgd(1) }, noise: 3, seed: 1, mode: 'tape' });
    const error = await refusalOf(t.step({ real: tf.ones([2, 4, 4, 1]) }));
    expect(error.message).toMatch(/^the backend 'cpu' lacks the kernel 'NobodyKnows', which the (generator|discriminator)'s loss needs$/);
    t.dispose();
  });

  it('is not told of a kernel of the optimisers or of tfjs itself that it has under its own name', async () => {
    await register([]);
    const { t } = setUp('wasserstein + 10*gp');
    expect((await t.step({ real: tf.ones([2, 4, 4, 1]) })).step).toBe(1);
    t.dispose();
  });
});
