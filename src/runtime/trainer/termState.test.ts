import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { createTrainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import { mlp, pair, tensor } from './testing/networks.ts';
import type { TrainerState } from './trainerState.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const BALANCED = `
term balanced(gamma = 0.5, lambda = 0.1) {
  state k = 0
  let on_real = mean(abs(D(real)))
  let on_fake = mean(abs(D(fake)))
  discriminator = on_real - k*on_fake
  generator = on_fake + 0*k
  update k = clip(k + lambda*(gamma*on_real - on_fake), -1, 1)
}
term judged_real() { discriminator = mean(abs(D(real))) }
term judged_fake() { discriminator = mean(abs(D(fake))) }
objective = balanced + 0*judged_real + 0*judged_fake`;

const optimizers = () => ({ generator: tf.train.sgd(0.05), discriminator: tf.train.sgd(0.05) });
const make = (text: string, more: Partial<TrainerOptions> = {}) => createTrainer(compile(text), pair(), { optimizers: optimizers(), noise: 3, seed: 5, ...more });
const translator = (name: string) => ({ generator: mlp(`g${name}`, [2, 5, 2]), discriminator: mlp(`d${name}`, [2, 5, 1]) });
const batch = (index: number) => ({ real: tensor(`real${index}`, [4, 2]) });
const stateOf = ({ tensors }: TrainerState): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(tensors.filter(({ name }) => name.startsWith('term/')).map(({ name, data }) => [name, [...data]]));
/** What does not depend on names that tfjs makes up. */
const bitsOf = ({ tensors, ...rest }: TrainerState) => ({ ...rest, tensors: tensors.map(({ name, shape, data }) => ({ name, shape, data })) });

describe('state of a term', () => {
  it('becomes what its update says, from the values of the loss', async () => {
    const trainer = make(BALANCED);
    let k = 0;
    for (let index = 0; index < 4; index += 1) {
      const { terms } = await trainer.step(batch(index));
      const [real, fake] = [terms.judged_real.discriminator?.raw ?? NaN, terms.judged_fake.discriminator?.raw ?? NaN];
      expect(terms.balanced.discriminator?.raw).toBeCloseTo(real - k * fake, 6);
      const saved = stateOf(await trainer.state());
      expect(Object.keys(saved)).toEqual(['term/balanced.k']);
      expect(saved['term/balanced.k'][0]).toBeCloseTo(k + 0.1 * (0.5 * real - fake), 6);
      expect(saved['term/balanced.k'][0]).not.toBe(k);
      [k] = saved['term/balanced.k'];
    }
    trainer.dispose();
  });

  it('costs no second evaluation of a network', () => {
    let calls = 0;
    const objective = compile(BALANCED.replace(' + 0*judged_real + 0*judged_fake', ''));
    const real = tensor('real', [4, 2]);
    const discriminator = (x: tf.Tensor) => {
      calls += 1;
      return tf.mean(x, 1);
    };
    const generator = (z: tf.Tensor | readonly tf.Tensor[]) => tf.slice(z as tf.Tensor, [0, 0], [4, 2]);
    tf.tidy(() => void objective.discriminatorLoss({ generator, discriminator }, { real, generatorInputs: tensor('z', [4, 3]) }));
    expect(calls).toBe(2);
  });

  it('is read by the generator as the discriminator left it', async () => {
    const trainer = make('term shared() { state k = 1 discriminator = mean(D(real)) - mean(D(fake)) generator = k + 0*mean(D(fake)) update k = 2*k }\nobjective = shared', { steps: { generator: 1, discriminator: 2 } });
    const seen: (number | undefined)[] = [];
    for (let index = 0; index < 3; index += 1) seen.push((await trainer.step(batch(index))).terms.shared.generator?.raw);
    // two updates of the discriminator in each step
    expect(seen).toEqual([1, 4, 16]);
    expect(stateOf(await trainer.state())).toEqual({ 'term/shared.k': [64] });
    trainer.dispose();
  });

  it('is updated by the generator where only its half is in the objective', async () => {
    const text = (half: string) => `term counted() { state n = 0 discriminator = n*mean(D(real)) generator = n*mean(D(fake)) update n = n + 1 }\nobjective = hinge + counted${half}`;
    const trainers = [make(text('.generator'), { steps: { generator: 3 } }), make(text('.discriminator'), { steps: { generator: 3 } }), make(text(''), { steps: { generator: 3 } })];
    for (const trainer of trainers) await trainer.step(batch(0));
    const counts = await Promise.all(trainers.map(async (trainer) => stateOf(await trainer.state())['term/counted.n'][0]));
    expect(counts).toEqual([3, 1, 1]);
    for (const trainer of trainers) trainer.dispose();
  });

  it('is one for each direction of a cyclegan, and one for each set of arguments', async () => {
    const term = 'term counted(by = 1) { state n = 0 discriminator = n*mean(D(real)) update n = n + by }';
    const cycle = createTrainer(compile(`model cyclegan\n${term}\nobjective = hinge + counted + counted(2)`), { x2y: translator('a'), y2x: translator('b') }, { optimizers: optimizers() });
    const images = { x: tensor('x', [4, 2]), y: tensor('y', [4, 2]) };
    await cycle.step(images);
    await cycle.step(images);
    expect(stateOf(await cycle.state())).toEqual({ 'term/x2y.counted.n': [2], 'term/y2x.counted.n': [2], 'term/x2y.counted(by: 2).n': [4], 'term/y2x.counted(by: 2).n': [4] });
    cycle.dispose();
  });

  it('has no gradient, neither as it is read nor as it is written', () => {
    const { generator, discriminator } = pair();
    const weights = (discriminator as tf.LayersModel).trainableWeights.map((weight) => weight.read() as tf.Variable);
    const sums = (update: string) =>
      tf.tidy(() => {
        const objective = compile(`term t() { state k = 0.5 let out = mean(D(real)) discriminator = k*out + out update k = ${update} }\nobjective = t`);
        const { grads } = tf.variableGrads(() => objective.discriminatorLoss({ generator, discriminator }, { real: tensor('real', [4, 2]), generatorInputs: tensor('z', [4, 3]) }) as tf.Scalar, weights);
        return Object.values(grads).map((gradient) => [...gradient.dataSync()]);
      });
    expect(sums('k + 100*out')).toEqual(sums('k'));
  });

  it('goes on from a checkpoint bit for bit, and is as it was after a step that failed', async () => {
    const first = make(BALANCED);
    for (let index = 0; index < 3; index += 1) await first.step(batch(index));
    const second = make(BALANCED, { seed: 99 });
    await second.restore(decodeCheckpoint(encodeCheckpoint(await first.state())));
    for (let index = 3; index < 6; index += 1) {
      await first.step(batch(index));
      await second.step(batch(index));
    }
    expect(bitsOf(await second.state())).toEqual(bitsOf(await first.state()));
    const before = bitsOf(await first.state());
    await expect(first.step({ real: tf.fill([4, 2], NaN) })).rejects.toThrow(/NaN/);
    expect(bitsOf(await first.state())).toEqual(before);
    first.dispose();
    second.dispose();
  });
});
