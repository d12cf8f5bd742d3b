import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from './testing/checkGradients.ts';
import { describeCases } from './testing/describeCases.ts';
import type { Window } from './testing/references.ts';
import { addBias, conv2d, conv2dTranspose, depthwiseConv2d, matMul } from './testing/references.ts';

function convolution(height: number, width: number, kernel: readonly [number, number], window: Window): GradientCase {
  return {
    name: `conv2d ${height}×${width}, ${kernel.join('×')}, stride ${window.stride}, ${window.pad}`,
    shapes: { x: [2, height, width, 2], w: [...kernel, 2, 3], b: [3] },
    layer: ({ x, w, b }) => tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, window.stride, window.pad), b!),
    reference: ({ x, w, b }) => addBias(conv2d(x!, w!, window), b!),
  };
}

function transposed(height: number, width: number, out: readonly [number, number], window: Window): GradientCase {
  const shape: [number, number, number, number] = [2, out[0], out[1], 2];
  return {
    name: `conv2dTranspose ${height}×${width} to ${out.join('×')}, stride ${window.stride}, ${window.pad}`,
    shapes: { x: [2, height, width, 2], w: [3, 3, 2, 2], b: [2] },
    layer: ({ x, w, b }) => tf.add(tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, shape, window.stride, window.pad), b!),
    reference: ({ x, w, b }) => addBias(conv2dTranspose(x!, w!, shape, window), b!),
  };
}

function depthwise(multiplier: number, window: Window): GradientCase {
  return {
    name: `depthwiseConv2d, multiplier ${multiplier}, stride ${window.stride}, ${window.pad}`,
    shapes: { x: [2, 5, 4, 2], w: [3, 2, 2, multiplier] },
    layer: ({ x, w }) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, window.stride, window.pad),
    reference: ({ x, w }) => depthwiseConv2d(x!, w!, window),
  };
}

const cases: readonly GradientCase[] = [
  {
    name: 'dense',
    shapes: { x: [3, 4], w: [4, 2], b: [2] },
    layer: ({ x, w, b }) => tf.add(tf.matMul(x!, w!), b!),
    reference: ({ x, w, b }) => addBias(matMul(x!, w!), b!),
  },
  {
    name: 'fused dense',
    shapes: { x: [3, 4], w: [4, 2], b: [2] },
    layer: ({ x, w, b }) => tf.fused.matMul({ a: x as tf.Tensor2D, b: w as tf.Tensor2D, bias: b! }),
    reference: ({ x, w, b }) => addBias(matMul(x!, w!), b!),
  },
  convolution(5, 4, [3, 3], { stride: 1, pad: 'same' }),
  convolution(5, 6, [3, 2], { stride: 2, pad: 'same' }),
  convolution(6, 5, [3, 3], { stride: 2, pad: 'valid' }),
  convolution(4, 5, [1, 1], { stride: 1, pad: 'valid' }),
  {
    ...convolution(5, 5, [3, 3], { stride: 2, pad: 'same' }),
    name: 'fused conv2d',
    layer: ({ x, w, b }) => tf.fused.conv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 2, pad: 'same', bias: b! }),
  },
  transposed(3, 2, [6, 4], { stride: 2, pad: 'same' }),
  transposed(3, 3, [5, 5], { stride: 2, pad: 'same' }),
  transposed(2, 3, [4, 5], { stride: 1, pad: 'valid' }),
  depthwise(1, { stride: 1, pad: 'same' }),
  depthwise(2, { stride: 2, pad: 'valid' }),
];

describeCases('products and convolutions', cases);
