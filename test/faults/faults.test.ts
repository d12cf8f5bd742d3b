import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as CodeMachine from '../../src/runtime/compiled/codeMachine.ts';
import type { Machine } from '../../src/runtime/compiled/machine.ts';
import { createRandom } from '../../src/runtime/random.ts';
import type { BatchSource } from '../../src/runtime/trainer/createTrainer.ts';
import type { TrainerOptions } from '../../src/runtime/trainer/options.ts';
import { breakBackend, breakMachine, createFaults, type Points } from './faults.ts';
import { batch, bits, expectNoTraces, make } from './trials.ts';

// Whatever fails, wherever it fails: the trainer is bit for bit what it was. FAULTS=all tries every call, otherwise a sample is tried.

/** Faults in the memory and the programs of compiled steps. */
const machineFaults = vi.hoisted((): { current: Points | null } => ({ current: null }));

vi.mock('../../src/runtime/compiled/codeMachine.ts', async (importOriginal) => {
  const real = await importOriginal<typeof CodeMachine>();
  return { createCodeMachine: (...args: Parameters<typeof real.createCodeMachine>): Machine => breakMachine(real.createCodeMachine(...args), () => machineFaults.current) };
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});
const undo: (() => void)[] = [];
afterEach(() => {
  machineFaults.current = null;
  undo.splice(0).forEach((one) => one());
});

describe('a fault leaves no trace', () => {
  const onTape = { options: { mode: 'tape' } } as const;
  const compiled = { options: { mode: 'captured' } } as const;

  it.each([
    ['the first step', { pool: true, ...onTape }, 0],
    ['a later step', { pool: true, ...onTape }, 3],
    ['a joint update', { pool: false, options: { mode: 'tape', schedule: 'joint' } }, 1],
  ] as const)('in a kernel, an upload or a download: %s on the tape', async (_what, made, done) => {
    const faults = createFaults();
    undo.push(breakBackend(faults));
    expect(await expectNoTraces(made, faults, { done })).toBeGreaterThan(1);
    expect(await expectNoTraces(made, faults, { done, forever: true })).toBeGreaterThan(1);
  });

  it.each([
    ['the first step', { pool: false, ...compiled }, 0],
    ['a later step', { pool: false, ...compiled }, 2],
    ['with a pool, partly on the tape', { pool: true, options: { mode: 'auto' } }, 3],
    ['with a generator on the tape', { pool: false, peeks: true, options: { mode: 'auto' } }, 2],
    ['a joint update', { pool: false, options: { mode: 'captured', schedule: 'joint' } }, 1],
    ['several updates', { pool: false, options: { mode: 'captured', steps: { generator: 2, discriminator: 2 } } }, 1],
  ] as const)('in programs and memory: %s as code', async (_what, made, done) => {
    const faults = createFaults();
    machineFaults.current = faults;
    undo.push(breakBackend(faults));
    expect(await expectNoTraces(made, faults, { done })).toBeGreaterThan(1);
  });

  const OPTIMIZERS: Readonly<Record<string, () => tf.Optimizer>> = {
    sgd: () => tf.train.sgd(0.05),
    momentum: () => tf.train.momentum(0.05, 0.9, true),
    adagrad: () => tf.train.adagrad(0.05),
    adadelta: () => tf.train.adadelta(0.05),
    rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0.5, -1e-3, true),
    adam: () => tf.train.adam(0.01, 0.7, 0.9),
    adamax: () => tf.train.adamax(0.01, 0.7, 0.9),
  };
  const kinds = Object.keys(OPTIMIZERS);

  it.each(kinds)('while optimisers update the variables, on the tape: %s', async (kind) => {
    let updating = false;
    const optimizer = (): tf.Optimizer => {
      const made = OPTIMIZERS[kind]();
      const apply = made.applyGradients.bind(made);
      made.applyGradients = (gradients) => {
        updating = true;
        try {
          apply(gradients);
        } finally {
          updating = false;
        }
      };
      return made;
    };
    const faults = createFaults(() => updating);
    undo.push(breakBackend(faults));
    for (const done of [0, 2]) expect(await expectNoTraces({ pool: true, optimizer, ...onTape }, faults, { done })).toBeGreaterThan(1);
  });

  it.each([...(process.env.FAULTS === 'all' ? kinds : ['sgd', 'adadelta']).map((kind) => [kind, 'sequential'] as const), ['adam', 'joint'] as const])('before, amid and after the programs that update the variables: %s, %s', async (kind, schedule) => {
    const faults = createFaults((what) => what.includes('apply'));
    machineFaults.current = faults;
    const weights = { pool: false, optimizer: OPTIMIZERS[kind], options: { mode: 'captured', schedule } } as const;
    // one update for each player, with three points
    expect(await expectNoTraces(weights, faults, { done: 1 })).toBe(6);
  });

  const MODES = ['tape', 'captured'] as const;

  const raise = (): never => {
    throw new Error('wrong');
  };
  /** Good batches, but for the second update's. */
  const second = (make: () => ReturnType<Extract<BatchSource, () => unknown>>): BatchSource => {
    let calls = 0;
    return () => (++calls === 2 ? make() : batch(0));
  };

  /** Steps that are wrong in themselves: each is refused, and the next right one is as if it had never been. */
  const WRONG: Readonly<Record<string, readonly [message: string | RegExp, make: () => BatchSource]>> = {
    'a function that throws': ['wrong', () => () => raise()],
    'a promise that is rejected': ['wrong', () => () => Promise.reject(new Error('wrong'))],
    'the second batch missing': ['wrong', () => second(() => Promise.reject(new Error('wrong')))],
    'the second batch not finite': ["'real' in the batch holds 8 infinite", () => second(() => ({ real: tf.fill([4, 2], -Infinity) }))],
    'the second batch of another width': ['differ in shape', () => second(() => ({ real: tf.ones([4, 3]) }))],
    nothing: ['the batch is undefined', () => () => undefined as never],
    null: ['the batch is null', () => null as never],
    'a number': [/\w/, () => (() => ({ real: 3 })) as never],
    texts: ["'real' in the batch is of the type string", () => () => ({ real: tf.fill([4, 2], 'a') })],
    'a tensor that was disposed': [
      'has been disposed',
      () => {
        const real = tf.ones([4, 2]);
        real.dispose();
        return { real };
      },
    ],
    'a tensor that cannot be freed': [
      'wrong',
      () => {
        const real = Object.assign(tf.ones([4, 2]), { dispose: raise });
        return () => ({ real });
      },
    ],
    'no samples': ['it holds nothing', () => () => ({ real: tf.zeros([0, 2]) })],
    'inputs of another width': [/\w/, () => () => ({ ...batch(0), generatorInputs: tf.ones([4, 7]) })],
  };

  it.each(MODES)('in what a step is given: %s', async (mode) => {
    const made = { pool: false, options: { mode } } as const;
    const [trainer, healthy] = [make(made), make(made)];
    for (const one of [trainer, healthy]) await one.step(batch(0));
    for (const [what, [message, source]] of Object.entries(WRONG)) {
      const before = await bits(trainer);
      const wrong = source();
      const tensors = tf.memory().numTensors;
      await expect(trainer.step(wrong), what).rejects.toThrow(message);
      expect(tf.memory().numTensors, what).toBe(tensors);
      expect(await bits(trainer), what).toEqual(before);
      for (const one of [trainer, healthy]) await one.step(batch(one.stepCount));
      expect(await bits(trainer), what).toEqual(await bits(healthy));
    }
    trainer.dispose();
    healthy.dispose();
  });

  it.each(MODES)('%s: a source of random numbers that throws, at each draw', async (mode) => {
    let [draws, broken] = [0, Infinity];
    const random: TrainerOptions['random'] = (stream, step) => {
      const real = createRandom(5, stream, step);
      const guard = <A extends readonly unknown[], R>(draw: (...args: A) => R) => (...args: A): R => {
        draws += 1;
        if (draws === broken) throw new Error('no more numbers');
        return draw(...args);
      };
      return { uniform: guard(real.uniform), normal: guard(real.normal), numbers: guard(real.numbers) };
    };
    const trainer = make({ pool: false, options: { mode, random } });
    await trainer.step(batch(0));
    const state = await trainer.state();
    draws = 0;
    await trainer.step(batch(1));
    const count = draws;
    await trainer.restore(state);
    const before = await bits(trainer);
    expect(count).toBeGreaterThan(1);
    for (broken = 1; broken <= count; broken += 1) {
      draws = 0;
      const tensors = tf.memory().numTensors;
      await expect(trainer.step(batch(1))).rejects.toThrow('no more numbers');
      expect(await bits(trainer)).toEqual(before);
      expect(tf.memory().numTensors - tensors).toBeLessThanOrEqual(1);
    }
    trainer.dispose();
  });
});
