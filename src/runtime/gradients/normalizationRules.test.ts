import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from './testing/checkGradients.ts';
import { describeCases } from './testing/describeCases.ts';
import { map } from './testing/field.ts';
import { batchNorm, layerNorm, moments } from './testing/references.ts';

const EPSILON = 1e-3;

function inference(shape: readonly number[]): GradientCase {
  return {
    name: `batchNorm with given statistics, rank ${shape.length}`,
    shapes: { x: shape, mean: [3], variance: [3], offset: [3], scale: [3] },
    ranges: { variance: [0.5, 2] },
    layer: ({ x, mean, variance, offset, scale }) => tf.batchNorm(
      x as tf.Tensor4D, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D, EPSILON,
    ),
    reference: ({ x, mean, variance, offset, scale }) => batchNorm(x!, mean!, variance!, offset!, scale!, EPSILON),
  };
}

function training(shape: readonly number[]): GradientCase {
  return {
    name: `batchNorm with the batch's statistics, rank ${shape.length}`,
    shapes: { x: shape, offset: [3], scale: [3] },
    layer: ({ x, offset, scale }) => {
      const { mean, variance } = tf.moments(x!, shape.slice(1).map((_, axis) => axis));
      return tf.batchNorm(
        x as tf.Tensor4D, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D, EPSILON,
      );
    },
    reference: ({ x, offset, scale }) => {
      const { mean, variance } = moments(x!, 'channel');
      return batchNorm(x!, mean, variance, offset!, scale!, EPSILON);
    },
  };
}

const instance: GradientCase = {
  name: 'layer normalisation, written as tfjs-layers does',
  shapes: { x: [2, 2, 4], offset: [4], scale: [4] },
  layer: ({ x, offset, scale }) => {
    const { mean, variance } = tf.moments(x!, 2, true);
    const tiled = (statistic: tf.Tensor): tf.Tensor3D => tf.tile(statistic, [1, 1, 4]) as tf.Tensor3D;
    const wide = (weight: tf.Tensor): tf.Tensor3D => tf.tile(tf.reshape(weight, [1, 1, 4]), [2, 2, 1]) as tf.Tensor3D;
    return tf.batchNorm(x as tf.Tensor3D, tiled(mean), tiled(variance), wide(offset!), wide(scale!), EPSILON);
  },
  reference: ({ x, offset, scale }) => layerNorm(x!, offset!, scale!, EPSILON),
};

const bare: GradientCase = {
  name: 'batchNorm without scale and offset',
  shapes: { x: [4, 3], mean: [3], variance: [3] },
  ranges: { variance: [0.5, 2] },
  layer: ({ x, mean, variance }) => tf.batchNorm(
    x as tf.Tensor2D, mean as tf.Tensor1D, variance as tf.Tensor1D, undefined, undefined, EPSILON,
  ),
  reference: ({ x, mean, variance }) =>
    batchNorm(x!, mean!, variance!, map(mean!, () => 0), map(mean!, () => 1), EPSILON),
};

describeCases('normalisation', [
  inference([4, 3]),
  inference([2, 2, 2, 3]),
  training([5, 3]),
  training([2, 2, 2, 3]),
  instance,
  bare,
]);
