import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { SpecError } from '../../support/diagnostic.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { createTrainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import { mlp, modelsOf, pair, tensor, valuesOf } from './testing/networks.ts';
import type { TrainerState } from './trainerState.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const R1 = 'term r1_of(gamma = 10) { discriminator = gamma/2*mean(sum_per_sample(grad(D(real), real)^2)) }\n';
const optimizers = () => ({ generator: tf.train.sgd(0.05), discriminator: tf.train.adam(0.01) });
const make = (text: string, more: Partial<TrainerOptions> = {}, networks = pair()) => createTrainer(compile(text), networks, { optimizers: optimizers(), noise: 3, seed: 5, ...more });
const batch = (index: number) => ({ real: tensor(`real${index}`, [4, 2]) });
const bitsOf = ({ tensors, ...rest }: TrainerState) => ({ ...rest, tensors: tensors.map(({ name, shape, data }) => ({ name, shape, data })) });

describe('a weight that is a schedule', () => {
  it('is what it is at each step, the first of which is step 0', async () => {
    const trainer = make('wasserstein + linear(0, 10, 4)*gp + after(2)*hinge.discriminator');
    const weights: (readonly number[])[] = [];
    for (let index = 0; index < 6; index += 1) {
      const { terms, discriminatorLoss } = await trainer.step(batch(index));
      const parts = [terms.wasserstein.discriminator, terms.gp.discriminator, terms.hinge.discriminator].map((part) => part ?? { raw: NaN, weighted: NaN });
      expect(discriminatorLoss).toBeCloseTo(parts.reduce((sum, { weighted }) => sum + weighted, 0), 5);
      weights.push(parts.map(({ raw, weighted }) => Math.round((weighted / raw) * 1e6) / 1e6));
    }
    expect(weights).toEqual([[1, 0, 0], [1, 2.5, 0], [1, 5, 1], [1, 7.5, 1], [1, 10, 1], [1, 10, 1]]);
    trainer.dispose();
  });

  it('can be an argument of a term', async () => {
    const trainer = make('term shifted(by = 1) { discriminator = mean(D(real))*0 + by }\nobjective = hinge + shifted(cosine(0, 4, 4))');
    const values: (number | undefined)[] = [];
    for (let index = 0; index < 5; index += 1) values.push((await trainer.step(batch(index))).terms.shifted.discriminator?.raw);
    [0, 2 - Math.SQRT2, 2, 2 + Math.SQRT2, 4].forEach((wanted, index) => expect(values[index]).toBeCloseTo(wanted, 6));
    trainer.dispose();
  });

  it('is refused with params that make it negative at any step', () => {
    const text = 'param k = 3\nobjective = hinge + (k - linear(0, 2, 100))*gp';
    expect(() => make(text, { params: { k: 2 } })).not.toThrow();
    expect(() => make(text, { params: { k: 1.5 } })).toThrow(/k = 1\.5 makes the weight of 'gp' -\S+ at step \d+: it must not be negative/);
  });
});

describe('losses', () => {
  const objective = compile(`${R1}objective = hinge + linear(1, 3, 4)*wasserstein.generator + every(2, r1_of)`);
  const read = (step?: number) =>
    tf.tidy(() => {
      const { generator, discriminator, terms } = objective.losses(pair(), { ...batch(0), generatorInputs: tensor('z', [4, 3]) }, step === undefined ? {} : { step });
      const numbers = (values: Readonly<Record<string, tf.Tensor>>) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.dataSync()[0]]));
      return { generator: generator.dataSync()[0], discriminator: discriminator.dataSync()[0], of: { generator: numbers(terms.generator), discriminator: numbers(terms.discriminator) } };
    });

  it('are those of a step, 0 unless it is given', () => {
    expect(read()).toEqual(read(0));
    for (const [step, weight] of [[0, 1], [1, 1.5], [2, 2], [9, 3]]) {
      const { generator, discriminator, of } = read(step);
      expect(generator).toBeCloseTo(of.generator.hinge + weight * of.generator.wasserstein, 5);
      expect(Object.keys(of.discriminator)).toEqual(step % 2 === 0 ? ['hinge', 'r1_of'] : ['hinge']);
      expect(discriminator).toBeCloseTo(of.discriminator.hinge + 2 * (of.discriminator.r1_of ?? 0), 5);
    }
  });

  it.each([-1, 0.5, NaN])('refuse the step %d', (step) => {
    expect(() => read(step)).toThrow(SpecError);
  });
});

describe('every', () => {
  /** How often the discriminator runs in each of the first steps. */
  async function callsOf(text: string, steps: number): Promise<readonly number[]> {
    const weight = tf.variable(tensor('w', [2, 1]));
    let calls = 0;
    const discriminator = Object.assign(
      (x: tf.Tensor) => {
        calls += 1;
        return tf.matMul(tf.tanh(x), weight as tf.Tensor2D);
      },
      { variables: [weight] },
    );
    const trainer = make(text, { steps: { generator: 0 }, mode: 'tape' }, { generator: mlp('g', [3, 2]), discriminator });
    const counts: number[] = [];
    for (let index = 0; index < steps; index += 1) {
      const before = calls;
      await trainer.step(batch(index));
      counts.push(calls - before);
    }
    trainer.dispose();
    weight.dispose();
    return counts;
  }

  it('computes the term in the steps that it divides, and nothing of it in the others', async () => {
    expect(await callsOf(`${R1}objective = hinge + r1_of`, 2)).toEqual([3, 3]);
    expect(await callsOf(`${R1}objective = hinge + every(3, r1_of)`, 7)).toEqual([3, 2, 2, 3, 2, 2, 3]);
    expect(await callsOf(`${R1}objective = hinge + every(2, r1_of) + every(3, gp)`, 7)).toEqual([4, 2, 3, 3, 3, 2, 4]);
    // what an awake term needs too is computed once
    expect(await callsOf('objective = hinge + every(2, wasserstein)', 2)).toEqual([2, 2]);
    expect(await callsOf('objective = every(2, hinge)', 2)).toEqual([2, 0]);
  });

  it('does what the whole objective and the objective without the term do, each in its turn', async () => {
    const [mine, theirs] = [pair(), pair()];
    const lazy = make(`${R1}objective = modified + every(3, r1_of + gp)`, {}, mine);
    // one optimiser goes through both objectives
    const shared = optimizers();
    const trainers = { whole: `${R1}objective = modified + 3*r1_of + 3*gp`, rest: 'modified' };
    const whole = createTrainer(compile(trainers.whole), theirs, { optimizers: shared, noise: 3, seed: 5 });
    const rest = createTrainer(compile(trainers.rest), theirs, { optimizers: shared, noise: 3, seed: 5 });
    for (let index = 0; index < 5; index += 1) {
      const feed = { ...batch(index), generatorInputs: tensor(`z${index}`, [4, 3]) };
      const found = await lazy.step(feed);
      const awake = index % 3 === 0;
      const turn = awake ? whole : rest;
      // draws go by the step: both trainers must stand at it
      while (turn.stepCount < index) await turn.restore({ ...(await turn.state()), step: index });
      const wanted = await turn.step(feed);
      // the other trainer's optimisers are these, too
      turn.sync();
      expect(found.discriminatorLoss).toBeCloseTo(wanted.discriminatorLoss, 5);
      expect(found.terms.r1_of?.discriminator?.raw).toBe(wanted.terms.r1_of?.discriminator?.raw);
      expect(Object.keys(found.terms)).toEqual(awake ? ['modified', 'r1_of', 'gp'] : ['modified']);
      if (awake) expect(found.terms.r1_of.discriminator?.weighted).toBe(3 * (found.terms.r1_of.discriminator?.raw ?? NaN));
    }
    valuesOf(modelsOf(mine)).forEach((values, place) => values.forEach((value, index) => expect(value).toBeCloseTo(valuesOf(modelsOf(theirs))[place][index], 6)));
    for (const trainer of [lazy, whole, rest]) trainer.dispose();
  });

  it('computes what a term and its update share once', async () => {
    let calls = 0;
    const { generator, discriminator } = pair();
    const model = generator as tf.LayersModel;
    const counted = Object.assign(
      (z: tf.Tensor) => {
        calls += 1;
        return model.apply(z) as tf.Tensor;
      },
      { variables: model.trainableWeights.map((weight) => weight.read() as tf.Variable) },
    );
    const trainer = make('modified + every(2, path_length)', { mode: 'tape' }, { generator: counted, discriminator });
    const counts: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      calls = 0;
      await trainer.step(batch(index));
      counts.push(calls);
    }
    // the generator's sample, the path's in the tape of its gradient, the discriminator's sample
    expect(counts).toEqual([3, 2, 3, 2]);
    trainer.dispose();
  });

  it('leaves the states of a term alone while it sleeps', async () => {
    const trainer = make('term t() { state n = 0 discriminator = n + 0*mean(ema(mean(D(real)), decay: 0.5)) update n = n + 1 }\nobjective = hinge + every(2, t)');
    const counts: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      await trainer.step(batch(index));
      counts.push((await trainer.state()).tensors.find(({ name }) => name === 'term/t.n')?.data[0] ?? NaN);
    }
    expect(counts).toEqual([1, 1, 2, 2, 3]);
    trainer.dispose();
  });
});

describe('state, schedules and lazy terms together', () => {
  const TEXT = `${R1}
term balanced() {
  state k = 0.5
  let on_real = mean(D(real))
  let on_fake = mean(D(fake))
  discriminator = on_fake - k*on_real
  generator = -on_fake
  update k = clip(k + 0.1*(on_real - on_fake), 0, 1)
}
param lambda = 1
objective = balanced + lambda*linear(0, 2, 5)*gp + every(3, r1_of)`;

  it.each([1, 2, 3, 4])('go on bit for bit from a checkpoint after %i steps', async (steps) => {
    const first = make(TEXT);
    for (let index = 0; index < steps; index += 1) await first.step(batch(index));
    const bytes = encodeCheckpoint(await first.state());
    const second = make(TEXT, { seed: 99 }, pair('other'));
    await second.step(batch(9));
    await second.restore(decodeCheckpoint(bytes));
    for (let index = steps; index < steps + 4; index += 1) {
      const { ms: _, ...wanted } = await first.step(batch(index));
      const { ms: __, ...found } = await second.step(batch(index));
      expect(found).toEqual(wanted);
    }
    expect(bitsOf(await second.state())).toEqual(bitsOf(await first.state()));
    first.dispose();
    second.dispose();
  });

  it('leak no tensors', async () => {
    const trainer = make(TEXT);
    const data = batch(0);
    for (let index = 0; index < 4; index += 1) await trainer.step(data);
    const before = tf.memory().numTensors;
    for (let index = 0; index < 6; index += 1) await trainer.step(data);
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });
});
