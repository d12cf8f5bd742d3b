import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { createRandom } from '../../runtime/random.ts';
import type { GANModel } from '../types.ts';
import { PLAIN_TERM, reserveTags, TERM } from './builtinLoss.ts';
import { createLosses } from './createLosses.ts';
import { createNameScopes } from './nameScopes.ts';
import { createNameInput, createTermRunner } from './termRunner.ts';

function handMade(onRead: (name: string) => void = () => undefined): GANModel {
  const field = <T>(name: string, value: T): T => {
    onRead(name);
    return value;
  };
  const discriminatorFn = (data: tf.Tensor) => tf.sum(tf.square(data), 1, true);
  const realData = tf.tensor2d([[1, 2], [3, -1]]);
  const generatedData = tf.tensor2d([[0, 0.5], [-1, 1]]);
  const [realOutputs, genOutputs] = [discriminatorFn(realData), discriminatorFn(generatedData)];
  return {
    kind: 'GANModel',
    generatorInputs: tf.zeros([2, 1]),
    get generatedData() {
      return field('generatedData', generatedData);
    },
    generatorVariables: [],
    generatorScope: null,
    generatorFn: () => generatedData,
    realData,
    get discriminatorRealOutputs() {
      return field('discriminatorRealOutputs', realOutputs);
    },
    get discriminatorGenOutputs() {
      return field('discriminatorGenOutputs', genOutputs);
    },
    discriminatorVariables: [],
    discriminatorScope: null,
    discriminatorFn,
  };
}

it('runs a loss of a model on its outputs, and of plain tensors alike', async () => {
  const losses = createLosses(createTermRunner());
  const model = handMade();
  const weights = tf.tensor2d([[1], [0]]);
  const value = losses.wassersteinDiscriminatorLoss(model, { realWeights: weights, generatedWeights: 2 });
  // D(real) = 5, 10; D(fake) = 0.25, 2
  expect((await value.data())[0]).toBeCloseTo(2.25 - 5, 5);
  const plain = losses.wargs.wassersteinDiscriminatorLoss(model.discriminatorRealOutputs, model.discriminatorGenOutputs, { realWeights: weights, generatedWeights: 2 });
  expect((await plain.data())[0]).toBeCloseTo(2.25 - 5, 5);
});

it('reads no more of a model than the loss needs', () => {
  const read: string[] = [];
  createLosses(createTermRunner()).wassersteinGeneratorLoss(handMade((name) => read.push(name)));
  expect(new Set(read)).toEqual(new Set(['discriminatorGenOutputs']));
});

it('makes one objective of weighted terms, and shows what each is made of', () => {
  const runner = createTermRunner();
  const losses = createLosses(runner);
  const model = handMade();
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
  const model = handMade();
  const nameInput = createNameInput();
  const parts = [losses.wassersteinGeneratorLoss, losses.wassersteinDiscriminatorLoss].map((fn) => ({ term: fn[TERM](model, {}, nameInput) }));
  expect(runner.run(parts).dataSync()[0]).toBeCloseTo(-1.125 + 1.125 - 7.5, 4);
});

it('leaves nothing behind but the loss', () => {
  const losses = createLosses(createTermRunner());
  const model = handMade();
  const before = tf.memory().numTensors;
  const sink = { scalar: () => undefined };
  losses.wassersteinDiscriminatorLoss(model, { realWeights: [[1], [2]] as never, generatedWeights: Number.NaN, addSummaries: true, summaries: sink });
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
  const model = Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(handMade()), ...Object.getOwnPropertyDescriptors(fields) });
  expect(() => losses.wassersteinDiscriminatorLoss(model as GANModel, options as never)).toThrow(message);
});

it('makes terms of plain losses, whatever their tensors are called elsewhere', () => {
  const runner = createTermRunner();
  const term = createLosses(runner).wargs.wassersteinGeneratorLoss[PLAIN_TERM]({ discriminatorGenOutputs: tf.tensor([1, 2, 3]) }, { weights: 2 }, createNameInput());
  expect(term.call).toBe('wasserstein(weights: 2)');
  expect(runner.run([{ term }]).dataSync()[0]).toBeCloseTo(-4, 5);
});
