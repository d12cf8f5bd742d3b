import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/compile.ts';
import { createTrainer } from '../../src/runtime/trainer/createTrainer.ts';
import { mlp, tensor } from '../../src/runtime/trainer/testing/networks.ts';
import { createFaults } from './faults.ts';
import { trapModules } from './traps.ts';
import { batch, bits, expectNoTraces, make } from './trials.ts';

// Compiled steps as WebAssembly: a trap at any kernel, a memory that cannot grow.

beforeAll(async () => {
  await tf.setBackend('cpu');
});
const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((one) => one()));

const wasm = { target: 'wasm', threads: 1 } as const;

describe('a trap leaves no trace, whatever kernel it happens in', () => {
  it.each([
    ['a later step', { pool: false, options: { mode: 'captured', ...wasm } }, 2],
    ['a joint update', { pool: false, options: { mode: 'captured', schedule: 'joint', ...wasm } }, 1],
    ['several updates', { pool: false, options: { mode: 'captured', steps: { generator: 2, discriminator: 2 }, ...wasm } }, 1],
  ] as const)('%s', async (_what, made, done) => {
    const traps = trapModules();
    undo.push(traps.undo);
    // the optimisers' kernels are the last
    expect(await expectNoTraces(made, traps, { done, last: 2 })).toBeGreaterThan(1);
  });
});

describe('a memory that cannot grow', () => {
  it('leaves no trace in a step, and the next one has the room', async () => {
    const { grow } = WebAssembly.Memory.prototype;
    const faults = createFaults();
    undo.push(() => Object.assign(WebAssembly.Memory.prototype, { grow }));
    WebAssembly.Memory.prototype.grow = function (pages) {
      faults.point('WebAssembly.Memory.grow');
      return grow.call(this, pages);
    };
    const [trainer, healthy] = [0, 1].map(() => make({ pool: false, options: { mode: 'captured', ...wasm } }));
    const [first, large] = [batch(0), { real: tf.randomNormal([20_000, 2], 0, 1, 'float32', 1) }];
    await healthy.step(first);
    await healthy.step(large);
    await trainer.step(first);
    const before = await bits(trainer);
    const tensors = tf.memory().numTensors;
    let failed = 0;
    for (let call = 1; ; call += 1) {
      faults.arm(call, false);
      const error: unknown = await trainer.step(large).then(() => null, (reason: unknown) => reason);
      faults.disarm();
      if (error === null) break;
      failed += 1;
      expect(String(error)).toContain(faults.message);
      expect(await bits(trainer)).toEqual(before);
      expect(tf.memory().numTensors).toBe(tensors);
    }
    expect(failed).toBeGreaterThan(0);
    expect(await bits(trainer)).toEqual(await bits(healthy));
    trainer.dispose();
    healthy.dispose();
  });
});

describe('a thread that dies in the midst of a step', () => {
  it('leaves no trace: steps go on without it, in another memory', async () => {
    const { getBuiltinModule } = process;
    const traps = trapModules();
    undo.push(traps.undo, () => Object.assign(process, { getBuiltinModule }));
    // a thread that never takes anything: so it is known who traps
    const idle = class { on() {} unref() {} terminate() {} };
    Object.assign(process, { getBuiltinModule: (name: string) => ({ 'node:os': { availableParallelism: () => 2 }, 'node:worker_threads': { Worker: idle } })[name] });
    const warnings: string[] = [];
    const create = (threads: number) => {
      const networks = { generator: mlp('wideG', [64, 256, 2]), discriminator: mlp('wideD', [2, 256, 256, 1]) };
      const optimizers = { generator: tf.train.adam(0.01), discriminator: tf.train.adam(0.01) };
      return createTrainer(compile('wasserstein + 10*gp'), networks, { optimizers, noise: 64, seed: 3, mode: 'captured', target: 'wasm', threads, warn: (text) => void warnings.push(text) });
    };
    const [shared, healthy] = [create(2), create(1)];
    const data = { real: tensor('real', [128, 2]) };
    // alone and shared take turns at first: the third run is shared
    for (const one of [shared, healthy, shared, healthy]) await one.step(data);
    traps.arm(Infinity, false);
    await healthy.step(data);
    const count = traps.count();
    const before = await bits(shared);
    // programs that are shared call their kernels more often: this is among the first one's
    traps.arm(Math.floor(count / 4), false);
    await expect(shared.step(data)).rejects.toThrow(traps.message);
    traps.disarm();
    expect(await bits(shared)).toEqual(before);
    await shared.step(data);
    expect(await bits(shared)).toEqual(await bits(healthy));
    expect(warnings).toEqual(['a thread died in the midst of a step: steps go on without further threads']);
    shared.dispose();
    healthy.dispose();
  });
});
