import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installGradients } from '../runtime/gradients/installGradients.ts';
import { createRandom } from '../runtime/random.ts';
import { categorical } from '../runtime/distributions.ts';
import { differentiate } from '../runtime/trainer/differentiate.ts';
import { createSummaryList } from './createSummaryList.ts';
import { ganLoss, losses } from './facade.ts';
import type { GANLossOptions } from './ganLoss.ts';
import { acganModel } from './models/acganModel.ts';
import { ganModel } from './models/ganModel.ts';
import { infoganModel } from './models/infoganModel.ts';
import { POOLS, RECOMPUTE, REDRAW } from './recipe.ts';
import { tensorPool } from './training/tensorPool.ts';
import { Reduction, type GANModel } from './types.ts';

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

const weights = (seed: number, rows: number, columns: number) => tf.variable(createRandom(seed, 'weights').normal('w', [rows, columns]));
const batch = (seed: number, rows: number, columns: number) => createRandom(seed, 'batch').normal('x', [rows, columns]);
const numberOf = (loss: tf.Tensor): number => tf.tidy(() => tf.sum(loss).dataSync()[0]);

/** z [4, 3] → tanh(z·w) [4, 2]; x → a number each; counts its calls. */
function networks() {
  const [w, v] = [weights(1, 3, 2), weights(2, 2, 1)];
  const calls = { generator: 0, discriminator: 0 };
  const generator = Object.assign(
    (z: tf.Tensor) => {
      calls.generator += 1;
      return tf.tanh(tf.matMul(z, w));
    },
    { variables: [w] },
  );
  const discriminator = Object.assign(
    (x: tf.Tensor): tf.Tensor => {
      calls.discriminator += 1;
      return tf.matMul(tf.tanh(x), v);
    },
    { variables: [v] },
  );
  return { generator, discriminator, calls };
}

function gan() {
  const { generator, discriminator, calls } = networks();
  return { model: ganModel(generator, discriminator, batch(3, 4, 2), batch(4, 4, 3)), calls, generator, discriminator };
}

function infogan() {
  const { generator, discriminator, calls } = networks();
  const u = weights(5, 2, 3);
  const both = Object.assign((x: tf.Tensor) => [discriminator(x), [categorical(tf.matMul(x, u))]] as const, { variables: [...discriminator.variables, u] });
  const join = Object.assign((inputs: readonly tf.Tensor[]) => generator(inputs[0]), { variables: generator.variables });
  return { model: infoganModel(join as never, both, batch(3, 4, 2), [batch(4, 4, 3)], [tf.tensor1d([0, 2, 1, 1], 'int32')]), calls };
}

function acgan() {
  const { generator, discriminator, calls } = networks();
  const u = weights(5, 2, 3);
  const both = Object.assign((x: tf.Tensor) => [discriminator(x), tf.matMul(x, u)] as const, { variables: [...discriminator.variables, u] });
  return { model: acganModel(generator, both, batch(3, 4, 2), batch(4, 4, 3), tf.oneHot(tf.tensor1d([0, 2, 1, 1], 'int32'), 3)), calls };
}

describe('ganLoss', () => {
  it("computes a player's loss when it is read, once, and what both need once", () => {
    const { model, calls } = gan();
    const loss = ganLoss(model, { gradientPenaltyWeight: 10 });
    expect(calls).toEqual({ generator: 0, discriminator: 0 });
    expect(loss.generatorLoss).toBe(loss.generatorLoss);
    expect(calls).toEqual({ generator: 1, discriminator: 1 });
    void loss.discriminatorLoss;
    // on real data, and at the points of the gradient penalty
    expect(calls).toEqual({ generator: 1, discriminator: 3 });
    const other = gan();
    void ganLoss(other.model).discriminatorLoss;
    expect(other.calls).toEqual({ generator: 1, discriminator: 2 });
  });

  it('shares forward passes on a tape, and makes them again on the next', () => {
    const { model, calls, generator, discriminator } = gan();
    const loss = ganLoss(model);
    const before = [loss.generatorLoss, loss.discriminatorLoss].map(numberOf);
    const { gradients } = differentiate(() => tf.add(loss.generatorLoss, loss.discriminatorLoss), [...generator.variables, ...discriminator.variables]);
    expect(gradients.every((gradient) => gradient !== null)).toBe(true);
    expect(calls).toEqual({ generator: 2, discriminator: 4 });
    expect([loss.generatorLoss, loss.discriminatorLoss].map(numberOf)).toEqual(before);
  });

  it('adds what it is made of', () => {
    const { model } = acgan();
    const random = createRandom(9, 'losses');
    const loss = ganLoss(model, { gradientPenaltyWeight: tf.scalar(3), auxCondGeneratorWeight: 0.5, auxCondDiscriminatorWeight: true, random });
    expect(numberOf(loss.generatorLoss)).toBeCloseTo(numberOf(losses.wassersteinGeneratorLoss(model)) + 0.5 * numberOf(losses.acganGeneratorLoss(model)), 5);
    const parts = [numberOf(losses.wassersteinDiscriminatorLoss(model)), 3 * numberOf(losses.wassersteinGradientPenalty(model, { random })), numberOf(losses.acganDiscriminatorLoss(model))];
    expect(numberOf(loss.discriminatorLoss)).toBeCloseTo(parts.reduce((sum, part) => sum + part), 4);
  });

  it('tells null, 0 and a tensor of 0 apart', () => {
    const tags = (gradientPenaltyWeight: GANLossOptions['gradientPenaltyWeight']) => {
      const list = createSummaryList();
      void ganLoss(gan().model, { gradientPenaltyWeight, summaries: list }).discriminatorLoss;
      return list.read().map(({ tag }) => tag);
    };
    for (const off of [undefined, null, 0, NaN, false]) expect(tags(off)).not.toContain('wasserstein_gradient_penalty/gradient_penalty_loss');
    for (const on of [tf.scalar(0), 1, true]) expect(tags(on)).toContain('wasserstein_gradient_penalty/gradient_penalty_loss');
  });

  it("calls a user's function as it is: with the model, and with options if it takes a second parameter", () => {
    const given: unknown[][] = [];
    const { model } = gan();
    const own = (gan: GANModel) => {
      given.push([gan]);
      return tf.mean(gan.discriminatorGenOutputs);
    };
    const list = createSummaryList();
    const passing = (gan: GANModel, options: object) => {
      given.push([gan, options]);
      return losses.modifiedDiscriminatorLoss(gan, options);
    };
    const loss = ganLoss(model, { generatorLossFn: own, discriminatorLossFn: passing, reduction: Reduction.SUM, gradientPenaltyWeight: 1, summaries: list });
    expect(given).toEqual([]);
    expect(numberOf(loss.generatorLoss)).toBeCloseTo(numberOf(tf.mean(model.discriminatorGenOutputs)), 6);
    void loss.discriminatorLoss;
    expect(given[0]).toEqual([model]);
    expect(given[1]).toMatchObject([model, { reduction: 'sum', addSummaries: true }]);
    expect(list.read().map(({ tag }) => tag)).toEqual([
      'discriminator_modified_loss/discriminator_gen_minimax_loss',
      'discriminator_modified_loss/discriminator_real_minimax_loss',
      'discriminator_modified_loss/discriminator_minimax_loss',
      'wasserstein_gradient_penalty/gradient_penalty_loss',
    ]);
    expect(() => ganLoss(model, { generatorLossFn: () => 'much' as never }).generatorLoss).toThrow('a loss function must return a tensor');
  });

  it('records summaries in the order of TF-GAN, whichever loss is read first', () => {
    const wanted = [
      'generator_wasserstein_loss/generator_wass_loss',
      'discriminator_wasserstein_loss/discriminator_gen_wass_loss',
      'discriminator_wasserstein_loss/discriminator_real_wass_loss',
      'discriminator_wasserstein_loss/discriminator_wass_loss',
      'wasserstein_gradient_penalty/gradient_penalty_loss',
      'mutual_information_loss/mutual_information_penalty',
    ];
    for (const [poolFn, tags] of [[null, wanted], [tensorPool({ poolSize: 3 }), [...wanted, 'mutual_information_loss_1/mutual_information_penalty']]] as const) {
      for (const order of [['generatorLoss', 'discriminatorLoss'], ['discriminatorLoss', 'generatorLoss']] as const) {
        const list = createSummaryList();
        const loss = ganLoss(infogan().model, { gradientPenaltyWeight: 1, mutualInformationPenaltyWeight: 1, summaries: list, tensorPoolFn: poolFn });
        order.forEach((player) => void loss[player]);
        expect(list.read().map(({ tag }) => tag)).toEqual(tags);
      }
      poolFn?.dispose();
    }
    const list = createSummaryList();
    void ganLoss(gan().model, { addSummaries: false, summaries: list }).generatorLoss;
    expect(list.read()).toEqual([]);
  });

  it('asks the pool once, when the discriminator needs it, and judges what it answers', () => {
    const { model, calls } = gan();
    const [oldInputs, oldData] = [tf.zeros([4, 3]), tf.ones([4, 2])];
    let asked = 0;
    const pool = () => {
      asked += 1;
      return [oldInputs, oldData];
    };
    const loss = ganLoss(model, { tensorPoolFn: pool });
    void loss.generatorLoss;
    expect(asked).toBe(0);
    const onOld = numberOf(losses.wargs.wassersteinDiscriminatorLoss(model.discriminatorRealOutputs, model.discriminatorFn(oldData, oldInputs) as tf.Tensor));
    calls.discriminator = 0;
    expect(numberOf(loss.discriminatorLoss)).toBeCloseTo(onOld, 6);
    expect([asked, calls.discriminator]).toEqual([1, 1]);
  });

  it('packs the outputs of a discriminator that returns several of one shape, and refuses others', () => {
    const { generator, discriminator } = networks();
    const twice = (columns: number) => Object.assign((x: tf.Tensor) => [discriminator(x), tf.ones([4, columns])] as never, { variables: discriminator.variables });
    const loss = (columns: number) => ganLoss(ganModel(generator, twice(columns), batch(3, 4, 2), batch(4, 4, 3)), { reduction: Reduction.NONE });
    expect(loss(1).generatorLoss.shape).toEqual([2, 4, 1]);
    expect(() => loss(3).generatorLoss).toThrow('Dimension 1 in both shapes must be equal, but are 1 and 3. Shapes are [4,1] and [4,3]');
  });

  it('adds what regularises the networks', () => {
    const { generator, discriminator } = networks();
    const regular = Object.assign(generator, { regularizationLosses: () => [tf.scalar(5), tf.scalar(7)] });
    const plain = ganLoss(ganModel(networks().generator, discriminator, batch(3, 4, 2), batch(4, 4, 3)));
    const loss = ganLoss(ganModel(regular, discriminator, batch(3, 4, 2), batch(4, 4, 3)));
    expect(numberOf(loss.generatorLoss)).toBeCloseTo(numberOf(plain.generatorLoss) + 12, 5);
    expect(numberOf(loss.discriminatorLoss)).toBeCloseTo(numberOf(plain.discriminatorLoss), 5);
  });

  it('is a recipe: of another model, with other draws', () => {
    const { model } = gan();
    const pool = tensorPool({ poolSize: 2 });
    const loss = ganLoss(model, { gradientPenaltyWeight: 1, tensorPoolFn: pool });
    expect(loss[POOLS]).toEqual([pool]);
    const draw = (seed: number) => numberOf(loss[RECOMPUTE](model[REDRAW](createRandom(seed, 'run')), createRandom(seed, 'run')).discriminatorLoss);
    expect(draw(1)).toBe(draw(1));
    expect(draw(1)).not.toBe(draw(2));
    pool.dispose();
  });

  it('leaves nothing behind in a tidy', () => {
    const { model } = gan();
    const loss = ganLoss(model, { gradientPenaltyWeight: 2, summaries: createSummaryList() });
    const before = tf.memory().numTensors;
    tf.tidy(() => void [loss.generatorLoss, loss.discriminatorLoss]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses what TF-GAN refuses, before anything is computed', () => {
    const { model, calls } = gan();
    const call = (options: object, of: object = model) => () => ganLoss(of as GANModel, options);
    expect(call({ gradient_penalty_weight: 1 })).toThrow("ganLoss() got an unexpected keyword argument 'gradient_penalty_weight'");
    expect(call({ gradientPenaltyWeight: -1 })).toThrow('`gradientPenaltyWeight` must be greater than 0. Instead, was -1');
    expect(call({ gradientPenaltyWeight: tf.scalar(-1) })).toThrow('Condition x >= y did not hold');
    expect(call({ gradientPenaltyWeight: tf.scalar(NaN) })).toThrow('Condition x >= y did not hold');
    expect(call({ gradientPenaltyWeight: tf.tensor1d([1, 2, 3]) })).toThrow('Shapes [3] and [] are incompatible');
    expect(call({ gradientPenaltyWeight: tf.scalar(3, 'int32') })).toThrow('has type int32 that does not match type float32');
    expect(call({ gradientPenaltyWeight: 'a' })).toThrow("'<' not supported between instances of 'string'");
    expect(call({ mutualInformationPenaltyWeight: -1 })).toThrow('`infoganWeight` must be greater than 0');
    expect(call({ mutualInformationPenaltyWeight: tf.scalar(0) })).toThrow('When `mutualInformationPenaltyWeight` is provided, `model` must be an `InfoGANModel`. Instead, was GANModel.');
    expect(call({ auxCondDiscriminatorWeight: 1 })).toThrow('`model` must be an `ACGANModel`. Instead, was GANModel.');
    expect(call({ generatorLossFn: losses.relativisticGeneratorLoss })).toThrow("relativisticGeneratorLoss() got an unexpected keyword argument 'reduction'");
    expect(call({ generatorLossFn: null })).toThrow('`generatorLossFn` must be a function of the model');
    expect(call({ generatorLossFn: losses.wargs.wassersteinGeneratorLoss })).toThrow('`generatorLossFn` is a loss of plain tensors, but is given a model');
    expect(() => ganLoss(undefined as never)).toThrow('`model` must be a `GANModel`. Instead, was undefined.');
    expect(call({ reduction: 'most' })).toThrow('Invalid Reduction Key most');
    expect(call({ tensorPoolFn: (values: object) => values }, { kind: 'StarGANModel' })).toThrow('Tensor pool does not support `model`: StarGANModel.');
    expect(call({}, { kind: 'CycleGANModel' })).toThrow('must be supplied to');
    expect(calls).toEqual({ generator: 0, discriminator: 0 });
  });
});
