import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { createTrainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import { modelsOf, pair, tensor, valuesOf } from './testing/networks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const batch = (index: number) => ({ real: tensor(`real${index}`, [4, 2]) });
const make = (text: string, networks = pair(), more: Partial<TrainerOptions> = {}) =>
  createTrainer(compile(text), networks, { optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) }, noise: 3, seed: 5, ...more });
const weightsOf = (networks: ReturnType<typeof pair>) => modelsOf(networks).map((model) => valuesOf([model]).flat());
const farthest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

describe('weight_clip', () => {
  it('ends each of the discriminator’s updates with its variables in [-c, c], and leaves the generator’s alone', async () => {
    const [clipped, free] = [pair(), pair()];
    const trainers = [make('weight_clip 0.25\nwasserstein', clipped), make('wasserstein', free)];
    expect(farthest(weightsOf(clipped)[1])).toBeGreaterThan(0.5);
    for (const trainer of trainers) await trainer.step(batch(0));
    const [[generator, discriminator], [freeGenerator, freeDiscriminator]] = [weightsOf(clipped), weightsOf(free)];
    expect(generator).toEqual(freeGenerator);
    // the update itself is the same: only its result is cut off
    discriminator.forEach((value, index) => expect(value).toBeCloseTo(Math.min(Math.max(freeDiscriminator[index], -0.25), 0.25), 6));
    expect(farthest(generator)).toBeGreaterThan(0.5);
    for (const trainer of trainers) trainer.dispose();
  });

  it('counts after every update of a step, and not before the first', async () => {
    const networks = pair();
    const trainer = make('weight_clip 0.01\nwasserstein', networks, { steps: { generator: 1, discriminator: 3 }, schedule: 'joint' });
    const before = weightsOf(networks)[1];
    expect(farthest(before)).toBeGreaterThan(0.5);
    for (let index = 0; index < 3; index += 1) {
      await trainer.step(batch(index));
      expect(farthest(weightsOf(networks)[1])).toBeLessThanOrEqual(Math.fround(0.01));
    }
    trainer.dispose();
  });

  it('is part of what an objective means: a checkpoint of another clip is refused', async () => {
    const trainer = make('weight_clip 0.01\nwasserstein');
    await trainer.step(batch(0));
    const state = decodeCheckpoint(encodeCheckpoint(await trainer.state()));
    const [same, other, none] = ['weight_clip 0.01\nwasserstein', 'weight_clip 0.02\nwasserstein', 'wasserstein'].map((text) => make(text));
    await same.restore(state);
    await expect(other.restore(state)).rejects.toThrow('another objective');
    await expect(none.restore(state)).rejects.toThrow('another objective');
    for (const made of [trainer, same, other, none]) made.dispose();
  });

  it('does nothing to losses outside a trainer', () => {
    const networks = pair();
    const read = (text: string) => tf.tidy(() => compile(text).losses(networks, { ...batch(0), generatorInputs: tensor('z', [4, 3]) }).discriminator.dataSync()[0]);
    expect(read('weight_clip 0.01\nwasserstein')).toBe(read('wasserstein'));
  });
});
