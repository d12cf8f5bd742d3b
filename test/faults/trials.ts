import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { compile } from '../../src/compile.ts';
import { createRandom } from '../../src/runtime/random.ts';
import { createTrainer, type Trainer } from '../../src/runtime/trainer/createTrainer.ts';
import type { TrainerOptions } from '../../src/runtime/trainer/options.ts';
import type { Faults } from './faults.ts';
import { fillWeights, mlp, tensor } from '../../src/runtime/trainer/testing/networks.ts';

/** How many calls are made to fail; `FAULTS=all` tries every one. */
const SAMPLE = process.env.FAULTS === 'all' ? Infinity : 6;

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

export interface Made {
  readonly pool: boolean;
  readonly peeks?: boolean;
  /** Makes the optimiser of each player; Adam and RMSProp where it is left out. */
  readonly optimizer?: () => tf.Optimizer;
  readonly options?: Partial<TrainerOptions>;
}

/** A trainer with every kind of state. */
export function make({ pool, peeks = false, optimizer, options = {} }: Made): Trainer {
  const generator = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.batchNormalization()] });
  fillWeights(generator, 'faults');
  return createTrainer(
    pool ? WITH_POOL : WITHOUT_POOL,
    { generator: peeks ? peeking(generator) : generator, discriminator: mlp('d', [2, 4, 1]) },
    { optimizers: { generator: optimizer?.() ?? tf.train.adam(0.01, 0, 0.9), discriminator: optimizer?.() ?? tf.train.rmsprop(0.01, 0.9, 0.5) }, noise: 3, ema: 0.9, steps: { generator: 1, discriminator: 1 }, target: 'js', warn: () => undefined, ...options },
  );
}

export const batch = (index: number) => ({ real: tensor(`real${index}`, [4, 2]) });

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/** A trainer's state, bit for bit. Layers of two trainers have different names. */
export const bits = async (trainer: Trainer) => {
  const { tensors, ...rest } = await trainer.state();
  return { ...rest, tensors: tensors.map(({ name, dtype, shape, data }) => ({ name, dtype, shape, data: data.length < 64 ? [...bytesOf(data)] : createHash('sha256').update(bytesOf(data)).digest('hex') })) };
};

/** The numbers of all calls, or of a sample that depends on the seed alone, and so many of the last. */
function callsOf(count: number, seed: number, last: number): readonly number[] {
  if (count <= SAMPLE) return Array.from({ length: count }, (_, index) => index + 1);
  const draws = createRandom(seed, 'faults').numbers('calls', SAMPLE);
  const ends = Array.from({ length: last }, (_, index) => count - index);
  return [...new Set([...[...draws].map((draw) => 1 + Math.floor(draw * count)), ...ends])].sort((a, b) => a - b);
}

interface Trial {
  /** How many steps are done before. */
  readonly done: number;
  /** Whether all calls after the first that fails do so, too. */
  readonly forever?: boolean;
  /** How many of the last calls are tried in any case. */
  readonly last?: number;
}

/**
 * Makes steps fail at each call in turn. After each the state is what it was, and no tensor is left; a step that succeeds nevertheless
 * (what could not be compiled ran on the tape) is left out. In the end a step without a fault is that of a trainer that never had one.
 */
export async function expectNoTraces(made: Made, faults: Faults, { done, forever = false, last = 0 }: Trial): Promise<number> {
  const [trainer, healthy] = [make(made), make(made)];
  let at = 0;
  for (; at < done; at += 1) {
    await trainer.step(batch(at));
    await healthy.step(batch(at));
  }
  const before = await trainer.state();
  const pristine = await bits(trainer);
  const data = batch(at);
  // a first step is counted on another trainer: what was compiled stays compiled
  const counted = at === 0 ? make(made) : trainer;
  faults.arm(Infinity, false);
  await counted.step(data);
  const count = faults.count();
  if (counted === trainer) await trainer.restore(before);
  else counted.dispose();
  let [failed, swallowed] = [0, 0];
  for (const call of callsOf(count, 7 + done, last)) {
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
    expect(String(error)).toContain(faults.message);
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
