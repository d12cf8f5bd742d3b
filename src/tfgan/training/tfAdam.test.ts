import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { snapshotOptimizer } from '../../runtime/trainer/snapshot.ts';
import { tfAdam } from './tfAdam.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The formula in float64. */
function reference(gradients: readonly number[], { rate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }): number {
  let [x, m, v] = [1, 0, 0];
  gradients.forEach((g, index) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    x -= (rate * Math.sqrt(1 - beta2 ** (index + 1))) / (1 - beta1 ** (index + 1)) * (m / (Math.sqrt(v) + epsilon));
  });
  return x;
}

const apply = (optimizer: tf.Optimizer, x: tf.Variable, gradient: number) => tf.tidy(() => optimizer.applyGradients([{ name: x.name, tensor: tf.fill(x.shape, gradient) }]));

describe('tfAdam', () => {
  it('has its epsilon outside the bias correction', () => {
    const gradients = [0.5, -0.1, 0.02, 3];
    const x = tf.variable(tf.scalar(1));
    const optimizer = tfAdam(0.05, 0.5, 0.99, 0.1);
    for (const gradient of gradients) apply(optimizer, x, gradient);
    const wanted = reference(gradients, { rate: 0.05, beta1: 0.5, beta2: 0.99, epsilon: 0.1 });
    expect(Math.abs(x.dataSync()[0] - wanted)).toBeLessThan(1e-6);
  });

  it("has TensorFlow's defaults", () => {
    const x = tf.variable(tf.scalar(1));
    const optimizer = tfAdam();
    for (const gradient of [1, 2]) apply(optimizer, x, gradient);
    expect(Math.abs(x.dataSync()[0] - reference([1, 2], {}))).toBeLessThan(1e-6);
    expect(optimizer.getConfig()).toEqual({ learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  });

  it('passes over variables without a gradient', () => {
    const [x, y] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
    // what tfjs's own optimisers allow, though its types do not
    tfAdam(0.1).applyGradients([{ name: x.name, tensor: null as never }, { name: y.name, tensor: tf.scalar(1) }]);
    expect(x.dataSync()[0]).toBe(1);
    expect(y.dataSync()[0]).toBeCloseTo(0.9, 5);
  });

  it('can be put back as it was, its count of steps included', () => {
    const x = tf.variable(tf.scalar(1));
    const optimizer = tfAdam(0.1, 0.5, 0.9);
    apply(optimizer, x, 1);
    const [then, undo] = [x.dataSync()[0], snapshotOptimizer(optimizer)];
    for (const gradient of [2, 3]) apply(optimizer, x, gradient);
    const after = x.dataSync()[0];
    undo.restore();
    x.assign(tf.scalar(then));
    for (const gradient of [2, 3]) apply(optimizer, x, gradient);
    expect(x.dataSync()[0]).toBe(after);
  });

  it('saves and loads its weights, and frees them', async () => {
    const x = tf.variable(tf.scalar(1));
    const before = tf.memory().numTensors;
    const [first, second] = [tfAdam(0.1), tfAdam(0.1)];
    apply(first, x, 1);
    const [iterations, ...slots] = await first.getWeights();
    await second.setWeights([iterations, ...slots]);
    const [iterationsAgain, ...slotsAgain] = await second.getWeights();
    const values = (weights: typeof slots) => weights.map(({ tensor }) => tensor.dataSync()[0]);
    expect(values(slotsAgain)).toEqual(values(slots));
    expect(iterationsAgain.tensor.dataSync()[0]).toBe(1);
    first.dispose();
    second.dispose();
    tf.dispose([iterations.tensor, iterationsAgain.tensor]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
