import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { compile } from '../../compile.ts';
import type * as CodeMachine from '../compiled/codeMachine.ts';
import type { Machine } from '../compiled/machine.ts';
import { createRandom } from '../random.ts';
import { createTrainer, type BatchSource, type Trainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import { breakBackend, createFaults, FAULT, type Faults } from './testing/faults.ts';
import { fillWeights, mlp, tensor } from './testing/networks.ts';

// Whatever fails, wherever it fails: the trainer is bit for bit what it was. FAULTS=all tries every call, otherwise a sample is tried.

const SAMPLE = process.env.FAULTS === 'all' ? Infinity : 6;

/** Faults in the memory and the programs of compiled steps. */
const machineFaults = vi.hoisted((): { current: Faults | null } => ({ current: null }));

vi.mock('../compiled/codeMachine.ts', async (importOriginal) => {
  const real = await importOriginal<typeof CodeMachine>();
  const point = (what: string): void => machineFaults.current?.point(what);
  return {
    createCodeMachine: (...args: Parameters<typeof real.createCodeMachine>): Machine => {
      const machine = real.createCodeMachine(...args);
      return {
        ...machine,
        allocate: (bytes) => (point('allocate'), machine.allocate(bytes)),
        // every upload, every draw and every number that is read passes here
        floats: () => (point('floats'), machine.floats()),
        integers: () => (point('integers'), machine.integers()),
        load(programs) {
          point('load');
          return new Map(
            [...machine.load(programs)].map(([name, { run, reads }]) => {
              const guarded = (): void => {
                point(`before ${name}`);
                run();
                // an update's last program cannot fail once it has begun: it calls nothing and reserves nothing
                if (!name.startsWith('apply')) point(`after ${name}`);
              };
              return [name, { run: guarded, reads }] as const;
            }),
          );
        },
      };
    },
  };
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});
const undo: (() => void)[] = [];
afterEach(() => {
  machineFaults.current = null;
  undo.splice(0).forEach((one) => one());
});

const SPEC = `
pool tensor_pool(size: 2)
param lambda = 10
term drift() { discriminator = square(ema(mean(D(real)), decay: 0.5)) + 0*mean(pool(D(real), size: 2)) }
term level() { generator = square(ema(mean(fake), decay: 0.5)) }
wasserstein + lambda*gp + drift() + level()`;
const UNPOOLED = SPEC.replace(/pool tensor_pool.*/, '').replace('+ 0*mean(pool(D(real), size: 2))', '');
const WITH_POOL = compile(SPEC);
const WITHOUT_POOL = compile(UNPOOLED);

/** A generator that looks at its data, so that it runs on the tape in the midst of compiled code. */
function peeking(model: tf.LayersModel) {
  const run = (z: tf.Tensor) => {
    z.dataSync();
    return model.apply(z, { training: true }) as tf.Tensor;
  };
  return Object.assign(run, { variables: model.weights.map((weight) => weight.read() as tf.Variable) });
}

interface Made {
  readonly pool: boolean;
  readonly peeks?: boolean;
  readonly options?: Partial<TrainerOptions>;
}

/** A trainer with every kind of state. */
function make({ pool, peeks = false, options = {} }: Made): Trainer {
  const generator = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.batchNormalization()] });
  fillWeights(generator, 'faults');
  return createTrainer(
    pool ? WITH_POOL : WITHOUT_POOL,
    { generator: peeks ? peeking(generator) : generator, discriminator: mlp('d', [2, 4, 1]) },
    { optimizers: { generator: tf.train.adam(0.01, 0, 0.9), discriminator: tf.train.rmsprop(0.01, 0.9, 0.5) }, noise: 3, ema: 0.9, steps: { generator: 1, discriminator: 1 }, target: 'js', warn: () => undefined, ...options },
  );
}

const batch = (index: number) => ({ real: tensor(`real${index}`, [4, 2]) });

/** Layers of two trainers have different names. */
const bits = async (trainer: Trainer) => {
  const { tensors, ...rest } = await trainer.state();
  return { ...rest, tensors: tensors.map(({ name, dtype, shape, data }) => ({ name, dtype, shape, data: new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)) })) };
};

/** The numbers of all calls, or of a sample that depends on the seed alone. */
function callsOf(count: number, seed: number): readonly number[] {
  if (count <= SAMPLE) return Array.from({ length: count }, (_, index) => index + 1);
  const draws = createRandom(seed, 'faults').numbers('calls', SAMPLE);
  return [...new Set([...draws].map((draw) => 1 + Math.floor(draw * count)))].sort((a, b) => a - b);
}

/**
 * Makes steps fail at each call in turn. After each the state is what it was, and no tensor is left; a step that succeeds nevertheless
 * (what could not be compiled ran on the tape) is left out. In the end a step without a fault is that of a trainer that never had one.
 */
async function expectNoTraces(made: Made, faults: Faults, { done, forever = false, source = batch }: { readonly done: number; readonly forever?: boolean; readonly source?: (index: number) => BatchSource }): Promise<number> {
  const [trainer, healthy] = [make(made), make(made)];
  let at = 0;
  for (; at < done; at += 1) {
    await trainer.step(batch(at));
    await healthy.step(batch(at));
  }
  const before = await trainer.state();
  const pristine = await bits(trainer);
  const data = source(at);
  // a first step is counted on another trainer: what was compiled stays compiled
  const counted = at === 0 ? make(made) : trainer;
  faults.arm(Infinity, false);
  await counted.step(data);
  const count = faults.count();
  if (counted === trainer) await trainer.restore(before);
  else counted.dispose();
  let [failed, swallowed] = [0, 0];
  for (const call of callsOf(count, 7 + done)) {
    const tensors = tf.memory().numTensors;
    faults.arm(call, forever);
    const error: unknown = await trainer.step(data).then(
      () => null,
      (reason: unknown) => reason,
    );
    faults.disarm();
    if (error === null) {
      swallowed += 1;
      await trainer.restore(before);
      continue;
    }
    failed += 1;
    expect(String(error)).toContain(FAULT);
    expect(await bits(trainer), `after call ${call}: ${String(error)}`).toEqual(pristine);
    expect(trainer.stepCount).toBe(at);
    expect(tf.memory().numTensors, `tensors after call ${call}: ${String(error)}`).toBe(tensors);
  }
  faults.disarm();
  const { ms: _, ...found } = await trainer.step(batch(at));
  const { ms: __, ...wanted } = await healthy.step(batch(at));
  // what has moved to the tape rounds differently
  if (swallowed === 0) {
    expect(found).toEqual(wanted);
    expect(await bits(trainer)).toEqual(await bits(healthy));
  }
  trainer.dispose();
  healthy.dispose();
  return failed;
}

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
