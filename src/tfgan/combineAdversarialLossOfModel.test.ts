import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../runtime/random.ts';
import { differentiate } from '../runtime/trainer/differentiate.ts';
import { createSummaryList } from './createSummaryList.ts';
import { ganLoss, losses } from './facade.ts';
import { ganModel } from './models/ganModel.ts';
import { ganTrainOps } from './training/ganTrainOps.ts';
import { Reduction, type GANModel } from './types.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const numberOf = (loss: tf.Tensor): number => tf.tidy(() => tf.sum(loss).dataSync()[0]);
const sample = (seed: number, rows: number, columns: number) => createRandom(seed, 'data').normal('x', [rows, columns]);

function setting() {
  const [w, v] = [tf.variable(sample(1, 3, 2)), tf.variable(sample(2, 2, 1))];
  let runs = 0;
  const generator = Object.assign(
    (z: tf.Tensor): tf.Tensor => {
      runs += 1;
      return tf.tanh(tf.matMul(z, w));
    },
    { variables: [w] },
  );
  const discriminator = Object.assign((x: tf.Tensor): tf.Tensor => tf.matMul(tf.tanh(x), v), { variables: [v] });
  const model = ganModel(generator, discriminator, sample(4, 4, 2), sample(5, 4, 3));
  const main = ({ generatedData, realData }: GANModel) => losses.meanSquaredError(realData, generatedData);
  return { model, main, w, runs: () => runs };
}

describe('losses.combineAdversarialLoss', () => {
  it("balances the generator's loss with another, on a tape and without one", () => {
    const { model, main, w, runs } = setting();
    const adversarial = ganLoss(model);
    const list = createSummaryList();
    const combined = losses.combineAdversarialLoss(adversarial, model, main, { gradientRatio: 2, summaries: list });
    const magnitude = (loss: () => tf.Tensor) => tf.tidy(() => tf.norm(differentiate(loss, [w]).gradients[0]!).dataSync()[0]);
    const coefficient = magnitude(() => main(model)) / magnitude(() => adversarial.generatorLoss) / 2;
    const wanted = numberOf(main(model)) + coefficient * numberOf(adversarial.generatorLoss);
    expect(numberOf(combined.generatorLoss)).toBeCloseTo(wanted, 4);
    expect(numberOf(combined.discriminatorLoss)).toBe(numberOf(adversarial.discriminatorLoss));
    const before = runs();
    expect(numberOf(differentiate(() => combined.generatorLoss, [w]).value)).toBeCloseTo(wanted, 4);
    expect(runs()).toBe(before + 1);
    expect(list.read().map(({ tag }) => tag)).toEqual(['main_loss', 'adversarial_loss', 'main_loss_gradients', 'adversarial_loss_gradients', 'adversarial_coefficient'].map((name) => `adversarial_loss/${name}`));
  });

  it('trains, the other loss being a function of the model', async () => {
    const { model, main } = setting();
    const said: string[] = [];
    const each = ({ generatedData, realData }: GANModel) => losses.meanSquaredError(realData, generatedData, { reduction: Reduction.NONE });
    const adversarial = ganLoss(model, { reduction: Reduction.NONE });
    const combined = losses.combineAdversarialLoss(adversarial, model, each, { gradientRatio: 50, warn: (message) => void said.push(message) });
    const ops = ganTrainOps(model, combined, tf.train.sgd(0.05), tf.train.sgd(0.01));
    const distance = () => tf.tidy(() => numberOf(main(model)));
    const before = distance();
    for (let step = 0; step < 20; step += 1) await ops.generatorTrainOp();
    expect(distance()).toBeLessThan(before);
    // [4, 2] and [4, 1]: said once, not at each step
    expect(said).toHaveLength(1);
  });

  it('leaves nothing behind in a tidy', () => {
    const { model, main } = setting();
    const combined = losses.combineAdversarialLoss(ganLoss(model), model, main, { gradientRatio: 1 });
    const before = tf.memory().numTensors;
    tf.tidy(() => void combined.generatorLoss);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('computes nothing before it is read, and refuses options at once', () => {
    const { model, main, runs } = setting();
    const combine = (options: object) => () => losses.combineAdversarialLoss(ganLoss(model), model, main, options);
    expect(combine({ weightFactor: 1 })().discriminatorLoss.rank).toBe(0);
    expect(runs()).toBe(1);
    expect(combine({ weightFactor: 1, variables: [] })).toThrow("combineAdversarialLoss() got an unexpected keyword argument 'variables'");
    expect(combine({})).toThrow('`weightFactor` and `gradientRatio` cannot both be `null`.');
    expect(runs()).toBe(1);
  });
});
