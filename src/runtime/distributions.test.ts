import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bernoulli, uniform } from './distributions.ts';
import { installGradients } from './gradients/installGradients.ts';

let uninstall = (): void => undefined;

beforeAll(async () => {
  await tf.setBackend('cpu');
  uninstall = installGradients();
});

afterAll(() => uninstall());

const logProb = (distribution: { logProb: (value: tf.Tensor) => tf.Tensor }, values: readonly number[]) => [...tf.tidy(() => distribution.logProb(tf.tensor1d([...values])).dataSync())];
const close = (values: readonly number[]) => values.map((value) => (Number.isFinite(value) ? expect.closeTo(value, 5) : value));

// all numbers are tensorflow_probability's
describe('bernoulli', () => {
  it('knows the probability of 0 and of 1', () => {
    expect(logProb(bernoulli(tf.tensor1d([-100, -1, 0, 3, 200])), [0, 1, 1, 0, 1])).toEqual(close([0, -1.3132616, -0.6931472, -3.0485873, 0]));
  });

  it('holds what is between as a mixture, and broadcasts', () => {
    const values = tf.tidy(() => [...bernoulli(tf.tensor1d([-100, -1, 0, 3, 200])).logProb(tf.scalar(0.3)).dataSync()]);
    expect(values).toEqual(close([-30.000002, -0.6132617, -0.6931472, -2.1485872, -140]));
  });

  it('is certain at infinite logits', () => {
    const certain = bernoulli(tf.tensor1d([Infinity, -Infinity]));
    expect(logProb(certain, [1, 1])).toEqual([-0, -Infinity].map((value) => expect.closeTo(value)));
    expect(logProb(certain, [0, 0])).toEqual([-Infinity, 0].map((value) => expect.closeTo(value)));
  });

  it('is differentiable by its logits', () => {
    const gradient = tf.tidy(() => [...tf.grad((logits: tf.Tensor) => bernoulli(logits).logProb(tf.tensor1d([1, 0])))(tf.tensor1d([0.5, 0.5])).dataSync()]);
    const sigmoid = 1 / (1 + Math.exp(-0.5));
    expect(gradient).toEqual(close([1 - sigmoid, -sigmoid]));
  });
});

describe('uniform', () => {
  it('has one density inside, both ends included, and none outside', () => {
    expect(logProb(uniform(0, 2), [-1, 0, 1, 2, 3, NaN])).toEqual(close([-Infinity, -0.6931472, -0.6931472, -0.6931472, -Infinity, NaN]));
  });

  it('is differentiable by its ends', () => {
    const gradient = tf.tidy(() => [...tf.grad((high: tf.Tensor) => uniform(0, high).logProb(tf.tensor1d([0.5, 3])))(tf.scalar(2)).dataSync()]);
    expect(gradient).toEqual(close([-0.5]));
  });
});
