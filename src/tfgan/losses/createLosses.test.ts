import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { installGradients } from '../../runtime/gradients/installGradients.ts';
import { categorical, normal } from '../../runtime/distributions.ts';
import type { ACGANModel, CycleGANModel, GANModel, InfoGANModel, StarGANModel } from '../types.ts';
import { TERM } from './builtinLoss.ts';
import { createLosses } from './createLosses.ts';
import { createNameInput, createTermRunner } from './termRunner.ts';
import { handMadeModel, replaced } from './testing/handMadeModel.ts';

beforeAll(() => {
  installGradients();
});

const losses = createLosses(createTermRunner());
const { wargs } = losses;

const logits = () => tf.tensor2d([[1, -1, 0.5], [0, 2, -0.5]]);
const labels = () => tf.tensor2d([[0, 1, 0], [0, 0, 1]]);

function acgan(): ACGANModel {
  const fields = { kind: 'ACGANModel', oneHotLabels: labels(), discriminatorRealClassificationLogits: logits(), discriminatorGenClassificationLogits: tf.neg(logits()) };
  return replaced(handMadeModel(), fields) as ACGANModel;
}

function infogan(): InfoGANModel {
  const fields = {
    kind: 'InfoGANModel',
    structuredGeneratorInputs: [tf.tensor1d([0, 2], 'int32'), tf.tensor2d([[0.5], [-1]])],
    predictedDistributions: [categorical(logits()), normal(tf.zeros([2, 1]), 1)],
  };
  return replaced(handMadeModel(), fields) as InfoGANModel;
}

/** Each loss of a model, the same of its fields, and TF-GAN's tags. */
const CASES: readonly (readonly [name: string, ofModel: (options: object) => tf.Tensor, plain: (options: object) => tf.Tensor, tags: readonly string[]])[] = (() => {
  const model = handMadeModel();
  const { discriminatorRealOutputs: real, discriminatorGenOutputs: gen } = model;
  const [a, i] = [acgan(), infogan()];
  const gp = { random: { uniform: (_: string, shape: readonly number[]) => tf.fill([...shape], 0.5), normal: () => tf.scalar(0), numbers: () => new Float32Array() } };
  const row = (name: Exclude<keyof typeof losses & keyof typeof wargs, 'cycleConsistencyLoss' | 'combineAdversarialLoss'>, of: GANModel, args: readonly unknown[], tags: readonly string[], options: object = {}) =>
    [name, (more: object) => losses[name](of, { ...options, ...more }), (more: object) => (wargs[name] as (...all: unknown[]) => tf.Tensor)(...args, { ...options, ...more }), tags] as const;
  const both = [real, gen];
  return [
    row('wassersteinGeneratorLoss', model, [gen], ['generator_wasserstein_loss/generator_wass_loss'], { weights: 2 }),
    row('wassersteinDiscriminatorLoss', model, both, ['gen_wass', 'real_wass', 'wass'].map((name) => `discriminator_wasserstein_loss/discriminator_${name}_loss`)),
    row('wassersteinHingeGeneratorLoss', model, [gen], ['generator_wasserstein_loss/generator_wass_loss']),
    row('wassersteinHingeDiscriminatorLoss', model, both, ['gen_wass', 'real_wass', 'wass'].map((name) => `discriminator_wasserstein_hinge_loss/discriminator_${name}_hinge_loss`), { realHinge: 7 }),
    row('leastSquaresGeneratorLoss', model, [gen], ['generator_lsq_loss'], { realLabel: 0.5 }),
    row('leastSquaresDiscriminatorLoss', model, both, ['discriminator_gen_lsq_loss', 'discriminator_real_lsq_loss', 'discriminator_lsq_loss'], { fakeLabel: 0.1 }),
    row('minimaxGeneratorLoss', model, [gen], ['generator_minimax_loss_1'], { labelSmoothing: 0.1 }),
    row('minimaxDiscriminatorLoss', model, both, ['gen_minimax', 'real_minimax', 'minimax'].map((name) => `discriminator_minimax_loss/discriminator_${name}_loss`)),
    row('modifiedGeneratorLoss', model, [gen], ['generator_modified_loss/generator_modified_loss']),
    row('modifiedDiscriminatorLoss', model, both, ['gen_minimax', 'real_minimax', 'minimax'].map((name) => `discriminator_modified_loss/discriminator_${name}_loss`), { labelSmoothing: 1.5 }),
    row('acganGeneratorLoss', a, [a.discriminatorGenClassificationLogits, a.oneHotLabels], ['acgan_generator_loss/generator_ac_loss']),
    row('acganDiscriminatorLoss', a, [a.discriminatorRealClassificationLogits, a.discriminatorGenClassificationLogits, a.oneHotLabels], ['gen_ac', 'real_ac', 'ac'].map((name) => `acgan_discriminator_loss/discriminator_${name}_loss`), { labelSmoothing: 0.2 }),
    row('mutualInformationPenalty', i, [i.structuredGeneratorInputs, i.predictedDistributions], ['mutual_information_loss/mutual_information_penalty']),
    row('wassersteinGradientPenalty', model, [model.realData, model.generatedData, null, model.discriminatorFn], ['wasserstein_gradient_penalty/gradient_penalty_loss'], { target: 3, ...gp }),
  ];
})();

it.each(CASES)('%s: of a model as of its tensors, with TF-GAN’s tags', (_, ofModel, plain, tags) => {
  const recorded: (readonly [string, number])[] = [];
  const summaries = { scalar: (tag: string, value: tf.Tensor) => recorded.push([tag, value.dataSync()[0]]) };
  const value = ofModel({ addSummaries: true, summaries }).dataSync()[0];
  expect(recorded.map(([tag]) => tag)).toEqual(tags);
  expect(recorded.at(-1)?.[1]).toBeCloseTo(value, 5);
  expect(Number.isFinite(value) && value !== 0).toBe(true);
  expect(plain({}).dataSync()[0]).toBeCloseTo(value, 5);
  ofModel({ summaries });
  expect(recorded).toHaveLength(tags.length);
});

it.each([['minimaxGeneratorLoss', -1], ['mutualInformationPenalty', -1], ['modifiedGeneratorLoss', 1]] as const)('%s collects what TF-GAN collects', (name, sign) => {
  const lossCollection: tf.Tensor[] = [];
  const value = losses[name](infogan(), { lossCollection }).dataSync()[0];
  expect(lossCollection.map((loss) => loss.dataSync()[0])).toEqual([sign * value]);
});

it('means the default by null in a loss of a model, and refuses it in one of tensors', () => {
  const model = handMadeModel();
  expect(losses.leastSquaresGeneratorLoss(model, { realLabel: null, reduction: null }).dataSync()).toEqual(losses.leastSquaresGeneratorLoss(model).dataSync());
  expect(() => wargs.leastSquaresGeneratorLoss(model.discriminatorGenOutputs, { realLabel: null })).toThrow('None values not supported: `realLabel`');
  expect(() => wargs.leastSquaresGeneratorLoss(model.discriminatorGenOutputs, { reduction: null })).toThrow('Invalid Reduction Key None');
});

it('takes arguments that the model has no field for as options', () => {
  const model = handMadeModel();
  const given = { oneHotLabels: labels(), discriminatorGenClassificationLogits: logits() };
  expect(losses.acganGeneratorLoss(model, given).dataSync()).toEqual(wargs.acganGeneratorLoss(logits(), labels()).dataSync());
  expect(() => losses.acganGeneratorLoss(model, { oneHotLabels: labels() })).toThrow('`discriminatorGenClassificationLogits` must be supplied to acganGeneratorLoss loss function.');
  expect(() => losses.wassersteinGeneratorLoss({ kind: 'CycleGANModel' } as never)).toThrow('`discriminatorGenOutputs` must be supplied to wassersteinHingeGeneratorLoss loss function.');
});

it.each([
  ['a smoothing that is a tensor', () => wargs.modifiedGeneratorLoss(tf.zeros([2]), { labelSmoothing: tf.scalar(0.1) }), 'Using a symbolic `tf.Tensor` as a Python `bool` is not allowed'],
  ['int32 logits', () => wargs.minimaxGeneratorLoss(tf.zeros([2], 'int32')), 'DataType int32'],
  ['a reduction of a relativistic loss', () => losses.relativisticGeneratorLoss(handMadeModel(), { reduction: 'sum' }), "relativisticGeneratorLoss() got an unexpected keyword argument 'reduction'"],
  ['one distribution', () => wargs.mutualInformationPenalty([], categorical(logits()) as never), '`distributions` must be a list or tuple.'],
  ['a distribution too few', () => wargs.mutualInformationPenalty([tf.zeros([2])], []), '`structuredGeneratorInputs` length 1 must be the same as `predictedDistributions` length 0.'],
  ['tensors in the place of distributions', () => wargs.mutualInformationPenalty([tf.zeros([2])], [tf.zeros([2])] as never), '`distributions` must be a list of `Distributions`.'],
  ['logits of other classes', () => wargs.acganGeneratorLoss(logits(), tf.zeros([2, 4])), 'Shapes (2, 3) and (2, 4) are incompatible'],
  ['data of other sizes', () => wargs.wassersteinGradientPenalty(tf.zeros([3, 5]), tf.zeros([4, 5]), null, (x: tf.Tensor) => x), 'Dimensions must be equal, but are 4 and 3'],
  ['no arguments', () => (wargs.modifiedDiscriminatorLoss as (...args: unknown[]) => tf.Tensor)(), "missing 2 required positional arguments: 'discriminatorRealOutputs', 'discriminatorGenOutputs'"],
  ['another model than a cyclegan', () => losses.cycleConsistencyLoss(handMadeModel() as never), '`cycleganModel` must be a `CycleGANModel`. Instead, was GANModel.'],
])('refuses %s', (_, call, message) => {
  expect(call).toThrow(message);
});

it('ignores a smoothing below 0, and takes one above 1 at its word', () => {
  const x = tf.tensor1d([0.5, -2]);
  expect(wargs.modifiedGeneratorLoss(x, { labelSmoothing: -3 }).dataSync()).toEqual(wargs.modifiedGeneratorLoss(x).dataSync());
  // the loss is linear in the smoothing
  const at = (labelSmoothing: number) => wargs.modifiedGeneratorLoss(x, { labelSmoothing }).dataSync()[0];
  expect(at(1.5) - at(1)).toBeCloseTo(at(1) - at(0.5), 5);
});

it('draws an alpha for each difference where one generated sample is held against a batch', () => {
  const shapes: string[] = [];
  const uniform = (_: string, shape: readonly number[]) => {
    shapes.push(shape.join());
    return tf.tensor2d([0, 0.5, 1], [3, 1]);
  };
  const random = { uniform, normal: () => tf.scalar(0), numbers: () => new Float32Array() };
  const real = tf.tensor2d([[2, 0], [4, 0], [6, 0]]);
  const value = wargs.wassersteinGradientPenalty(real, tf.zeros([1, 2]), null, (x: tf.Tensor) => tf.sum(tf.square(x), 1), { random }).dataSync()[0];
  expect(shapes).toEqual(['3,1']);
  expect(value).toBeCloseTo(((4 - 1) ** 2 + (4 - 1) ** 2 + 1) / 3, 3);
});

it('is the cycle consistency of a cyclegan, with what TF-GAN collects and records', () => {
  const x = tf.tensor2d([[1, 2]]);
  const y = tf.tensor2d([[0], [4]]);
  const partial = (inputs: tf.Tensor) => replaced(handMadeModel(), { generatorInputs: inputs });
  const model: CycleGANModel = { kind: 'CycleGANModel', modelX2y: partial(x), modelY2x: partial(y), reconstructedX: tf.tensor2d([[2, 5]]), reconstructedY: tf.tensor2d([[0], [1]]) };
  const tags: string[] = [];
  const lossCollection: tf.Tensor[] = [];
  const before = tf.memory().numTensors;
  const value = losses.cycleConsistencyLoss(model, { addSummaries: true, summaries: { scalar: (tag) => tags.push(tag) }, lossCollection });
  expect(value.dataSync()[0]).toBeCloseTo((2 + 1.5) / 2, 6);
  expect(tags).toEqual(['x2x', 'y2y'].map((part) => `cycle_consistency_loss/cycle_consistency_loss_${part}`).concat('cycle_consistency_loss/cycle_consistency_loss'));
  expect(lossCollection.map((loss) => loss.dataSync()[0])).toEqual([2, 1.5]);
  expect(tf.memory().numTensors - before).toBe(3);
  expect(wargs.cycleConsistencyLoss(x, model.reconstructedX, y, model.reconstructedY).dataSync()[0]).toBeCloseTo(1.75, 6);
});

it('wraps losses of tensors for stargans: built-in ones as terms, others as they are', () => {
  const model = replaced({ kind: 'StarGANModel' } as StarGANModel, {
    inputData: tf.tensor2d([[1, 2]]),
    inputDataDomainLabel: tf.tensor2d([[0, 1, 0]]),
    generatedData: tf.tensor2d([[0, 1]]),
    discriminatorInputDataSourcePredication: tf.tensor2d([[4]]),
    discriminatorGeneratedDataSourcePredication: tf.tensor2d([[3]]),
    discriminatorFn: (data: tf.Tensor, domains: number) => [tf.mul(tf.sum(data, 1), domains), tf.zeros([1, 3])],
  });
  const generator = losses.starganGeneratorLossWrapper(wargs.wassersteinGeneratorLoss);
  const discriminator = losses.starganDiscriminatorLossWrapper(wargs.wassersteinDiscriminatorLoss);
  const penalty = losses.starganGradientPenaltyWrapper(wargs.wassersteinGradientPenalty);
  expect(generator(model, { weights: 2 }).dataSync()[0]).toBe(-6);
  expect(discriminator(model).dataSync()[0]).toBe(-1);
  // the slope of 3·(x₁ + x₂) has the length 3√2
  expect(penalty(model).dataSync()[0]).toBeCloseTo((3 * Math.SQRT2 - 1) ** 2, 3);
  expect([generator, discriminator, penalty].map((fn) => fn[TERM]?.(model, {}, createNameInput()).call)).toEqual(['wasserstein', 'wasserstein', 'gp']);
  const own = losses.starganGeneratorLossWrapper((outputs: tf.Tensor) => tf.sum(outputs));
  expect(own[TERM]).toBeUndefined();
  expect(own(model).dataSync()[0]).toBe(3);
});
