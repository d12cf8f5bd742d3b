import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { installGradients } from './installGradients.ts';
import type { GradientCase } from './testing/checkGradients.ts';
import { describeCases } from './testing/describeCases.ts';
import { map, zeros } from './testing/field.ts';
import { softmax } from './testing/references.ts';

function elementwise(
  name: string,
  layer: (x: tf.Tensor) => tf.Tensor,
  reference: (x: number) => number,
  range: readonly [number, number] = [-2, 2],
): GradientCase {
  return {
    name,
    shapes: { x: [3, 4] },
    ranges: { x: range },
    layer: ({ x }) => layer(x!),
    reference: ({ x }) => map(x!, (value) => reference(value)),
  };
}

const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

const cases: readonly GradientCase[] = [
  elementwise('relu', tf.relu, (x) => Math.max(0, x)),
  elementwise('relu6', tf.relu6, (x) => Math.min(6, Math.max(0, x)), [-8, 8]),
  elementwise('leakyRelu', (x) => tf.leakyRelu(x, 0.2), (x) => (x > 0 ? x : 0.2 * x)),
  elementwise('elu', tf.elu, (x) => (x > 0 ? x : Math.expm1(x))),
  elementwise('selu', tf.selu, (x) => SELU.scale * (x > 0 ? x : SELU.alpha * Math.expm1(x))),
  elementwise('tanh', tf.tanh, Math.tanh),
  elementwise('sigmoid', tf.sigmoid, (x) => 1 / (1 + Math.exp(-x))),
  elementwise('softplus', tf.softplus, (x) => Math.log1p(Math.exp(x))),
  elementwise('exp', tf.exp, Math.exp),
  elementwise('expm1', tf.expm1, Math.expm1),
  elementwise('softsign', (x) => tf.div(x, tf.add(tf.abs(x), 1)), (x) => x / (Math.abs(x) + 1)),
  elementwise('hard sigmoid', (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1), (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)), [-4, 4]),
  elementwise('swish', (x) => tf.mul(x, tf.sigmoid(x)), (x) => x / (1 + Math.exp(-x))),
  {
    name: 'prelu',
    shapes: { x: [3, 4], alpha: [4] },
    layer: ({ x, alpha }) => tf.prelu(x!, alpha!),
    reference: ({ x, alpha }) => map(x!, (value, index) => (value > 0 ? value : value * alpha!.data[index % 4]!)),
  },
  {
    name: 'softmax',
    shapes: { x: [3, 4] },
    layer: ({ x }) => tf.softmax(x!),
    reference: ({ x }) => softmax(x!),
  },
  {
    name: 'logSoftmax',
    shapes: { x: [3, 4] },
    layer: ({ x }) => tf.logSoftmax(x!),
    reference: ({ x }) => softmax(x!, true),
  },
  {
    name: 'logSoftmax of scaled logits, used twice',
    shapes: { x: [3, 4], w: [4] },
    layer: ({ x, w }) => {
      const y = tf.logSoftmax(tf.mul(x!, w!));
      return tf.mul(y, tf.logSoftmax(tf.tanh(y)));
    },
    reference: ({ x, w }) => {
      const y = softmax(map(x!, (value, index) => value * w!.data[index % 4]!), true);
      const z = softmax(map(y, Math.tanh), true);
      return map(y, (value, index) => value * z.data[index]!);
    },
  },
  {
    name: 'logSumExp',
    shapes: { x: [3, 4] },
    layer: ({ x }) => tf.logSumExp(x!, 1),
    reference: ({ x }) => {
      const sums = zeros([3]);
      x!.data.forEach((value, index) => { sums.data[Math.floor(index / 4)]! += Math.exp(value); });
      return map(sums, Math.log);
    },
  },
];

describeCases('activations', cases);

it('tanh is flat where TensorFlow’s is, and nowhere else', () => {
  const undo = installGradients();
  const slopes = tf.grad((x) => tf.tanh(x))(tf.tensor1d([-9, -8, -7.8, 0, 7.8, 8, 40])).dataSync();
  undo();
  expect([...slopes].map((slope) => slope === 0)).toEqual([true, true, false, false, false, true, true]);
  expect(slopes[4] / 6.7e-7).toBeCloseTo(1, 0);
});
