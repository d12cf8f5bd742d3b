import * as tf from '@tensorflow/tfjs';
import { hasOwnKernel, OWN_KERNELS } from '../kernels/ownKernels.ts';
import { weightsAt, type Interpolation } from './resizeWeights.ts';
import type { Attributes, GradientRule } from './rule.ts';
import { runKernel } from './runKernel.ts';

/** The matrix [to, from] that resizes one axis. */
function resizeMatrix(from: number, to: number, kind: Interpolation, attributes: Attributes): tf.Tensor2D {
  const matrix = new Float32Array(to * from);
  for (let index = 0; index < to; index++) {
    const { low, high, share } = weightsAt(index, from, to, kind, attributes);
    matrix[index * from + low]! += 1 - share;
    matrix[index * from + high]! += share;
  }
  return tf.tensor2d(matrix, [to, from]);
}

/** Contracts axis 1 of x [n, h, …rest] with the transpose of `matrix` [h, height]: → [n, height, …rest]. */
function contractRows(x: tf.Tensor4D, matrix: tf.Tensor2D): tf.Tensor4D {
  const [batch, rows, columns, channels] = x.shape;
  const flat = tf.reshape(tf.transpose(x, [1, 0, 2, 3]), [rows, batch * columns * channels]);
  const height = matrix.shape[1];
  const contracted = tf.matMul(matrix, flat, true, false);
  return tf.transpose(tf.reshape(contracted, [height, batch, columns, channels]), [1, 0, 2, 3]);
}

/** The transpose of resizing, for any sizes and flags: resizing is a matrix product along each axis. */
function transposeOfResize(dy: tf.Tensor4D, shape: readonly number[], kind: Interpolation, attributes: Attributes): tf.Tensor {
  const [, height, width] = shape as readonly [number, number, number, number];
  const rows = resizeMatrix(height, dy.shape[1], kind, attributes);
  const columns = resizeMatrix(width, dy.shape[2], kind, attributes);
  const narrow = contractRows(dy, rows);
  const turned = contractRows(tf.transpose(narrow, [0, 2, 1, 3]), columns);
  return tf.transpose(turned, [0, 2, 1, 3]);
}

/** Whether each source pixel becomes a block of the same size, and no flag moves the blocks. */
function isBlockUpsampling(dy: tf.Tensor4D, shape: readonly number[], { alignCorners }: Attributes): boolean {
  return alignCorners !== true && dy.shape[1] % shape[1]! === 0 && dy.shape[2] % shape[2]! === 0;
}

const flagsOf = ({ alignCorners, halfPixelCenters }: Attributes): Attributes => ({ alignCorners, halfPixelCenters });

/** Resizing is linear: the derivative of its transpose is resizing. */
const transposeRule: GradientRule = {
  kernelName: OWN_KERNELS.resizeTranspose,
  inputs: ['dy'],
  gradient: (ddx, [dy], attributes) => ({
    dy: () => runKernel(attributes['interpolation'] === 'nearest' ? 'ResizeNearestNeighbor' : 'ResizeBilinear', { images: ddx }, { ...flagsOf(attributes), size: [dy!.shape[1]!, dy!.shape[2]!] }),
  }),
};

function resizeRule(kernelName: string, kind: Interpolation): GradientRule {
  return {
    kernelName,
    inputs: ['images'],
    gradient: (upstream, [images], attributes) => ({
      images: () => {
        const dy = upstream as tf.Tensor4D;
        const shape = images!.shape;
        if (hasOwnKernel('resizeTranspose')) return runKernel(OWN_KERNELS.resizeTranspose, { dy }, { ...flagsOf(attributes), interpolation: kind, inputShape: shape });
        if (kind === 'nearest' && isBlockUpsampling(dy, shape, attributes)) {
          const block: [number, number] = [dy.shape[1] / shape[1]!, dy.shape[2] / shape[2]!];
          return tf.mul(tf.avgPool(dy, block, block, 'valid'), block[0] * block[1]);
        }
        return transposeOfResize(dy, shape, kind, attributes);
      },
    }),
  };
}

/**
 * Resizing. By the kernel of this project where there is one (wasm); else built from products and pools instead of tfjs's gradient kernels: those have no gradient
 * themselves, and the cpu backend's nearest one mixes up the samples of a batch (4.22).
 */
export const resizeRules: readonly GradientRule[] = [
  resizeRule('ResizeNearestNeighbor', 'nearest'),
  resizeRule('ResizeBilinear', 'bilinear'),
  transposeRule,
];
