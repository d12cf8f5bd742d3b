import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RandomSource } from '../../runtime/random.ts';
import { withHidden } from '../models/fields.ts';
import { ganModel } from '../models/ganModel.ts';
import { replaceFields } from '../models/replaceFields.ts';
import { tensorPoolAdjustedModel } from '../models/tensorPoolAdjustedModel.ts';
import { denseNetwork } from '../models/testing/denseNetworks.ts';
import { POOLS, RECOMPUTE } from '../recipe.ts';
import type { GANLoss, GANModel } from '../types.ts';
import { ganTrainOps } from './ganTrainOps.ts';
import { tensorPool, type TensorPool } from './tensorPool.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];

/** Wasserstein's losses of a model, with a pool or without. */
function wasserstein(model: GANModel, pool: TensorPool | null = null): GANLoss {
  const pooled = pool === null ? model : tensorPoolAdjustedModel(model, pool);
  return {
    get generatorLoss() {
      return tf.neg(tf.mean(model.discriminatorGenOutputs));
    },
    get discriminatorLoss() {
      return tf.sub(tf.mean(pooled.discriminatorGenOutputs), tf.mean(pooled.discriminatorRealOutputs));
    },
  };
}

/** The same with a recipe, as `ganLoss` has one. */
function recomputed(model: GANModel, pool: TensorPool | null = null): GANLoss {
  return withHidden(wasserstein(model, pool), { [RECOMPUTE]: (other: GANModel) => recomputed(other, pool), [POOLS]: pool === null ? [] : [pool] });
}

function setup(lossOf: (model: GANModel) => GANLoss) {
  const [G, D] = [denseNetwork('G', [3, 2]), denseNetwork('D', [2, 1])];
  const drawn: number[][] = [];
  const noise = (random: RandomSource) => {
    const z = random.normal('z', [4, 3]);
    drawn.push(numbers(z));
    return z;
  };
  const model = ganModel(G.network, D.network, (random) => random.normal('x', [4, 2]), noise);
  const ops = ganTrainOps(model, lossOf(model), tf.train.sgd(0.1), tf.train.sgd(0.1));
  const calls = () => [G.calls.length, D.calls.length];
  return { model, ops, drawn, calls, G, D };
}

describe.each([
  ['with a recipe', recomputed],
  ['made by hand', wasserstein],
])('a run of a loss %s', (_, lossOf) => {
  it('draws data once, and others than the run before', async () => {
    const { ops, drawn } = setup(lossOf);
    await ops.generatorTrainOp();
    expect(drawn).toHaveLength(1);
    await ops.discriminatorTrainOp();
    await ops.run([ops.generatorTrainOp, ops.discriminatorTrainOp]);
    expect(drawn).toHaveLength(3);
    expect(new Set(drawn.map(String)).size).toBe(3);
    const again = setup(lossOf);
    await again.ops.generatorTrainOp();
    expect(again.drawn[0]).toEqual(drawn[0]);
  });

  it('runs each network as often as the graph would', async () => {
    const { ops, calls } = setup(lossOf);
    await ops.generatorTrainOp();
    expect(calls()).toEqual([1, 1]);
    await ops.discriminatorTrainOp();
    expect(calls()).toEqual([2, 3]);
    await ops.run([ops.generatorTrainOp, ops.discriminatorTrainOp]);
    expect(calls()).toEqual([3, 5]);
  });

  it('descends the gradients of its own data, and keeps no tensor', async () => {
    const { ops, drawn, G, D } = setup(lossOf);
    await ops.generatorTrainOp();
    const [w, before] = [numbers(G.w), tf.memory().numTensors];
    await ops.generatorTrainOp();
    const expected = tf.tidy(() => {
      const z = tf.tensor2d(drawn[1], [4, 3]);
      const loss = (weights: tf.Tensor) => tf.neg(tf.mean(tf.tanh(tf.matMul(tf.tanh(tf.matMul(z, weights as tf.Tensor2D)), D.w as tf.Tensor2D))));
      const weights = tf.tensor2d(w, [3, 2]);
      return numbers(tf.sub(weights, tf.mul(0.1, tf.grad(loss)(weights))));
    });
    expect(numbers(G.w)).toEqual(expected.map((value) => expect.closeTo(value, 6)));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a run', () => {
  it('puts pools back where it fails', async () => {
    const pool = tensorPool({ poolSize: 2, poolingProbability: 1, seed: 1 });
    const { model, ops, D } = setup((of) => recomputed(of, pool));
    await ops.discriminatorTrainOp();
    await ops.discriminatorTrainOp();
    const w = numbers(D.w);
    const broken = ganTrainOps(model, replaceFields(recomputed(model, pool), (loss) => ({
      get discriminatorLoss() {
        return tf.mul(loss.discriminatorLoss, NaN);
      },
    })), tf.train.sgd(0.1), tf.train.sgd(0.1));
    const before = tf.memory().numTensors;
    await expect(broken.discriminatorTrainOp()).rejects.toThrow('LossTensor is inf or nan');
    expect(numbers(D.w)).toEqual(w);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('knows the pools of its loss, and differentiates through replaced fields', async () => {
    const { model, ops, D } = setup((of) => replaceFields(recomputed(of), (loss) => ({
      get discriminatorLoss() {
        return tf.mul(0, loss.discriminatorLoss);
      },
    })));
    const w = numbers(D.w);
    expect(await ops.discriminatorTrainOp()).toBeCloseTo(0);
    expect(numbers(D.w)).toEqual(w);
    expect(() => replaceFields(model, { generatorLoss: 1 } as never)).toThrow("Got unexpected field names: ['generatorLoss']");
  });

  it('changes the batch statistics of its own player alone, and those not where it fails', async () => {
    const layers = (units: number, inputs: number) => tf.sequential({ layers: [tf.layers.dense({ inputShape: [inputs], units }), tf.layers.batchNormalization()] });
    const [G, D] = [layers(2, 3), layers(1, 2)];
    const model = ganModel(G, D, (random) => random.normal('x', [4, 2]), (random) => random.normal('z', [4, 3]));
    const ops = ganTrainOps(model, recomputed(model), tf.train.sgd(0.1), tf.train.sgd(0.1));
    const statistics = () => [G, D].map((network) => network.getWeights().slice(4).map(numbers));
    const start = statistics();
    await ops.generatorTrainOp();
    const afterG = statistics();
    expect(afterG[0]).not.toEqual(start[0]);
    expect(afterG[1]).toEqual(start[1]);
    await ops.discriminatorTrainOp();
    const afterD = statistics();
    expect(afterD[0]).toEqual(afterG[0]);
    expect(afterD[1]).not.toEqual(afterG[1]);
    const broken = ganTrainOps(model, replaceFields(recomputed(model), (loss) => ({
      get generatorLoss() {
        return tf.mul(loss.generatorLoss, NaN);
      },
    })), tf.train.sgd(0.1), tf.train.sgd(0.1));
    await expect(broken.generatorTrainOp()).rejects.toThrow('inf or nan');
    expect(statistics()).toEqual(afterD);
  });
});
