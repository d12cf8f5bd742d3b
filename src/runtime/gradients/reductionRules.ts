import * as tf from '@tensorflow/tfjs';
import { detach } from './detach.ts';
import type { Attributes, GradientRule } from './rule.ts';

/** `shape` with the reduced axes kept as 1; `axis` as tfjs takes it (absent: all axes). */
function keptShape(shape: readonly number[], axis: number | number[] | null | undefined): number[] {
  const axes = axis === undefined || axis === null
    ? shape.map((_, index) => index)
    : tf.util.parseAxisParam(axis, [...shape]);
  return shape.map((size, index) => (axes.includes(index) ? 1 : size));
}

/** A rule for max or min over axes. Ties share the gradient equally, as in TensorFlow. */
function extremumRule(kernelName: string, axisAttribute: string): GradientRule {
  return {
    kernelName,
    inputs: ['x'],
    savesOutput: true,
    gradient: (dy, [x, y], attributes: Attributes) => ({
      x: () => {
        const shape = keptShape(x!.shape, attributes[axisAttribute] as number[]);
        const taken = tf.cast(tf.equal(detach(x!), tf.reshape(detach(y!), shape)), 'float32');
        const reduced = shape.flatMap((size, index) => (size === x!.shape[index] ? [] : [index]));
        const share = reduced.length > 0 ? tf.div(taken, tf.sum(taken, reduced, true)) : taken;
        return tf.mul(tf.reshape(dy, shape), share);
      },
    }),
  };
}

/** Reductions over axes. The sums only save work: tfjs multiplies by a tensor of ones there. */
export const reductionRules: readonly GradientRule[] = [
  extremumRule('Max', 'reductionIndices'),
  extremumRule('Min', 'axis'),
  {
    kernelName: 'Sum',
    inputs: ['x'],
    gradient: (dy, [x], { axis }) => ({
      x: () => tf.broadcastTo(tf.reshape(dy, keptShape(x!.shape, axis as number[])), x!.shape),
    }),
  },
  {
    kernelName: 'Mean',
    inputs: ['x'],
    gradient: (dy, [x], { axis }) => ({
      x: () => {
        const shape = keptShape(x!.shape, axis as number[]);
        const count = x!.size / tf.util.sizeFromShape(shape);
        return tf.broadcastTo(tf.reshape(tf.div(dy, count), shape), x!.shape);
      },
    }),
  },
  {
    // tfjs's rule leaves the axes of its result permuted, unless the sums run along the last one
    kernelName: 'Cumsum',
    gradient: (dy, _saved, { axis, exclusive, reverse }) => ({
      x: () => tf.cumsum(dy, axis as number, exclusive as boolean, !(reverse as boolean)),
    }),
  },
  {
    kernelName: 'Cumprod',
    inputs: ['x'],
    gradient: (dy, [x], { axis, exclusive, reverse }) => ({
      x: () => {
        const product = tf.cumprod(x!, axis as number, exclusive as boolean, reverse as boolean);
        const later = tf.cumsum(tf.mul(dy, product), axis as number, exclusive as boolean, !(reverse as boolean));
        return tf.div(later, x!);
      },
    }),
  },
];
