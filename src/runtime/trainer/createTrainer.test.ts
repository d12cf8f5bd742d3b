import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import type { Batch, Networks } from '../models/model.ts';
import { createTrainer } from './createTrainer.ts';
import type { PlayerOptimizers, TrainerOptions } from './options.ts';
import { mlp, modelsOf, oneHot, pair, tensor, valuesOf } from './testing/networks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const adam = (): PlayerOptimizers => ({ generator: tf.train.adam(0.01, 0.5, 0.9), discriminator: tf.train.adam(0.01, 0.5, 0.9) });

interface Case {
  readonly name: string;
  readonly spec: string;
  readonly networks: () => Networks;
  readonly batch: () => Batch;
  readonly terms: readonly string[];
  readonly options?: Partial<TrainerOptions>;
}

const CASES: readonly Case[] = [
  {
    name: 'gan',
    spec: 'param lambda = 10 wasserstein + lambda*gp',
    networks: () => pair(),
    batch: () => ({ real: tensor('real', [4, 2]) }),
    terms: ['wasserstein', 'gp'],
    options: { noise: 3 },
  },
  {
    name: 'gan with a pool',
    spec: 'pool tensor_pool(size: 2) wasserstein + 10*gp',
    networks: () => pair(),
    batch: () => ({ real: tensor('real', [4, 2]), generatorInputs: tensor('z', [4, 3]) }),
    terms: ['wasserstein', 'gp'],
  },
  {
    name: 'acgan',
    spec: 'wasserstein + acgan',
    networks: () => ({ generator: mlp('g', [3, 5, 2]), discriminator: mlp('d', [2, 5], [1, 3]) }),
    batch: () => ({ real: tensor('real', [4, 2]), labels: oneHot([0, 1, 2, 0], 3) }),
    terms: ['wasserstein', 'acgan'],
    options: { noise: 3 },
  },
  {
    name: 'infogan',
    spec: 'wasserstein + mi',
    networks: () => {
      const inputs = [3, 1, 1].map((width) => tf.input({ shape: [width] }));
      const output = tf.layers.dense({ units: 2 }).apply(tf.layers.concatenate().apply(inputs)) as tf.SymbolicTensor;
      return { generator: tf.model({ inputs, outputs: output }), discriminator: mlp('d', [2, 5], [1, 1, 1]) };
    },
    batch: () => ({ real: tensor('real', [4, 2]), codes: [tensor('c0', [4, 1]), tensor('c1', [4, 1])] }),
    terms: ['wasserstein', 'mi'],
    options: { noise: 3 },
  },
  {
    name: 'cyclegan',
    spec: 'pool tensor_pool(size: 3) wasserstein + 10*cycle',
    networks: () => ({
      x2y: { generator: mlp('g', [2, 5, 3]), discriminator: mlp('dy', [3, 5, 1]) },
      y2x: { generator: mlp('f', [3, 5, 2]), discriminator: mlp('dx', [2, 5, 1]) },
    }),
    batch: () => ({ x: tensor('x', [4, 2]), y: tensor('y', [4, 3]) }),
    terms: ['x2y.wasserstein', 'y2x.wasserstein', 'cycle'],
  },
  {
    name: 'stargan',
    spec: 'wasserstein + gp + 10*reconstruction + classification',
    networks: () => {
      const inputs = [tf.input({ shape: [2] }), tf.input({ shape: [3] })];
      const output = tf.layers.dense({ units: 2 }).apply(tf.layers.concatenate().apply(inputs)) as tf.SymbolicTensor;
      return { generator: tf.model({ inputs, outputs: output }), discriminator: mlp('d', [2, 5], [1, 3]) };
    },
    batch: () => ({ x: tensor('x', [4, 2]), label: oneHot([0, 1, 2, 0], 3) }),
    terms: ['wasserstein', 'gp', 'reconstruction', 'classification'],
  },
];

function modelsIn(networks: Networks): readonly tf.LayersModel[] {
  return 'x2y' in networks ? [...modelsOf(networks.x2y), ...modelsOf(networks.y2x)] : modelsOf(networks);
}

describe.each(CASES)('a step of $name', ({ spec, networks: make, batch: makeBatch, terms, options = {} }) => {
  const objective = compile(spec);

  it('updates every network, reports every term and leaves no tensor behind', async () => {
    const networks = make();
    const trainer = createTrainer(objective, networks, { optimizers: adam(), ema: 0.9, ...options });
    const batch = makeBatch();
    const before = modelsIn(networks).map((model) => valuesOf([model]));
    const metrics = await trainer.step(batch);
    modelsIn(networks).forEach((model, index) => {
      expect(valuesOf([model])[0]).not.toEqual(before[index][0]);
    });

    expect(metrics.step).toBe(1);
    expect(Object.keys(metrics.terms).sort()).toEqual([...terms].sort());
    expect(Number.isFinite(metrics.generatorLoss) && Number.isFinite(metrics.discriminatorLoss)).toBe(true);

    // pools fill for three steps
    for (let i = 0; i < 3; i += 1) await trainer.step(batch);
    const count = tf.memory().numTensors;
    for (let i = 0; i < 3; i += 1) await trainer.step(batch);
    expect(tf.memory().numTensors).toBe(count);
    trainer.dispose();
  });

  it('gives the same bits for the same seed, others for another', async () => {
    const run = async (seed: number) => {
      const networks = make();
      // layers of the same name start from the same weights; those made ad hoc do not
      modelsIn(networks).forEach((model, index) => model.setWeights(model.getWeights().map((weight, place) => tensor(`${index}/${place}`, weight.shape))));
      const trainer = createTrainer(objective, networks, { optimizers: adam(), seed, ...options });
      const losses = [];
      for (let i = 0; i < 4; i += 1) {
        const { ms, ...metrics } = await trainer.step(makeBatch());
        expect(ms).toBeGreaterThan(0);
        losses.push(metrics);
      }
      trainer.dispose();
      return { losses, values: valuesOf(modelsIn(networks)) };
    };
    const first = await run(5);
    expect(await run(5)).toEqual(first);
    expect(await run(6)).not.toEqual(first);
  });
});
