import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { installGradients } from '../../runtime/gradients/installGradients.ts';
import { createTensorLosses } from './tensorLosses.ts';
import { createTermRunner } from './termRunner.ts';

beforeAll(() => {
  installGradients();
});

const losses = createTensorLosses(createTermRunner());
const [labels, predictions] = [tf.tensor1d([0, 1, 3], 'int32'), tf.tensor1d([0.5, -1, 3])];

it('are those of tf.compat.v1', () => {
  expect(losses.absoluteDifference(labels, predictions).dataSync()[0]).toBeCloseTo(2.5 / 3, 6);
  expect(losses.meanSquaredError(labels, predictions, { reduction: 'sum' }).dataSync()[0]).toBeCloseTo(4.25, 6);
  // 0.5²/2 below delta, 0.75²/2 + 0.75·(2 − 0.75) above
  expect(losses.huberLoss(labels, predictions, { delta: 0.75, reduction: 'sum' }).dataSync()[0]).toBeCloseTo(0.125 + 0.28125 + 0.9375, 6);
  const logits = tf.tensor2d([[2, 0], [0, 1]]);
  const oneHot = tf.tensor2d([[1, 0], [1, 0]], undefined, 'int32');
  const softmax = [Math.log(1 + Math.exp(-2)), Math.log(1 + Math.E)];
  expect([...losses.softmaxCrossEntropy(oneHot, logits, { reduction: 'none', weights: [1, 2] }).dataSync()].map((x, i) => x / softmax[i] / (i + 1))).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
  const sigmoid = losses.sigmoidCrossEntropy(oneHot, logits, { labelSmoothing: 0.2 }).dataSync()[0];
  const loss = (target: number, x: number) => -target * Math.log(1 / (1 + Math.exp(-x))) - (1 - target) * Math.log(1 / (1 + Math.exp(x)));
  expect(sigmoid).toBeCloseTo((loss(0.9, 2) + loss(0.1, 0) + loss(0.9, 0) + loss(0.1, 1)) / 4, 5);
});

it.each([['softmaxCrossEntropy'], ['sigmoidCrossEntropy']] as const)('%s is linear in the smoothing, also above 1', (name) => {
  const logits = tf.tensor2d([[2, 0.5], [0, 1]]);
  const at = (labelSmoothing: number) => losses[name](tf.tensor2d([[1, 0], [0, 1]]), logits, { labelSmoothing }).dataSync()[0];
  expect(at(2) - at(1)).toBeCloseTo(at(0.75) - at(-1) + (at(1) - at(0.75)), 5);
});

it('truncates losses of whole numbers', () => {
  const value = losses.computeWeightedLoss(tf.tensor1d([3, 4], 'int32'));
  expect([value.dtype, value.dataSync()[0]]).toEqual(['int32', 3]);
});

it('has the slope 0 by weights that sum to 0 under MEAN, where losses are not finite', () => {
  const given = tf.tensor1d([Number.NaN, 1]);
  const slope = (weights: tf.Tensor) => [...tf.grad((w) => losses.computeWeightedLoss(given, { weights: w, reduction: 'mean' }))(weights).dataSync()];
  expect(slope(tf.zeros([2]))).toEqual([0, 0]);
  expect(slope(tf.tensor1d([1, -1]))).toEqual([0, 0]);
  expect(slope(tf.ones([2]))).toEqual([Number.NaN, Number.NaN]);
  // TensorFlow's, too: only a product of one shape is dropped
  expect(slope(tf.scalar(0))).toEqual([Number.NaN]);
});

it('leaves the loss behind, and adds it to a collection', () => {
  const lossCollection: tf.Tensor[] = [];
  const before = tf.memory().numTensors;
  const value = losses.absoluteDifference(labels, predictions, { lossCollection, weights: [1, 0, 2] });
  expect(tf.memory().numTensors - before).toBe(1);
  expect(lossCollection).toEqual([value]);
});

it.each([
  ['labels of another shape', () => losses.absoluteDifference(tf.zeros([2]), predictions), 'Shapes (3,) and (2,) are incompatible'],
  ['no labels', () => losses.huberLoss(null as never, predictions), '`labels` must not be None.'],
  ['int32 logits', () => losses.sigmoidCrossEntropy(labels, labels), 'DataType int32'],
  ['an unknown option', () => losses.meanSquaredError(labels, predictions, { addSummaries: true } as never), "meanSquaredError() got an unexpected keyword argument 'addSummaries'"],
  ['weights that are None', () => losses.computeWeightedLoss(predictions, { weights: null as never }), 'None values not supported'],
  ['weights of no numbers', () => losses.computeWeightedLoss(predictions, { weights: 'a' as never }), '`weights` of computeWeightedLoss() must be a number or a tensor. Instead, was a'],
  ['weights that do not broadcast', () => losses.computeWeightedLoss(predictions, { weights: [1, 2] }), 'weights can not be broadcast to values. Mismatch at dim 0. values.shape=[3], weights.shape=[2].'],
])('refuses %s', (_, call, message) => {
  expect(call).toThrow(message);
});
