import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { differentiate } from '../runtime/trainer/differentiate.ts';
import { combineAdversarialLoss, type CombineAdversarialLossOptions } from './combineAdversarialLoss.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const recorder = () => {
  const found: [string, number][] = [];
  return { found, summaries: { scalar: (tag: string, value: tf.Tensor) => void found.push([tag, value.dataSync()[0]]) } };
};

/** main = 3·w, adversarial = 4·w·(v·v), at w = 2, v = 1. */
function setting() {
  const [w, v] = [tf.variable(tf.scalar(2)), tf.variable(tf.scalar(1))];
  let runs = 0;
  const main = () => tf.mul(3, w);
  const adversarial = () => {
    runs += 1;
    return tf.mul(tf.mul(4, w), tf.square(v));
  };
  return { w, v, main, adversarial, runs: () => runs };
}

describe('combineAdversarialLoss', () => {
  it('balances the magnitudes of the gradients, and takes no derivative of the balance', () => {
    const { w, v, main, adversarial } = setting();
    const { found, summaries } = recorder();
    const { value, gradients } = differentiate(() => combineAdversarialLoss(main(), adversarial(), { gradientRatio: 2, gradientRatioEpsilon: 0, variables: [w], summaries }), [w, v]);
    expect(value.dataSync()[0]).toBeCloseTo(6 + (3 / 4 / 2) * 8, 5);
    expect(gradients.map((gradient) => gradient!.dataSync()[0])).toEqual([3 + (3 / 4 / 2) * 4, (3 / 4 / 2) * 16]);
    expect(found).toEqual([
      ['adversarial_loss/main_loss', 6],
      ['adversarial_loss/adversarial_loss', 8],
      ['adversarial_loss/main_loss_gradients', 3],
      ['adversarial_loss/adversarial_loss_gradients', 4],
      ['adversarial_loss/adversarial_coefficient', 0.375],
    ]);
  });

  it('takes functions where nothing is differentiated, runs each once and leaves nothing behind', () => {
    const { w, main, adversarial, runs } = setting();
    const before = tf.memory().numTensors;
    const value = combineAdversarialLoss(main, adversarial, { gradientRatio: 1, gradientRatioEpsilon: 0, variables: [w] });
    expect(value.dataSync()[0]).toBeCloseTo(6 + 0.75 * 8, 5);
    expect(runs()).toBe(1);
    value.dispose();
    expect(tf.memory().numTensors).toBe(before + 0);
    expect(() => combineAdversarialLoss(tf.scalar(1), adversarial, { gradientRatio: 1, variables: [w] })).toThrow('nothing is being differentiated');
  });

  it('needs no tape where it needs no gradient', () => {
    const value = tf.tidy(() => combineAdversarialLoss(tf.scalar(1), tf.scalar(2), { weightFactor: tf.scalar(3) }).dataSync()[0]);
    expect(value).toBe(7);
  });

  it('tells a 0 that is known from one that a variable holds', () => {
    const { w, main, adversarial } = setting();
    const zero = tf.variable(tf.scalar(0));
    const value = (options: CombineAdversarialLossOptions) => tf.tidy(() => combineAdversarialLoss(main, adversarial, { variables: [w], ...options }).dataSync()[0]);
    for (const known of [0, tf.scalar(0), tf.tensor1d([0])]) {
      expect(value({ weightFactor: known })).toBe(6);
      expect(value({ gradientRatio: known })).toBe(6);
    }
    expect(value({ gradientRatio: zero })).toBe(Infinity);
    const infinite = () => tf.scalar(Infinity);
    expect(tf.tidy(() => combineAdversarialLoss(main, infinite, { weightFactor: 0 }).dataSync()[0])).toBe(6);
    expect(tf.tidy(() => combineAdversarialLoss(main, infinite, { weightFactor: zero }).dataSync()[0])).toBeNaN();
  });

  it('averages losses that differ in shape, and says so', () => {
    const said: string[] = [];
    const warn = (message: string) => void said.push(message);
    const [images, samples] = [tf.tensor3d([[[1], [3]], [[5], [7]]]), tf.tensor2d([[1], [2]])];
    expect(combineAdversarialLoss(images, samples, { weightFactor: 10, warn }).arraySync()).toEqual([12, 26]);
    expect(combineAdversarialLoss(images, samples, { weightFactor: 0, warn }).arraySync()).toEqual([2, 6]);
    expect(said[0]).toContain('Applying mean reduction per-batch-element');
    expect(() => combineAdversarialLoss(images, tf.ones([3]), { weightFactor: 1, warn })).toThrow('must have the same sized first dimension. Found 2 and 3.');
    expect(() => combineAdversarialLoss(tf.scalar(1), samples, { weightFactor: 1, warn })).toThrow('tuple index out of range');
    expect(said).toHaveLength(2);
  });

  it('refuses what TF-GAN refuses', () => {
    const one = tf.scalar(1);
    const call = (options: object) => () => combineAdversarialLoss(one, one, options as CombineAdversarialLossOptions);
    expect(call({})).toThrow('`weightFactor` and `gradientRatio` cannot both be `null`.');
    expect(call({ weightFactor: 1, gradientRatio: 1 })).toThrow('`weightFactor` and `gradientRatio` cannot both be specified.');
    expect(call({ weight_factor: 1 })).toThrow("combineAdversarialLoss() got an unexpected keyword argument 'weight_factor'");
    expect(call({ weightFactor: tf.tensor1d([1, 2]) })).toThrow('more than one element is ambiguous');
    expect(call({ weightFactor: tf.scalar(2, 'int32') })).toThrow('`weightFactor` has type int32 that does not match type float32');
    expect(call({ weightFactor: 'much' })).toThrow('`weightFactor` has type string');
    expect(() => combineAdversarialLoss(() => one, () => one, { gradientRatio: 1, gradientRatioEpsilon: 0, variables: [] })).toThrow('float division by zero');
  });
});
