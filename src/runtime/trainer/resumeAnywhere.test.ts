import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { createTrainer, type Trainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import { fillWeights, mlp, tensor } from './testing/networks.ts';

// A run that is stopped after any of its steps and goes on in a new trainer is bit for bit the run that never stopped.

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const PLAIN = compile('param lambda = 10\nterm level() { generator = square(ema(mean(fake), decay: 0.5)) }\nwasserstein + lambda*gp + level()');
const POOLED = compile('pool tensor_pool(size: 2)\nparam lambda = 10\nterm drift() { discriminator = square(ema(mean(D(real)), decay: 0.5)) + 0*mean(pool(D(real), size: 2)) }\nhinge + lambda*gp + drift()');
const STEPS = 4;

type Mode = Partial<TrainerOptions>;

// a bias before a normalisation has a gradient of rounding alone, which Adam makes as large as any
function make(objective: typeof PLAIN, mode: Mode, seed: number): Trainer {
  const generator = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [3], useBias: false }), tf.layers.batchNormalization(), tf.layers.dropout({ rate: 0.3 }), tf.layers.dense({ units: 2 })] });
  fillWeights(generator, `resume${seed}`);
  const hidden = mlp(`d${seed}`, [2, 5, 1]);
  // layers without names: tfjs numbers them through the process
  const discriminator = tf.sequential({ layers: [tf.layers.gaussianNoise({ stddev: 0.1, inputShape: [2] }), ...hidden.layers.slice(1, -1), tf.layers.dropout({ rate: 0.4 }), hidden.layers.at(-1)!] });
  return createTrainer(
    objective,
    { generator, discriminator },
    { optimizers: { generator: tf.train.adam(0.01, 0.5, 0.9), discriminator: tf.train.rmsprop(0.01, 0.9, 0.5) }, noise: 3, ema: 0.9, seed, steps: { discriminator: 2 }, warn: () => undefined, ...mode },
  );
}

/** What a step is given, by its number alone. */
async function stepOf(trainer: Trainer): Promise<unknown> {
  const { stepCount: step } = trainer;
  if (step === 2) trainer.setParam('lambda', 3);
  let update = 0;
  const { ms: _, ...metrics } = await trainer.step(() => ({ real: tensor(`real${step}/${update++}`, [4, 2]) }));
  return metrics;
}

/** Names of variables differ from one trainer to the next. */
const bits = async (trainer: Trainer) => {
  const { tensors, ...rest } = await trainer.state();
  return { ...rest, tensors: tensors.map(({ name, dtype, shape, data }) => ({ name, dtype, shape, data: new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)) })) };
};

describe('stopped after any step, and gone on with', () => {
  it.each<readonly [string, typeof PLAIN, Mode]>([
    ['on the tape', PLAIN, { mode: 'tape' }],
    ['on the tape, with pools', POOLED, { mode: 'tape' }],
    ['in a joint schedule on the tape', PLAIN, { mode: 'tape', schedule: 'joint' }],
    ['as WebAssembly', PLAIN, { mode: 'captured', target: 'wasm' }],
    ['as JavaScript', PLAIN, { mode: 'captured', target: 'js' }],
    ['as code with pools, partly on the tape', POOLED, { mode: 'auto' }],
    ['in a joint schedule as code', PLAIN, { mode: 'captured', schedule: 'joint' }],
  ])('%s', async (_what, objective, mode) => {
    const whole = make(objective, mode, 1);
    const saved: { readonly bytes: Uint8Array; readonly metrics: unknown }[] = [];
    for (let step = 0; step <= STEPS; step += 1) {
      const bytes = encodeCheckpoint(await whole.state());
      saved.push({ bytes, metrics: step < STEPS ? await stepOf(whole) : null });
    }
    // looking at a run does not change it
    const unseen = make(objective, mode, 1);
    for (let step = 0; step < STEPS; step += 1) await stepOf(unseen);
    const after = async (step: number) => decodeCheckpoint(saved[step].bytes);
    const [seenBits, unseenBits] = [await bits(whole), await bits(unseen)];
    // the whole run's last state was taken one step after the last checkpoint's
    expect(seenBits.step).toBe(STEPS);
    expect(unseenBits).toEqual(seenBits);
    for (let stop = 0; stop <= STEPS; stop += 1) {
      // other weights, another seed
      const next = make(objective, mode, 2);
      await next.restore(await after(stop));
      expect(encodeCheckpoint(await relabelled(next, await after(stop)))).toEqual(saved[stop].bytes);
      for (let step = stop; step < STEPS; step += 1) expect(await stepOf(next)).toEqual(saved[step].metrics);
      expect(await bits(next), `stopped after step ${stop}`).toEqual(seenBits);
      next.dispose();
    }
    whole.dispose();
    unseen.dispose();
  });
});

/** A trainer's state under the variables' names of another. */
async function relabelled(trainer: Trainer, { tensors: labels }: Awaited<ReturnType<Trainer['state']>>) {
  const { tensors, ...rest } = await trainer.state();
  const byName = new Map(labels.map(({ name, label }) => [name, label]));
  return { ...rest, tensors: tensors.map((one) => ({ ...one, label: byName.get(one.name) ?? one.label })) };
}

describe('a run that was stopped in one mode goes on in another', () => {
  const MODES: Readonly<Record<string, Mode>> = {
    tape: { mode: 'tape' },
    wasm: { mode: 'captured', target: 'wasm' },
    js: { mode: 'captured', target: 'js' },
  };
  const names = Object.keys(MODES);

  it.each(names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const)))('%s to %s: from the very same numbers, to numbers that differ by rounding alone', async (from, to) => {
    const first = make(PLAIN, MODES[from], 1);
    for (let step = 0; step < 3; step += 1) await stepOf(first);
    const state = await first.state();
    const next = make(PLAIN, MODES[to], 2);
    await next.restore(state);
    expect(await bits(next)).toEqual(await bits(first));
    await stepOf(first);
    await stepOf(next);
    const [wanted, found] = [await first.state(), await next.state()];
    found.tensors.forEach(({ name, data }, index) => {
      data.forEach((value, place) => expect(Math.abs(value - wanted.tensors[index].data[place]), name).toBeLessThan(1e-4));
    });
    first.dispose();
    next.dispose();
  });
});
