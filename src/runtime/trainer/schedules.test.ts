import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import type { NetworkPair } from '../models/model.ts';
import { createTrainer } from './createTrainer.ts';
import type { Schedule } from './options.ts';
import { planUpdates } from './plan.ts';
import { mlp, modelsOf, pair, tensor, valuesOf } from './testing/networks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const optimizers = {
  sgd: () => ({ generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.05) }),
  adam: () => ({ generator: tf.train.adam(0.01, 0.5, 0.9), discriminator: tf.train.adam(0.02, 0.5, 0.9) }),
};

/** least_squares written out, differentiated and applied without any of ganloss. */
function byHand({ generator, discriminator }: { readonly generator: tf.LayersModel; readonly discriminator: tf.LayersModel }, optimizer: { readonly generator: tf.Optimizer; readonly discriminator: tf.Optimizer }) {
  const half = (x: tf.Tensor, target: number) => tf.mean(tf.div(tf.square(tf.sub(x, target)), 2));
  const G = (z: tf.Tensor) => generator.apply(z, { training: true }) as tf.Tensor;
  const D = (x: tf.Tensor) => discriminator.apply(x, { training: true }) as tf.Tensor;
  const variablesOf = (model: tf.LayersModel) => model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const differentiate = (loss: () => tf.Tensor, model: tf.LayersModel) => {
    const variables = variablesOf(model);
    const { value, grads } = tf.variableGrads(() => loss() as tf.Scalar, variables);
    return { loss: value.dataSync()[0], gradients: variables.map(({ name }) => ({ name, tensor: grads[name] })) };
  };
  return {
    generator: (z: tf.Tensor) => differentiate(() => half(D(G(z)), 1), generator),
    discriminator(z: tf.Tensor, real: tf.Tensor) {
      const fake = G(z);
      return differentiate(() => tf.add(half(D(real), 1), half(D(fake), 0)), discriminator);
    },
    apply: (player: 'generator' | 'discriminator', { gradients }: ReturnType<typeof differentiate>) => optimizer[player].applyGradients(gradients),
  };
}

function models(networks: NetworkPair) {
  const [generator, discriminator] = modelsOf(networks);
  return { generator, discriminator };
}

/** A batch for each update: what the i-th call gives. */
const feed = (index: number) => ({ real: tensor(`real${index}`, [4, 2]), generatorInputs: tensor(`z${index}`, [4, 3]) });

describe.each(['sgd', 'adam'] as const)('updates with %s are those of tfjs by hand', (kind) => {
  it('sequential: the generator first, then the discriminator against the new generator', async () => {
    const [mine, theirs] = [pair(), pair()];
    const trainer = createTrainer(compile('least_squares'), mine, { optimizers: optimizers[kind](), steps: { generator: 2, discriminator: 3 } });
    const hand = byHand(models(theirs), optimizers[kind]());
    let fed = 0;
    for (let step = 0; step < 2; step += 1) {
      const metrics = await trainer.step(() => feed(fed++));
      const losses = { generator: NaN, discriminator: NaN };
      for (let i = step * 5; i < step * 5 + 5; i += 1) {
        const player = i % 5 < 2 ? 'generator' : 'discriminator';
        const result = player === 'generator' ? hand.generator(feed(i).generatorInputs) : hand.discriminator(feed(i).generatorInputs, feed(i).real);
        hand.apply(player, result);
        losses[player] = result.loss;
      }
      expect(metrics.generatorLoss).toBeCloseTo(losses.generator, 5);
      expect(metrics.discriminatorLoss).toBeCloseTo(losses.discriminator, 5);
    }
    expect(fed).toBe(10);
    expectClose(valuesOf(modelsOf(mine)), valuesOf(modelsOf(theirs)));
    trainer.dispose();
  });

  it('joint: both at the same weights and on the same batch; the rest of the longer side follows', async () => {
    const [mine, theirs] = [pair(), pair()];
    const trainer = createTrainer(compile('least_squares'), mine, { optimizers: optimizers[kind](), steps: { generator: 1, discriminator: 2 }, schedule: 'joint' });
    const hand = byHand(models(theirs), optimizers[kind]());
    let fed = 0;
    for (let step = 0; step < 2; step += 1) {
      await trainer.step(() => feed(fed++));
      const [both, rest] = [feed(2 * step), feed(2 * step + 1)];
      const [g, d] = [hand.generator(both.generatorInputs), hand.discriminator(both.generatorInputs, both.real)];
      hand.apply('generator', g);
      hand.apply('discriminator', d);
      hand.apply('discriminator', hand.discriminator(rest.generatorInputs, rest.real));
    }
    expect(fed).toBe(4);
    expectClose(valuesOf(modelsOf(mine)), valuesOf(modelsOf(theirs)));
    trainer.dispose();
  });
});

it('one step of the two schedules differs: the discriminator meets another generator', async () => {
  const run = async (schedule: Schedule) => {
    const networks = pair();
    const trainer = createTrainer(compile('least_squares'), networks, { optimizers: optimizers.sgd(), schedule });
    await trainer.step(feed(0));
    trainer.dispose();
    const [generator, discriminator] = modelsOf(networks);
    return { generator: valuesOf([generator]), discriminator: valuesOf([discriminator]) };
  };
  const [sequential, joint] = [await run('sequential'), await run('joint')];
  expect(joint.generator).toEqual(sequential.generator);
  expect(joint.discriminator).not.toEqual(sequential.discriminator);
});

it('plans joint steps as TF-GAN does', () => {
  expect(planUpdates({ schedule: 'joint', steps: { generator: 3, discriminator: 5 } }).map((update) => update.join('+'))).toEqual([
    ...Array<string>(3).fill('generator+discriminator'),
    'discriminator',
    'discriminator',
  ]);
  expect(planUpdates({ schedule: 'joint', steps: { generator: 2, discriminator: 1 } }).map((update) => update.join('+'))).toEqual(['generator+discriminator', 'generator']);
});

describe('a cyclegan', () => {
  const networks = () => ({
    x2y: { generator: mlp('g', [2, 5, 3]), discriminator: mlp('dy', [3, 5, 1]) },
    y2x: { generator: mlp('f', [3, 5, 2]), discriminator: mlp('dx', [2, 5, 1]) },
  });
  const batch = () => ({ x: tensor('x', [4, 2]), y: tensor('y', [4, 3]) });
  const all = ({ x2y, y2x }: ReturnType<typeof networks>) => valuesOf([x2y.generator, x2y.discriminator, y2x.generator, y2x.discriminator]);

  it('is updated alike by one optimizer for both directions and by one for each', async () => {
    const run = async (each: boolean) => {
      const nets = networks();
      const trainer = createTrainer(compile('wasserstein + 10*cycle'), nets, { optimizers: each ? { x2y: optimizers.adam(), y2x: optimizers.adam() } : optimizers.adam() });
      for (let i = 0; i < 3; i += 1) await trainer.step(batch());
      trainer.dispose();
      return all(nets);
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it('reports both directions', async () => {
    const trainer = createTrainer(compile('wasserstein + 10*cycle'), networks(), { optimizers: optimizers.adam() });
    const { directions, terms, generatorLoss } = await trainer.step(batch());
    const cycle = terms.cycle.generator?.weighted ?? NaN;
    expect(terms.cycle.generator?.raw).toBeCloseTo(cycle / 10, 5);
    expect(directions.x2y.generator).toBeCloseTo((terms['x2y.wasserstein'].generator?.raw ?? NaN) + cycle, 5);
    // the loss that is descended counts cycle once
    expect(generatorLoss).toBeCloseTo(directions.x2y.generator + directions.y2x.generator - cycle, 5);
    trainer.dispose();
  });
});

it('BatchNorm averages move with the updates of their own player only', async () => {
  const norm = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.batchNormalization()] });
  const networks = { generator: norm, discriminator: mlp('d', [2, 5, 1]) };
  const averages = () => norm.nonTrainableWeights.map((weight) => [...weight.read().dataSync()]);
  const run = async (steps: { generator: number; discriminator: number }) => {
    const trainer = createTrainer(compile('wasserstein'), networks, { optimizers: optimizers.sgd(), steps, noise: 3 });
    await trainer.step({ real: tensor('real', [4, 2]) });
    trainer.dispose();
  };
  const start = averages();
  await run({ generator: 0, discriminator: 3 });
  expect(averages()).toEqual(start);
  await run({ generator: 1, discriminator: 0 });
  expect(averages()).not.toEqual(start);
});

function expectClose(actual: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): void {
  expect(actual.length).toBe(wanted.length);
  actual.flat().forEach((value, index) => expect(value).toBeCloseTo(wanted.flat()[index], 5));
}
