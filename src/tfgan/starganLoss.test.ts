import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installGradients } from '../runtime/gradients/installGradients.ts';
import { createRandom } from '../runtime/random.ts';
import { createSummaryList } from './createSummaryList.ts';
import { losses, starganLoss } from './facade.ts';
import { replaceFields } from './models/replaceFields.ts';
import { starganModel } from './models/starganModel.ts';
import { createLosses } from './losses/createLosses.ts';
import { createTermRunner, type TermRunner } from './losses/termRunner.ts';
import { createStarganLoss, type StarGANLossOptions } from './starganLoss.ts';
import { Reduction, type StarGANModel } from './types.ts';

let uninstall = () => {};
beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => {
  tf.engine().startScope();
  uninstall = installGradients();
});
afterEach(() => {
  uninstall();
  tf.engine().endScope();
});

const random = createRandom(11, 'losses');
const numberOf = (loss: tf.Tensor): number => tf.tidy(() => tf.sum(loss).dataSync()[0]);

/** Samples [3, 4] of two domains. */
function stargan() {
  const weight = (seed: number, rows: number, columns: number) => tf.variable(createRandom(seed, 'weights').normal('w', [rows, columns]));
  const [w, v, u] = [weight(1, 6, 4), weight(2, 4, 1), weight(3, 4, 2)];
  const calls = { generator: 0, discriminator: 0 };
  const generator = Object.assign(
    (x: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
      calls.generator += 1;
      return tf.tanh(tf.matMul(tf.concat([x, labels], 1), w));
    },
    { variables: [w], regularizationLosses: () => [tf.scalar(100)] },
  );
  const discriminator = Object.assign(
    (x: tf.Tensor) => {
      calls.discriminator += 1;
      return [tf.matMul(tf.tanh(x), v), tf.matMul(x, u)] as const;
    },
    { variables: [v, u] },
  );
  const data = createRandom(4, 'batch').normal('x', [3, 4]);
  const model = starganModel(generator as never, discriminator, data, tf.tensor2d([[1, 0], [0, 1], [1, 0]]), { random });
  return { model, calls };
}

describe('starganLoss', () => {
  it('makes one objective of each player\'s built-in losses', () => {
    const runner = createTermRunner();
    const calls: string[][] = [];
    const counting: TermRunner = {
      run(parts, options) {
        calls.push(parts.map(({ term }) => term.call));
        return runner.run(parts, options);
      },
    };
    const { model } = stargan();
    const loss = createStarganLoss({ losses: createLosses(runner), runner: counting })(model, { random });
    void loss.generatorLoss;
    void loss.discriminatorLoss;
    expect(calls).toEqual([
      ['wasserstein', 'reconstruction_loss', 'classification_loss'],
      ['wasserstein', 'gp', 'classification_loss'],
    ]);
  });

  it('adds what it is made of, and no regularisation', () => {
    const { model, calls } = stargan();
    const loss = starganLoss(model, { random });
    const [source, wargs] = [model, losses.wargs];
    const reconstruction = numberOf(losses.absoluteDifference(source.inputData, source.reconstructedData));
    const classes = numberOf(losses.softmaxCrossEntropy(source.generatedDataDomainTarget, source.discriminatorGeneratedDataDomainPredication));
    const adversarial = numberOf(wargs.wassersteinGeneratorLoss(source.discriminatorGeneratedDataSourcePredication));
    expect(numberOf(loss.generatorLoss)).toBeCloseTo(adversarial + 10 * reconstruction + classes, 4);
    const penalty = numberOf(losses.starganGradientPenaltyWrapper(wargs.wassersteinGradientPenalty)(model, { random }));
    const judged = numberOf(wargs.wassersteinDiscriminatorLoss(source.discriminatorInputDataSourcePredication, source.discriminatorGeneratedDataSourcePredication));
    const named = numberOf(losses.softmaxCrossEntropy(source.inputDataDomainLabel, source.discriminatorInputDataDomainPredication));
    calls.discriminator = 0;
    expect(numberOf(loss.discriminatorLoss)).toBeCloseTo(judged + 10 * penalty + named, 3);
    // at the points of the gradient penalty alone
    expect(calls).toEqual({ generator: 2, discriminator: 1 });
  });

  it('computes nothing of a loss that is not read', () => {
    const { model, calls } = stargan();
    const loss = starganLoss(model);
    expect(calls).toEqual({ generator: 0, discriminator: 0 });
    void loss.generatorLoss;
    expect(calls).toEqual({ generator: 2, discriminator: 1 });
  });

  it('records summaries in the order of TF-GAN', () => {
    const list = createSummaryList();
    const loss = starganLoss(stargan().model, { summaries: list });
    void [loss.discriminatorLoss, loss.generatorLoss];
    expect(list.read().map(({ tag }) => tag)).toEqual([
      'generator_wasserstein_loss/generator_wass_loss',
      'discriminator_wasserstein_loss/discriminator_gen_wass_loss',
      'discriminator_wasserstein_loss/discriminator_real_wass_loss',
      'discriminator_wasserstein_loss/discriminator_wass_loss',
      'wasserstein_gradient_penalty/gradient_penalty_loss',
      'reconstruction_loss',
      'generator_classification_loss/generator_classification_loss',
      'discriminator_classification_loss/discriminator_classification_loss',
    ]);
  });

  it('drops a penalty of negative weight with a warning, and applies a negative tensor', () => {
    const { model } = stargan();
    const said: string[] = [];
    const value = (options: StarGANLossOptions) => numberOf(starganLoss(model, { random, warn: (message) => void said.push(message), ...options }).discriminatorLoss);
    const without = value({ gradientPenaltyWeight: null });
    expect([0, NaN, false, -3].map((gradientPenaltyWeight) => value({ gradientPenaltyWeight }))).toEqual([without, without, without, without]);
    expect(said).toEqual(['`gradientPenaltyWeight` is -3: a negative number switches the gradient penalty off, as in TF-GAN']);
    const [plus, minus] = [2, -2].map((weight) => value({ gradientPenaltyWeight: tf.scalar(weight) }));
    expect(plus - without).toBeCloseTo(without - minus, 4);
    expect(plus).toBeGreaterThan(without);
  });

  it('applies other weights whatever their sign, and refuses none', () => {
    const { model } = stargan();
    const value = (options: StarGANLossOptions) => numberOf(starganLoss(model, { random, ...options }).generatorLoss);
    const off = value({ reconstructionLossWeight: 0 });
    expect(value({ reconstructionLossWeight: true }) - off).toBeCloseTo(off - value({ reconstructionLossWeight: -1 }), 4);
    expect(value({ reconstructionLossWeight: tf.scalar(1) })).toBeCloseTo(value({ reconstructionLossWeight: 1 }), 5);
    const call = (options: object, of: object = model) => () => starganLoss(of as StarGANModel, options);
    expect(call({ reconstructionLossWeight: null })).toThrow('None values not supported: `reconstructionLossWeight` is null');
    expect(call({ classificationLossWeight: null })).toThrow('None values not supported: `classificationLossWeight` is null');
    expect(call({ classificationLossWeight: tf.scalar(1, 'int32') })).toThrow('has type int32 that does not match type float32');
    expect(call({ gradientPenaltyWeight: 'a' })).toThrow('`gradientPenaltyWeight` must be a number or a tensor');
    expect(call({ reduction: 'sum' })).toThrow("starganLoss() got an unexpected keyword argument 'reduction'");
    expect(call({ generatorLossFn: losses.starganGeneratorLossWrapper(losses.wargs.relativisticGeneratorLoss as never) })).toThrow("got an unexpected keyword argument 'addSummaries'");
    expect(call({}, { kind: 'GANModel' })).toThrow("'GANModel' object has no attribute 'inputDataDomainLabel'");
    const labelled = (labels: tf.Tensor) => () => starganLoss(replaceFields(model, { inputDataDomainLabel: labels })).discriminatorLoss;
    expect(labelled(tf.ones([3]))).toThrow('Shape (3,) must have rank 2');
  });

  it('sums a loss of many labels over the domains', () => {
    const { model } = stargan();
    const each = (labels: tf.Tensor, logits: tf.Tensor) => losses.sigmoidCrossEntropy(labels, logits, { reduction: Reduction.NONE });
    const value = (options: StarGANLossOptions) => numberOf(starganLoss(model, { reconstructionLossWeight: 0, random, ...options }).generatorLoss);
    const [off, mean, sum] = [{ classificationLossWeight: 0 }, { classificationLossFn: each }, { classificationLossFn: each, classificationOneHot: false }].map(value);
    expect(sum - off).toBeCloseTo(2 * (mean - off), 4);
    expect(() => value({ classificationOneHot: false })).toThrow('Invalid reduction dimension 1 for input with 0 dimensions');
  });

  it('leaves nothing behind in a tidy', () => {
    const loss = starganLoss(stargan().model, { summaries: createSummaryList() });
    const before = tf.memory().numTensors;
    tf.tidy(() => void [loss.generatorLoss, loss.discriminatorLoss]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
