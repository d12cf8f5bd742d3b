import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from './testing/checkGradients.ts';
import { describeCases } from './testing/describeCases.ts';
import type { Field } from './testing/field.ts';
import { map } from './testing/field.ts';

function unary(name: string, layer: (x: tf.Tensor) => tf.Tensor, reference: (x: number) => number, range: readonly [number, number]): GradientCase {
  return {
    name,
    shapes: { x: [3, 4] },
    ranges: { x: range },
    layer: ({ x }) => layer(x!),
    reference: ({ x }) => map(x!, (value) => reference(value)),
  };
}

/** `a` of shape [3, 4] with `b` of shape [4], and the other way round. */
function binary(
  name: string,
  layer: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  reference: (a: number, b: number) => number,
  range: readonly [number, number] = [-2, 2],
): readonly GradientCase[] {
  const wide = (x: Field): Field => map({ shape: [3, 4], data: new Float64Array(12) }, (_, index) => x.data[index % x.data.length]!);
  return ([[[3, 4], [4]], [[4], [3, 4]], [[3, 4], [3, 4]]] as const).map(([x, b]) => ({
    name: `${name} of [${x.join(', ')}] and [${b.join(', ')}]`,
    shapes: { x, b },
    ranges: { x: range, b: range },
    layer: ({ x, b }) => layer(x!, b!),
    reference: ({ x, b }) => {
      const [left, right] = [wide(x!), wide(b!)];
      return map(left, (value, index) => reference(value, right.data[index]!));
    },
  }));
}

describeCases('elementwise functions', [
  unary('abs', tf.abs, Math.abs, [-2, 2]),
  unary('sqrt', tf.sqrt, Math.sqrt, [0.5, 2]),
  unary('rsqrt', tf.rsqrt, (x) => 1 / Math.sqrt(x), [0.5, 2]),
  unary('reciprocal', tf.reciprocal, (x) => 1 / x, [0.5, 2]),
  unary('log', tf.log, Math.log, [0.5, 2]),
  unary('log1p', tf.log1p, Math.log1p, [-0.5, 2]),
  unary('square', tf.square, (x) => x * x, [-2, 2]),
  unary('erf', tf.erf, erf, [-1, 1]),
  unary('sin', tf.sin, Math.sin, [-2, 2]),
  unary('clip', (x) => tf.clipByValue(x, -1, 0.5), (x) => Math.min(0.5, Math.max(-1, x)), [-2, 2]),
  unary('sign times x', (x) => tf.mul(tf.sign(x), x), Math.abs, [-2, 2]),
  unary('where', (x) => tf.where(tf.greater(x, 0.1), tf.exp(x), tf.mul(x, x)), (x) => (x > 0.1 ? Math.exp(x) : x * x), [-2, 2]),
  unary('cast of a comparison', (x) => tf.mul(tf.cast(tf.lessEqual(x, 0.2), 'float32'), tf.tanh(x)), (x) => (x <= 0.2 ? Math.tanh(x) : 0), [-2, 2]),
  unary('rounding stops the gradient', (x) => tf.mul(tf.cast(tf.cast(x, 'int32'), 'float32'), x), (x) => Math.trunc(x) * x, [-3, 3]),
  ...binary('add', tf.add, (a, b) => a + b),
  ...binary('sub', tf.sub, (a, b) => a - b),
  ...binary('mul', tf.mul, (a, b) => a * b),
  ...binary('div', tf.div, (a, b) => a / b, [0.5, 2]),
  ...binary('pow', tf.pow, (a, b) => a ** b, [0.5, 2]),
  ...binary('maximum', tf.maximum, Math.max),
  ...binary('minimum', tf.minimum, Math.min),
  ...binary('squaredDifference', tf.squaredDifference, (a, b) => (a - b) ** 2),
]);

/** Series of the error function, to float64 on [−1, 1]. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 40; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
