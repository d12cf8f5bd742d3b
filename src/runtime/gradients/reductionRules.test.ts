import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { describe, expect, it } from 'vitest';
import { installGradients } from './installGradients.ts';
import type { GradientCase } from './testing/checkGradients.ts';
import { describeCases } from './testing/describeCases.ts';
import type { Field } from './testing/field.ts';
import { zeros } from './testing/field.ts';

/** A reduction of [2, 3, 4] over the named axes. */
function reduction(
  name: string,
  axis: number[],
  layer: (x: tf.Tensor) => tf.Tensor,
  combine: (values: readonly number[]) => number,
): GradientCase {
  const shape = [2, 3, 4];
  const keptShape = shape.filter((_, index) => !axis.includes(index));
  return {
    name: `${name} over [${axis.join(', ')}]`,
    shapes: { x: shape },
    ranges: { x: [0.3, 2] },
    layer: ({ x }) => layer(x!),
    reference: ({ x }) => {
      const groups = new Map<number, number[]>();
      x!.data.forEach((value, flat) => {
        const place = [Math.floor(flat / 12), Math.floor(flat / 4) % 3, flat % 4];
        const group = place.reduce((index, at, dimension) => (axis.includes(dimension) ? index : index * shape[dimension]! + at), 0);
        groups.set(group, [...(groups.get(group) ?? []), value]);
      });
      const y: Field = zeros(keptShape);
      for (const [group, values] of groups) y.data[group] = combine(values);
      return y;
    },
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describeCases('reductions', [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]].flatMap((axis) => [
  reduction('sum', axis, (x) => tf.sum(x, axis), total),
  reduction('mean', axis, (x) => tf.mean(x, axis), (values) => total(values) / values.length),
  reduction('max', axis, (x) => tf.max(x, axis), (values) => Math.max(...values)),
  reduction('min', axis, (x) => tf.min(x, axis), (values) => Math.min(...values)),
  reduction('prod', axis, (x) => tf.prod(x, axis), (values) => values.reduce((product, value) => product * value, 1)),
  reduction('variance', axis, (x) => tf.moments(x, axis).variance, (values) => {
    const mean = total(values) / values.length;
    return total(values.map((value) => (value - mean) ** 2)) / values.length;
  }),
]));

describe.each(['cpu', 'wasm'])('ties on %s', (backend) => {
  it.each([
    ['max shares among equals', (x: tf.Tensor) => tf.max(x), [2, 5, 5, 1], [0, 0.5, 0.5, 0]],
    ['min shares among equals', (x: tf.Tensor) => tf.min(x), [2, 1, 5, 1], [0, 0.5, 0, 0.5]],
    ['maximum gives a tie to its first argument', (x: tf.Tensor) => tf.maximum(x, 1), [1, 2, 0, 1], [1, 1, 0, 1]],
    ['maximum gives a tie to its first argument, not to its second', (x: tf.Tensor) => tf.maximum(1, x), [1, 2, 0, 1], [0, 1, 0, 0]],
    ['minimum gives a tie to its first argument', (x: tf.Tensor) => tf.minimum(x, 1), [1, 2, 0, 1], [1, 0, 1, 1]],
    ['relu has slope 0 at 0', tf.relu, [0, -1, 1, 2], [0, 0, 1, 1]],
    ['leakyRelu has slope alpha at 0', (x: tf.Tensor) => tf.leakyRelu(x, 0.25), [0, -1, 1, 2], [0.25, 0.25, 1, 1]],
    ['abs has slope 0 at 0', tf.abs, [0, -1, 1, 2], [0, -1, 1, 1]],
    ['relu6 is flat at both ends', tf.relu6, [0, 6, 3, 7], [0, 0, 1, 0]],
    ['clip passes the gradient at its limits', (x: tf.Tensor) => tf.clipByValue(x, 0, 1), [0, 1, 2, -1], [1, 1, 0, 0]],
    ['max pooling takes the first of equals', (x: tf.Tensor) => tf.maxPool(tf.reshape(x, [1, 2, 2, 1]) as tf.Tensor4D, 2, 2, 'valid'), [-3, -1, -1, -1], [0, 1, 0, 0]],
  ] as const)('%s', async (_name, layer: (x: tf.Tensor) => tf.Tensor, values: readonly number[], expected: readonly number[]) => {
    await tf.setBackend(backend);
    const undo = installGradients();
    const gradient = tf.tidy(() => tf.grad((x: tf.Tensor) => tf.sum(layer(x)))(tf.tensor1d([...values])).dataSync());
    undo();
    expect([...gradient]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  });
});
