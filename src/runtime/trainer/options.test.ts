import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { createRandom } from '../random.ts';
import { createTrainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import { modelsOf, pair, tensor, valuesOf } from './testing/networks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const objective = compile('wasserstein + 10*gp\npool tensor_pool(size: 2)');

async function train(options: Partial<TrainerOptions>): Promise<readonly (readonly number[])[]> {
  const networks = pair();
  const trainer = createTrainer(objective, networks, {
    optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) },
    steps: { discriminator: 2 },
    noise: 3,
    ...options,
  });
  for (let i = 0; i < 2; i += 1) await trainer.step({ real: tensor('real', [4, 2]) });
  trainer.dispose();
  return valuesOf(modelsOf(networks));
}

describe("the trainer's option random", () => {
  it('is where all draws come from: the sources of a seed, given by hand, train as the seed does', async () => {
    const asked = new Set<string>();
    const random: TrainerOptions['random'] = (stream, step) => {
      asked.add(`${step} ${stream}`);
      return createRandom(9, stream, step);
    };
    expect(await train({ random, seed: 1, mode: 'tape' })).toEqual(await train({ seed: 9, mode: 'tape' }));
    const updates = ['samples/0', 'generator/0', 'samples/1', 'discriminator/1', 'samples/2', 'discriminator/2'];
    expect([...asked]).toEqual([1, 2].flatMap((step) => updates.map((stream) => `${step} ${stream}`)));
    asked.clear();
    expect(await train({ random, seed: 1, mode: 'captured' })).toEqual(await train({ seed: 9, mode: 'captured' }));
    // a compiled step asks for what it draws from alone
    expect([...asked]).toEqual([1, 2].flatMap((step) => updates.filter((stream) => stream !== 'generator/0').map((stream) => `${step} ${stream}`)));
  });
});
