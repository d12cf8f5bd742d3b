import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../runtime/random.ts';
import { createSummaryList } from './createSummaryList.ts';
import { cycleganLoss, ganLoss, losses } from './facade.ts';
import { cycleganModel } from './models/cycleganModel.ts';
import { POOLS, RECOMPUTE, REDRAW } from './recipe.ts';
import { tensorPool } from './training/tensorPool.ts';
import type { CycleGANModel } from './types.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const batch = (seed: number, rows: number, columns: number) => createRandom(seed, 'batch').normal('x', [rows, columns]);
const numberOf = (loss: tf.Tensor): number => tf.tidy(() => tf.sum(loss).dataSync()[0]);

/** x → tanh(x·w), counted. */
function network(seed: number, columns: number) {
  const w = tf.variable(createRandom(seed, 'weights').normal('w', [2, columns]));
  const calls = { count: 0 };
  const call = (x: tf.Tensor): tf.Tensor => {
    calls.count += 1;
    return tf.tanh(tf.matMul(x, w));
  };
  return Object.assign(call, { variables: [w], calls });
}

function cyclegan() {
  const [toY, toX, onY, onX] = [network(1, 2), network(2, 2), network(3, 1), network(4, 1)];
  const model = cycleganModel({ x2y: toY, y2x: toX }, { x2y: onY, y2x: onX }, batch(5, 3, 2), batch(6, 3, 2));
  return { model, calls: () => [toY, toX, onY, onX].map(({ calls }) => calls.count) };
}

describe('cycleganLoss', () => {
  it("adds one cycle consistency loss to both generators' least squares", () => {
    const { model, calls } = cyclegan();
    const loss = cycleganLoss(model, { cycleConsistencyLossWeight: tf.scalar(3) });
    const cycle = 3 * numberOf(losses.cycleConsistencyLoss(model));
    for (const [part, partial] of [[loss.lossX2y, model.modelX2y], [loss.lossY2x, model.modelY2x]] as const) {
      expect(numberOf(part.generatorLoss)).toBeCloseTo(numberOf(losses.leastSquaresGeneratorLoss(partial)) + cycle, 5);
      expect(numberOf(part.discriminatorLoss)).toBeCloseTo(numberOf(losses.leastSquaresDiscriminatorLoss(partial)), 5);
    }
    // there and back, on real and on generated data
    expect(calls()).toEqual([2, 2, 2, 2]);
  });

  it('takes another function for the cycle consistency loss', () => {
    const { model } = cyclegan();
    const squared = ({ modelX2y, reconstructedX }: CycleGANModel): tf.Tensor => tf.mean(tf.squaredDifference(modelX2y.generatorInputs as tf.Tensor, reconstructedX));
    const loss = cycleganLoss(model, { cycleConsistencyLossFn: squared, cycleConsistencyLossWeight: 2 });
    expect(numberOf(loss.lossX2y.generatorLoss)).toBeCloseTo(numberOf(losses.leastSquaresGeneratorLoss(model.modelX2y)) + 2 * numberOf(squared(model)), 5);
  });

  it('computes nothing of a loss that is not read', () => {
    const { model, calls } = cyclegan();
    const loss = cycleganLoss(model);
    void loss.lossX2y.discriminatorLoss;
    expect(calls()).toEqual([1, 0, 2, 0]);
    void loss.lossX2y.generatorLoss;
    expect(calls()).toEqual([2, 2, 2, 0]);
  });

  it('hands options on, draws for each direction and names its summaries', () => {
    const { model } = cyclegan();
    const list = createSummaryList();
    const random = createRandom(7, 'losses');
    const loss = cycleganLoss(model, { generatorLossFn: losses.minimaxGeneratorLoss, discriminatorLossFn: losses.wassersteinDiscriminatorLoss, gradientPenaltyWeight: 2, random, summaries: list });
    void [loss.lossY2x.discriminatorLoss, loss.lossX2y.discriminatorLoss, loss.lossY2x.generatorLoss, loss.lossX2y.generatorLoss];
    const partial = (name: string) => [
      `${name}/generator_minimax_loss_1`,
      ...['gen', 'real'].map((data) => `${name}/discriminator_wasserstein_loss/discriminator_${data}_wass_loss`),
      `${name}/discriminator_wasserstein_loss/discriminator_wass_loss`,
      `${name}/wasserstein_gradient_penalty/gradient_penalty_loss`,
    ];
    expect(list.read().map(({ tag }) => tag)).toEqual([
      ...['cycle_consistency_loss_x2x', 'cycle_consistency_loss_y2y', 'cycle_consistency_loss'].map((name) => `cycle_consistency_loss/${name}`),
      ...partial('cyclegan_loss_x2y'),
      ...partial('cyclegan_loss_y2x'),
    ]);
    const drawn: string[] = [];
    const spy = { ...random, uniform: (draw: string, shape: readonly number[]) => (drawn.push(draw), random.uniform(draw, shape)) };
    const other = cycleganLoss(model, { gradientPenaltyWeight: 1, random: spy });
    void [other.lossX2y.discriminatorLoss, other.lossY2x.discriminatorLoss];
    expect(drawn).toEqual(['x2y.gp.0', 'y2x.gp.0']);
  });

  it('gives each direction a pool of its own, also when it is computed again', () => {
    const { model } = cyclegan();
    const pool = tensorPool({ poolSize: 1, poolingProbability: 1 });
    const loss = cycleganLoss(model, { tensorPoolFn: pool });
    expect(loss[POOLS]).toHaveLength(2);
    expect(loss[POOLS][0]).toBe(pool);
    const read = (scale: number) => {
      const random = createRandom(1, 'run');
      const scaled = cycleganModel({ x2y: (x: tf.Tensor) => tf.mul(x, scale), y2x: (x: tf.Tensor) => tf.mul(x, -scale) }, { x2y: tf.abs, y2x: tf.abs }, batch(5, 3, 2), batch(6, 3, 2));
      const again = loss[RECOMPUTE](scaled[REDRAW](random), random);
      return [again.lossX2y.discriminatorLoss, again.lossY2x.discriminatorLoss].map(numberOf);
    };
    const [first, second] = [read(1), read(5)];
    // a pool of one that always answers with what it kept: the second run sees the first one's samples
    expect(second).toEqual(first);
    loss[POOLS].forEach((own) => own.dispose());
  });

  it('leaves nothing behind in a tidy', () => {
    const { model } = cyclegan();
    const loss = cycleganLoss(model);
    const before = tf.memory().numTensors;
    tf.tidy(() => void [loss.lossX2y.generatorLoss, loss.lossX2y.discriminatorLoss, loss.lossY2x.generatorLoss, loss.lossY2x.discriminatorLoss]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps a weight of 0 and NaN, and refuses none and negative ones', () => {
    const { model } = cyclegan();
    const generatorLoss = (weight: number) => numberOf(cycleganLoss(model, { cycleConsistencyLossWeight: weight }).lossX2y.generatorLoss);
    expect(generatorLoss(0)).toBeCloseTo(numberOf(losses.leastSquaresGeneratorLoss(model.modelX2y)), 6);
    expect(generatorLoss(NaN)).toBeNaN();
    expect(() => cycleganLoss(model, { cycleConsistencyLossWeight: null })).toThrow('None values not supported');
    expect(() => cycleganLoss(model, { cycleConsistencyLossWeight: -1 })).toThrow('`cycleConsistencyLossWeight` must be greater than 0. Instead, was -1');
    expect(() => cycleganLoss(model, { weight: 1 } as object)).toThrow("ganLoss() got an unexpected keyword argument 'weight'");
    expect(() => cycleganLoss(model, { mutualInformationPenaltyWeight: 1 })).toThrow('`model` must be an `InfoGANModel`. Instead, was GANModel.');
    expect(() => cycleganLoss(model.modelX2y as object as CycleGANModel)).toThrow('`model` must be a `CycleGANModel`. Instead, was GANModel.');
    expect(() => ganLoss(model as object as CycleGANModel['modelX2y'])).toThrow('must be supplied to');
  });
});
