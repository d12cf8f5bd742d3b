import * as tf from '@tensorflow/tfjs';
import type { GradientRule } from './rule.ts';
import { sumToShape } from './sumToShape.ts';

/**
 * Batch normalisation y = (x − mean)·scale/√(variance + ε) + offset, with mean, variance, scale and
 * offset of any shape that broadcasts to x (layers of tfjs use [C], [1, …, C] and the shape of x).
 * With the statistics of the batch, mean and variance are functions of x: their paths are tfjs's
 * own mean and squared differences.
 */
export const normalizationRules: readonly GradientRule[] = [
  {
    kernelName: 'FusedBatchNorm',
    inputs: ['x', 'mean', 'variance', 'scale'],
    gradient: (dy, [x, mean, variance, scale], { varianceEpsilon }) => {
      const inverse = (): tf.Tensor => tf.rsqrt(tf.add(variance!, varianceEpsilon as number));
      const slope = (): tf.Tensor => tf.mul(inverse(), scale!);
      const centred = (): tf.Tensor => tf.sub(x!, mean!);
      return {
        x: () => tf.mul(dy, slope()),
        mean: () => tf.mul(sumToShape(tf.mul(dy, slope()), mean!.shape), -1),
        variance: () => {
          const cube = tf.mul(tf.mul(tf.square(inverse()), slope()), -0.5);
          return sumToShape(tf.mul(tf.mul(dy, centred()), cube), variance!.shape);
        },
        scale: () => sumToShape(tf.mul(tf.mul(dy, centred()), inverse()), scale!.shape),
        offset: () => sumToShape(dy, scale!.shape),
      };
    },
  },
];
