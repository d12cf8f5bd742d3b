import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../gradients/installGradients.ts';
import { sigmoidCrossEntropy, softmaxCrossEntropy } from './losses.ts';

let uninstall = (): void => undefined;

beforeAll(async () => {
  await tf.setBackend('cpu');
  uninstall = installGradients();
});

afterAll(() => uninstall());

type Unary = (x: tf.Tensor) => tf.Tensor;
const at = (f: Unary, x: tf.Tensor): readonly number[] => tf.tidy(() => [...f(x).dataSync()]);
const near = (values: readonly number[]) => values.map((value) => (Number.isFinite(value) ? expect.closeTo(value, 5) : value));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('sigmoidCrossEntropy', () => {
  const points = [-30, -1.5, 0, 0.5, 20];
  const x = tf.tensor1d(points);

  it.each([0, 0.875, 1])('of label %d has the value and both derivatives of its formula', (z) => {
    const f: Unary = (logits) => sigmoidCrossEntropy(z, logits);
    expect(at(f, x)).toEqual(near(points.map((p) => Math.max(p, 0) - p * z + Math.log1p(Math.exp(-Math.abs(p))))));
    expect(at(tf.grad(f), x)).toEqual(near(points.map((p) => sigmoid(p) - z)));
    expect(at(tf.grad((logits) => tf.grad(f)(logits)), x)).toEqual(near(points.map((p) => sigmoid(p) * (1 - sigmoid(p)))));
  });

  it('is differentiable by labels, and broadcasts them', () => {
    const f = (z: tf.Tensor) => sigmoidCrossEntropy(z, x);
    expect(at(tf.grad(f), tf.ones([5]))).toEqual(near(points.map((p) => -p)));
    expect(at(tf.grad(f), tf.scalar(1))).toEqual(near([11]));
    expect(at((logits) => tf.grad((z) => tf.grad((inner: tf.Tensor) => sigmoidCrossEntropy(z, inner))(logits))(tf.ones([5])), x)).toEqual(near(points.map(() => -1)));
  });

  it('has TensorFlow’s infinities', () => {
    const ends = tf.tensor1d([Infinity, -Infinity, NaN]);
    expect(at((logits) => sigmoidCrossEntropy(0.5, logits), ends)).toEqual([NaN, Infinity, NaN]);
    expect(at(tf.grad((logits) => sigmoidCrossEntropy(0.5, logits)), ends)).toEqual([0.5, -0.5, NaN]);
  });
});

describe('softmaxCrossEntropy', () => {
  const rows = [[1, -2, 0.5], [20, 0, -30]];
  const x = tf.tensor2d(rows);
  const labels = tf.tensor2d([[0, 1, 0], [0.5, 0, 1]]);
  const logSum = (row: readonly number[]) => Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
  const each = (f: (value: number, row: readonly number[], label: number) => number) =>
    rows.flatMap((row, i) => row.map((value, j) => f(value, row, labels.arraySync()[i][j])));

  it('has the value of its formula, and TensorFlow’s gradient whatever the labels sum to', () => {
    const f: Unary = (logits) => softmaxCrossEntropy(labels, logits);
    const terms = each((value, row, label) => label * (logSum(row) - value));
    expect(at(f, x)).toEqual(near([terms.slice(0, 3), terms.slice(3)].map((row) => row.reduce((sum, term) => sum + term, 0))));
    expect(at(tf.grad(f), x)).toEqual(near(each((value, row, label) => Math.exp(value - logSum(row)) - label)));
    expect(at(tf.grad((given) => softmaxCrossEntropy(given, x)), labels)).toEqual(near(each((value, row) => logSum(row) - value)));
  });

  it('is differentiable twice', () => {
    const f: Unary = (logits) => softmaxCrossEntropy(labels, logits);
    const squares: Unary = (logits) => tf.sum(tf.square(tf.grad(f)(logits)));
    const slope = at(tf.grad(squares), x);
    const step = 1e-2;
    const estimate = rows.flat().map((_, index) => {
      const moved = (by: number) => at(squares, tf.tensor2d(rows.flat().map((value, at) => (at === index ? value + by : value)), [2, 3]))[0];
      return (moved(step) - moved(-step)) / (2 * step);
    });
    expect(slope).toEqual(estimate.map((value) => expect.closeTo(value, 2)));
  });

  it('computes no gradient that nobody asked for, and keeps no tensor', async () => {
    const before = tf.memory().numTensors;
    const kernels = async (f: () => void) => (await tf.profile(f)).kernels.map(({ name }) => name);
    const run = () => void tf.tidy(() => tf.dispose(tf.grad((logits) => softmaxCrossEntropy(labels, logits))(x)));
    expect((await kernels(run)).filter((name) => name === 'Log')).toHaveLength(1);
    expect(tf.memory().numTensors).toBe(before);
    const byLabels = () => void tf.tidy(() => tf.dispose(tf.grad((given) => softmaxCrossEntropy(given, x))(labels)));
    expect((await kernels(byLabels)).filter((name) => name === 'Softmax')).toHaveLength(0);
  });

  it('refuses labels of another shape', () => {
    expect(() => softmaxCrossEntropy(tf.ones([3]), x)).toThrow('labels [3] and logits [2,3] are incompatible');
  });
});
