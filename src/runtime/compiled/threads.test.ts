import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { createTrainer } from '../trainer/createTrainer.ts';
import { chooseFaster } from './chooseFaster.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('chooseFaster', () => {
  /** Runs with a clock of its own, in which each way takes as long as it says now. */
  function clocked() {
    let time = 0;
    const cost = { alone: 10, together: 6 };
    const runs: string[] = [];
    const way = (name: 'alone' | 'together') => () => {
      runs.push(name);
      time += cost[name];
    };
    const run = chooseFaster(way('alone'), way('together'), () => time);
    return { cost, runs, run: (count: number) => Array.from({ length: count }, run) };
  }

  it('keeps to the faster way, and changes its mind when that is the other one', () => {
    const { cost, runs, run } = clocked();
    run(24);
    expect(new Set(runs)).toEqual(new Set(['alone', 'together']));
    runs.length = 0;
    run(100);
    expect(new Set(runs)).toEqual(new Set(['together']));
    cost.together = 50;
    run(200);
    runs.length = 0;
    run(150);
    expect(runs.filter((name) => name === 'together').length).toBeLessThan(10);
  });
});

describe('a trainer on two threads', () => {
  it('computes the same bits as on one', async () => {
    const train = async (threads: number) => {
      const dense = (units: number, inputs: number, seed: number, activation?: 'relu' | 'tanh') => tf.layers.dense({ units, inputShape: [inputs], activation, kernelInitializer: tf.initializers.glorotUniform({ seed }) });
      const networks = {
        generator: tf.sequential({ layers: [dense(192, 16, 1, 'relu'), dense(192, 192, 2, 'relu'), dense(2, 192, 3)] }),
        discriminator: tf.sequential({ layers: [dense(192, 2, 4, 'tanh'), dense(192, 192, 5, 'tanh'), dense(1, 192, 6)] }),
      };
      const trained = createTrainer(compile('wasserstein + 10*gp'), networks, { optimizers: { generator: tf.train.adam(1e-3), discriminator: tf.train.adam(1e-3) }, noise: 16, mode: 'captured', target: 'wasm', threads });
      const real = tf.randomNormal([96, 2], 0, 1, 'float32', 7);
      const losses: number[] = [];
      // enough for both ways, alone and shared, to be taken
      for (let step = 0; step < 30; step += 1) losses.push((await trained.step({ real })).discriminatorLoss);
      const { tensors } = await trained.state();
      trained.dispose();
      return { losses, tensors: tensors.map(({ name, data }) => [name, data]) };
    };
    expect(await train(2)).toEqual(await train(1));
  }, 60_000);
});
