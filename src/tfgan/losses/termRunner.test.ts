import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { installGradients } from '../../runtime/gradients/installGradients.ts';
import { createRandom } from '../../runtime/random.ts';
import { PLAIN_TERM, reserveTags, TERM } from './builtinLoss.ts';
import { createCache } from './cache.ts';
import { createLosses } from './createLosses.ts';
import { createNameScopes } from './nameScopes.ts';
import { createNameInput, createTermRunner } from './termRunner.ts';
import { handMadeModel, replaced } from './testing/handMadeModel.ts';

it('runs a loss of a model on its outputs, and of plain tensors alike', async () => {
  const losses = createLosses(createTermRunner());
  const model = handMadeModel();
  const weights = tf.tensor2d([[1], [0]]);
  const value = losses.wassersteinDiscriminatorLoss(model, { realWeights: weights, generatedWeights: 2 });
  // D(real) = 5, 10; D(fake) = 0.25, 2
  expect((await value.data())[0]).toBeCloseTo(2.25 - 5, 5);
  const plain = losses.wargs.wassersteinDiscriminatorLoss(model.discriminatorRealOutputs, model.discriminatorGenOutputs, { realWeights: weights, generatedWeights: 2 });
  expect((await plain.data())[0]).toBeCloseTo(2.25 - 5, 5);
});

it('reads no more of a model than the loss needs', () => {
  const read: string[] = [];
  createLosses(createTermRunner()).wassersteinGeneratorLoss(handMadeModel((name) => read.push(name)));
  expect(new Set(read)).toEqual(new Set(['discriminatorGenOutputs']));
});

it('makes one objective of weighted terms, and shows what each is made of', () => {
  const runner = createTermRunner();
  const losses = createLosses(runner);
  const model = handMadeModel();
  const nameInput = createNameInput();
  const terms = [losses.wassersteinDiscriminatorLoss[TERM](model, { realWeights: tf.scalar(3) }, nameInput), losses.wassersteinHingeDiscriminatorLoss[TERM](model, { realHinge: tf.scalar(2) }, nameInput)];
  expect(terms.map(({ call }) => call)).toEqual(['wasserstein(real_weights: a0)', 'hinge(real_hinge: a1)']);
  const names = createNameScopes();
  const seen: (readonly [string, number])[] = [];
  const loss = runner.run([{ term: terms[0] }, { term: terms[1], weight: tf.scalar(0.5) }], {
    random: createRandom(1, 'test'),
    observe: (values) =>
      terms.forEach(({ summaries }, index) => {
        const tags = reserveTags(summaries, names);
        tags.forEach((tag, place) => seen.push([tag, summaries.scalars[place].value(values[index]).dataSync()[0]]));
      }),
  });
  const expected: readonly (readonly [string, number])[] = [
    ['discriminator_wasserstein_loss/discriminator_gen_wass_loss', 1.125],
    ['discriminator_wasserstein_loss/discriminator_real_wass_loss', 22.5],
    ['discriminator_wasserstein_loss/discriminator_wass_loss', 1.125 - 22.5],
    ['discriminator_wasserstein_hinge_loss/discriminator_gen_wass_hinge_loss', 2.125],
    ['discriminator_wasserstein_hinge_loss/discriminator_real_wass_hinge_loss', 0],
    ['discriminator_wasserstein_hinge_loss/discriminator_wass_hinge_loss', 2.125],
  ];
  expect(seen.map(([tag]) => tag)).toEqual(expected.map(([tag]) => tag));
  seen.forEach(([tag, value], index) => expect(value, tag).toBeCloseTo(expected[index][1], 4));
  expect(loss.dataSync()[0]).toBeCloseTo(1.125 - 22.5 + 2.125 / 2, 4);
});

it('computes a generator loss in the discriminator’s place', () => {
  const runner = createTermRunner();
  const losses = createLosses(runner);
  const model = handMadeModel();
  const nameInput = createNameInput();
  const parts = [losses.wassersteinGeneratorLoss, losses.wassersteinDiscriminatorLoss].map((fn) => ({ term: fn[TERM](model, {}, nameInput) }));
  expect(runner.run(parts).dataSync()[0]).toBeCloseTo(-1.125 + 1.125 - 7.5, 4);
});

it('leaves nothing behind but the loss', () => {
  const losses = createLosses(createTermRunner());
  const model = handMadeModel();
  const before = tf.memory().numTensors;
  const sink = { scalar: () => undefined };
  losses.wassersteinDiscriminatorLoss(model, { realWeights: Number.POSITIVE_INFINITY, generatedWeights: Number.NaN, addSummaries: true, summaries: sink });
  expect(tf.memory().numTensors - before).toBe(1);
});

it.each([
  ['two shapes', { discriminatorRealOutputs: tf.zeros([3, 1]) }, {}, 'Shapes (3, 1) and (2, 1) are incompatible'],
  ['weights of another rank', {}, { realWeights: tf.zeros([2]) }, 'weights can not be broadcast to values. values.rank=2. weights.rank=1. values.shape=(2, 1). weights.shape=(2,).'],
  ['weights of another size', {}, { realWeights: tf.zeros([3, 1]) }, 'weights can not be broadcast to values. Mismatch at dim 0. values.shape=[2 1], weights.shape=[3 1].'],
  ['an unknown option', {}, { weights: 1 }, "wassersteinDiscriminatorLoss() got an unexpected keyword argument 'weights'"],
  ['an option that is a field', {}, { realData: 1 }, "The following args are present in both the tuple and keyword args for wassersteinDiscriminatorLoss: {'realData'}"],
  ['no reduction', {}, { reduction: 'average' }, 'Invalid Reduction Key average.'],
  ['a field that is missing', { discriminatorGenOutputs: null }, {}, 'None values not supported: `discriminatorGenOutputs`'],
])('refuses %s as TF-GAN does', (_, fields, options, message) => {
  const losses = createLosses(createTermRunner());
  const model = replaced(handMadeModel(), fields);
  expect(() => losses.wassersteinDiscriminatorLoss(model, options as never)).toThrow(message);
});

it('makes terms of plain losses, whatever their tensors are called elsewhere', () => {
  const runner = createTermRunner();
  const term = createLosses(runner).wargs.wassersteinGeneratorLoss[PLAIN_TERM]({ discriminatorGenOutputs: tf.tensor([1, 2, 3]) }, { weights: 2 }, createNameInput());
  expect(term.call).toBe('wasserstein(weights: 2)');
  expect(runner.run([{ term }]).dataSync()[0]).toBeCloseTo(-4, 5);
});

it('calls the discriminator between real and generated data alone, once', () => {
  const read: string[] = [];
  const runner = createTermRunner();
  const losses = createLosses(runner);
  const model = handMadeModel((name) => read.push(name));
  const nameInput = createNameInput();
  const parts = [
    { term: losses.wassersteinDiscriminatorLoss[TERM](model, {}, nameInput) },
    { term: losses.wassersteinGradientPenalty[TERM](model, { target: 2, oneSided: true }, nameInput), weight: 10 },
  ];
  expect(parts[1].term.call).toBe('gp(target: 2, one_sided: true)');
  const alpha = [0.25, 0.75];
  const draws = { ...createRandom(1, 'test'), uniform: () => tf.tensor2d(alpha, [2, 1]) };
  const undo = installGradients();
  const loss = runner.run(parts, { random: draws }).dataSync()[0];
  undo();
  expect(read.filter((name) => name === 'discriminatorFn()')).toHaveLength(1);
  // the slope of Σx² is 2x at the points (0.75, 1.625) and (0, 0.5)
  const slopes = [2 * Math.hypot(0.75, 1.625), 1];
  const penalty = slopes.reduce((sum, slope) => sum + Math.max(0, slope / 2 - 1) ** 2, 0) / 2;
  expect(loss).toBeCloseTo(1.125 - 7.5 + 10 * penalty, 3);
});

it('keeps a term whose weight is a tensor or not finite, and lets a gradient through it', () => {
  const runner = createTermRunner();
  const losses = createLosses(runner);
  const model = handMadeModel();
  const term = losses.wassersteinDiscriminatorLoss[TERM](model, {}, createNameInput());
  expect(runner.run([{ term, weight: 0 }]).dataSync()[0]).toBeCloseTo(0, 10);
  expect(runner.run([{ term, weight: Number.NaN }]).dataSync()[0]).toBeNaN();
  expect(runner.run([{ term, weight: -2 }]).dataSync()[0]).toBeCloseTo(2 * 6.375, 4);
  const slope = tf.grad((weight) => runner.run([{ term, weight }]))(tf.scalar(3));
  expect(slope.dataSync()[0]).toBeCloseTo(-6.375, 4);
});

it('forgets the objectives that were not used for longest', () => {
  const made: string[] = [];
  const cache = createCache<string>(2);
  const get = (key: string) => cache.get(key, () => {
    made.push(key);
    return key;
  });
  ['a', 'b', 'a', 'c', 'a', 'b'].forEach(get);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});
