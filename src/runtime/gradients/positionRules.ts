import * as tf from '@tensorflow/tfjs';
import { detach } from './detach.ts';
import type { Attributes, GradientRule } from './rule.ts';
import { runKernel } from './runKernel.ts';

/** dy, added up at the positions in x (flat) that its elements came from. */
function addedAt(positions: tf.Tensor, dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const flat = tf.unsortedSegmentSum(tf.reshape(dy, [-1]), tf.reshape(positions, [-1]) as tf.Tensor1D, tf.util.sizeFromShape([...shape]));
  return tf.reshape(flat, [...shape]);
}

/** The number of each element of a tensor of `shape`: in float32, exact up to 2²⁴, since the wasm backend's StridedSlice calls integers floats. */
function numbered(shape: readonly number[]): tf.Tensor {
  return tf.reshape(tf.range(0, tf.util.sizeFromShape([...shape]), 1, 'float32'), [...shape]);
}

/** Where the elements of a kernel's output come from, found by letting it move numbers. */
function movedBy(kernelName: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: Attributes): tf.Tensor {
  return detach(tf.cast(runKernel(kernelName, inputs, attributes), 'int32'));
}

/** Kernels that take elements from places of their input, where tfjs has no rule. Taken twice, an element gets both gradients. */
export const positionRules: readonly GradientRule[] = [
  {
    kernelName: 'StridedSlice',
    inputs: ['x'],
    gradient: (dy, [x], attributes) => ({
      x: () => addedAt(movedBy('StridedSlice', { x: numbered(x!.shape) }, attributes), dy, x!.shape),
    }),
  },
  {
    kernelName: 'GatherNd',
    inputs: ['params', 'indices'],
    gradient: (dy, [params, indices], attributes) => ({
      params: () => addedAt(movedBy('GatherNd', { params: numbered(params!.shape), indices: indices! }, attributes), dy, params!.shape),
      indices: () => tf.zeros(indices!.shape, 'float32'),
    }),
  },
  {
    // of equal elements those are taken that the kernel takes
    kernelName: 'TopK',
    inputs: ['x'],
    saves: [false, true],
    gradient: (dy, [x, indices]) => ({
      x: () => {
        const [size, count] = [x!.shape.at(-1)!, indices!.shape.at(-1)!];
        const rows = x!.size / size;
        const starts = tf.range(0, rows * size, size, 'int32');
        const positions = tf.add(tf.reshape(detach(indices!), [rows, count]), tf.reshape(starts, [rows, 1]));
        return addedAt(positions, dy, x!.shape);
      },
    }),
  },
];
