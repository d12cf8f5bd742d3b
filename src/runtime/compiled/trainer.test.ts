import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { createTrainer } from '../trainer/createTrainer.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import { modelsOf, pair, tensor, valuesOf } from '../trainer/testing/networks.ts';
import { expectClose } from './testing/expectClose.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const feed = (index: number) => ({ real: tensor(`real${index}`, [4, 2]), generatorInputs: tensor(`z${index}`, [4, 3]) });

async function train(spec: string, options: Partial<TrainerOptions>, steps = 4) {
  const networks = pair();
  const trainer = createTrainer(compile(spec), networks, { optimizers: { generator: tf.train.adam(0.01, 0.5, 0.9), discriminator: tf.train.adam(0.02, 0.5, 0.9) }, target: 'js', ...options });
  const metrics = [];
  for (let step = 0; step < steps; step += 1) metrics.push(await trainer.step(() => feed(step)));
  const result = { metrics: metrics.map(({ ms: _, ...rest }) => rest), weights: valuesOf(modelsOf(networks)), mode: trainer.mode, fallback: trainer.fallback, state: await trainer.state() };
  trainer.dispose();
  return result;
}

describe('captured steps', () => {
  it.each(['wasserstein + 10*gp', 'least_squares', 'minimax + 3*r1', 'hinge + lecam'])('%s: those of the tape', async (spec) => {
    const [captured, tape] = [await train(spec, { mode: 'captured' }), await train(spec, { mode: 'tape' })];
    expect(captured.mode).toBe('captured');
    expectClose(captured.metrics, tape.metrics);
    expectClose(captured.weights, tape.weights);
  });
});

/** A generator that looks at its data: it cannot be captured. */
function peeking(model: tf.LayersModel) {
  const run = (z: tf.Tensor) => {
    z.dataSync();
    return model.apply(z, { training: true }) as tf.Tensor;
  };
  return Object.assign(run, { variables: model.weights.map((weight) => weight.read() as tf.Variable) });
}

describe('networks that cannot be captured', () => {
  async function trainWith(spec: string, uncapturable: 'generator' | 'discriminator' | 'none', mode: 'auto' | 'tape', schedule: 'sequential' | 'joint' = 'sequential') {
    const networks = pair();
    const [generator, discriminator] = modelsOf(networks);
    const bound = { ...networks, ...(uncapturable === 'none' ? {} : { [uncapturable]: peeking({ generator, discriminator }[uncapturable]) }) };
    const warnings: string[] = [];
    const trainer = createTrainer(compile(spec), bound, { optimizers: { generator: tf.train.adam(0.01, 0.5, 0.9), discriminator: tf.train.momentum(0.02, 0.5) }, target: 'wasm', mode, schedule, ema: 0.9, warn: (message) => warnings.push(message), noise: 3 });
    const metrics = [];
    for (let step = 0; step < 3; step += 1) {
      const { ms: _, ...rest } = await trainer.step({ real: tensor(`real${step}`, [4, 2]) });
      metrics.push(rest);
    }
    const { mode: taken, fallback } = trainer;
    const result = { metrics, state: (await trainer.state()).tensors.map(({ data }) => [...data]) };
    trainer.dispose();
    return { result, warnings, taken, fallback };
  }

  it.each([
    ['generator', 'wasserstein + 10*gp', 'captured', 'sequential'],
    ['generator', 'pool tensor_pool(size: 2)\nhinge', 'captured', 'sequential'],
    ['generator', 'modified', 'captured', 'joint'],
    ['discriminator', 'hinge', 'tape', 'sequential'],
    ['none', 'pool tensor_pool(size: 2)\nhinge + lecam', 'captured', 'sequential'],
    ['none', 'modified + lecam', 'captured', 'joint'],
  ] as const)('the %s, in %s: %s', async (uncapturable, spec, taken, schedule) => {
    const auto = await trainWith(spec, uncapturable, 'auto', schedule);
    const tape = await trainWith(spec, uncapturable, 'tape', schedule);
    expect(auto.taken).toBe(taken);
    expectClose(auto.result, tape.result);
    expect(auto.warnings).toHaveLength(uncapturable === 'none' ? 0 : 1);
    if (uncapturable === 'none') expect(auto.fallback).toBeNull();
    else expect(auto.fallback).toContain('data');
  });
});
