import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { trainer } from '../../trainer.ts';
import type { Batch } from '../../runtime/models/model.ts';
import { temporaryFolder } from '../testing/runCli.ts';
import { loadNetworkModule } from './networkModule.ts';

const cwd = temporaryFolder();
const load = (spec: string, options: Parameters<typeof loadNetworkModule>[1]) => loadNetworkModule(compile(spec), options, cwd);
const shapesOf = (batch: Batch) => Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, [value ?? []].flat().map((tensor) => `${tensor.dtype}[${tensor.shape}]`)]));
let files = 0;
function file(text: string): string {
  const name = `nets${files++}.mjs`;
  writeFileSync(join(cwd, name), text);
  return name;
}

describe('networks for commands without data', () => {
  it.each([
    ['wasserstein', { real: ['float32[4,4,4,1]'], generatorInputs: ['float32[4,5]'] }],
    ['model acgan objective = wasserstein + acgan', { real: ['float32[4,4,4,1]'], labels: ['float32[4,3]'], generatorInputs: ['float32[4,5]', 'float32[4,3]'] }],
    ['model infogan objective = wasserstein + mi', { real: ['float32[4,4,4,1]'], generatorInputs: ['float32[4,5]'], codes: ['int32[4]', 'float32[4,2]'] }],
    ['model cyclegan objective = least_squares + 10*cycle', { x: ['float32[4,4,4,1]'], y: ['float32[4,4,4,1]'] }],
    ['model stargan objective = wasserstein + classification', { x: ['float32[4,4,4,1]'], label: ['float32[4,3]'], target: ['float32[4,3]'] }],
  ])('has a batch of the shapes that the models of %s take, and trains with it', async (spec, shapes) => {
    const module = await load(spec, { image: { height: 4, width: 4, channels: 1 }, noise: 5, classes: 3 });
    const batch = module.batch(4);
    expect(shapesOf(batch)).toEqual(shapes);
    const trained = trainer(compile(spec), module.networks, { optimizers: module.optimizers(), mode: 'tape' });
    expect(await trained.step(batch)).toMatchObject({ step: 1, discriminatorLoss: expect.any(Number) });
    trained.dispose();
  });

  it('takes batches and optimisers from the file', async () => {
    const networks = file(`
      export const generator = (z) => z, discriminator = (x) => x;
      export const batch = (size, tf) => ({ real: tf.zeros([size, 2]), generatorInputs: tf.ones([size, 2]), importance: tf.ones([size]) });
      export const optimizers = (tf) => ({ generator: tf.train.sgd(1), discriminator: tf.train.sgd(2) });`);
    const module = await load('input importance wasserstein(real_weights: importance)', { networks, batch: 7, dSteps: 3, param: [] });
    expect(shapesOf(module.batch(module.batchSize))).toEqual({ real: ['float32[7,2]'], generatorInputs: ['float32[7,2]'], importance: ['float32[7]'] });
    expect(module.optimizers()).toMatchObject({ generator: { learningRate: 1 }, discriminator: { learningRate: 2 } });
    expect(module.steps).toEqual({ generator: 1, discriminator: 3 });
  });

  it('makes the same networks of the same command', async () => {
    const networks = file(`export const networks = (image, tf) => {
      const net = (width) => tf.sequential({ layers: [tf.layers.dense({ units: width, inputShape: [3] })] });
      return { generator: net(3), discriminator: net(1) };
    };`);
    const weights = async (seed: number) => ((await load('wasserstein', { networks, seed })).networks as { generator: tf.LayersModel }).generator.getWeights()[0].arraySync();
    const before = Math.random;
    expect(await weights(1)).toEqual(await weights(1));
    expect(await weights(1)).not.toEqual(await weights(2));
    expect(Math.random).toBe(before);
  });

  it('says what is missing', async () => {
    const functions = file('export const generator = (z) => z, discriminator = (x) => x;');
    const codes = async (run: () => unknown): Promise<string> => {
      try {
        await run();
        return 'nothing';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const module = await load('wasserstein', { networks: functions });
    expect(await codes(() => module.batch(1))).toBe(`the generator of '${functions}' is a function, which does not say what it takes`);
    expect(await codes(() => load('wasserstein', { networks: 'nowhere.mjs' }))).toBe("'nowhere.mjs' does not exist");
    expect(await codes(() => load('model cyclegan objective = least_squares', { networks: functions }))).toBe(`'${functions}' gives no x2y`);
    const wrong = file('export const generator = (z) => z, discriminator = (x) => x, batch = () => 3, optimizers = () => ({ generator: 1 });');
    const { batch, optimizers } = await load('wasserstein', { networks: wrong });
    expect(await codes(() => batch(1))).toBe(`batch() of '${wrong}' returns no object of tensors`);
    expect(await codes(optimizers)).toBe(`optimizers() of '${wrong}' returns no optimizers`);
    const declared = await load('input w wasserstein(real_weights: w)', {});
    expect(await codes(() => declared.batch(1))).toBe("the specification declares the input 'w', which no batch of 'the built-in networks' holds");
  });
});
