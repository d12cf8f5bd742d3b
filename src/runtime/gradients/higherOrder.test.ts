import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from './installGradients.ts';

/** f′, as a function that can be differentiated again. */
function derivative(f: (x: tf.Tensor) => tf.Tensor): (x: tf.Tensor) => tf.Tensor {
  return (x) => tf.grad((position: tf.Tensor) => tf.sum(f(position)))(x);
}

const POINTS = [-1.3, -0.4, 0.3, 1.1];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe.each(['cpu', 'wasm'])('third order on %s', (backend) => {
  let undo: () => void;
  beforeAll(async () => {
    await tf.setBackend(backend);
    undo = installGradients();
  });
  afterAll(() => undo());

  it.each([
    ['tanh', tf.tanh, Math.tanh],
    ['sigmoid', tf.sigmoid, sigmoid],
    ['softplus', tf.softplus, (x: number) => Math.log1p(Math.exp(x))],
    ['exp', tf.exp, Math.exp],
    ['elu', tf.elu, (x: number) => (x > 0 ? x : Math.expm1(x))],
    ['softmax of (x, 0)', (x: tf.Tensor) => tf.slice(tf.softmax(tf.stack([x, tf.zerosLike(x)], 1)), [0, 0], [4, 1]), sigmoid],
    ['logSoftmax of (x, 0)', (x: tf.Tensor) => tf.slice(tf.logSoftmax(tf.stack([x, tf.zerosLike(x)], 1)), [0, 0], [4, 1]), (x: number) => Math.log(sigmoid(x))],
  ] as const)('%s', (_name, layer: (x: tf.Tensor) => tf.Tensor, reference: (x: number) => number) => {
    const step = 1e-3;
    const expected = POINTS.map((x) =>
      (reference(x + 2 * step) - 2 * reference(x + step) + 2 * reference(x - step) - reference(x - 2 * step)) / (2 * step ** 3));
    const actual = tf.tidy(() => derivative(derivative(derivative(layer)))(tf.tensor1d(POINTS)).dataSync());
    for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 4);
  });

  it('a penalty on the gradient of a penalty, through convolution and pooling', () => {
    const x = tf.variable(tf.randomNormal([3, 6, 6, 2], 0, 1, 'float32', 3));
    const w = tf.variable(tf.randomNormal([3, 3, 2, 3], 0, 0.3, 'float32', 4));
    const half = (t: tf.Tensor): tf.Tensor => tf.div(tf.sum(tf.square(t)), 2);
    const score = (at: tf.Tensor, filter: tf.Tensor): tf.Tensor => {
      const y = tf.conv2d(at as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same');
      return tf.sum(tf.tanh(tf.avgPool(tf.leakyRelu(y) as tf.Tensor4D, 2, 1, 'same')));
    };
    const penalty = (filter: tf.Tensor): tf.Tensor => half(tf.grad((at: tf.Tensor) => score(at, filter))(x));
    const outer = (): tf.Scalar => tf.tidy(() => half(tf.grad((filter: tf.Tensor) => penalty(filter))(w)) as tf.Scalar);

    const { value, grads } = tf.variableGrads(outer, [x, w]);
    const gradients = [grads[x.name]!, grads[w.name]!];
    const size = tf.tidy(() => tf.sqrt(tf.add(half(gradients[0]!), half(gradients[1]!))).mul(Math.SQRT2).dataSync()[0]!);
    const at = (step: number): number => tf.tidy(() => {
      for (const [index, variable] of [x, w].entries()) variable.assign(tf.add(variable, tf.mul(gradients[index]!, step / size)));
      const result = outer().dataSync()[0]!;
      for (const [index, variable] of [x, w].entries()) variable.assign(tf.sub(variable, tf.mul(gradients[index]!, step / size)));
      return result;
    });
    const estimate = (step: number): number => (at(step) - at(-step)) / (2 * step);
    expect(Math.abs((4 * estimate(2e-3) - estimate(4e-3)) / 3 - size) / size).toBeLessThan(2e-2);
    tf.dispose([value, grads]);
    x.dispose();
    w.dispose();
  });
});
