import * as tf from '@tensorflow/tfjs';
import { hasOwnKernel, OWN_KERNELS } from '../kernels/ownKernels.ts';
import { maxPositions } from '../kernels/maxPositions.ts';
import type { PoolShape } from '../kernels/poolShape.ts';
import { findKernel } from '../kernels/replaceKernels.ts';
import { poolShape } from '../kernels/poolShape.ts';
import { detach } from './detach.ts';
import type { Attributes, GradientRule } from './rule.ts';
import { runKernel } from './runKernel.ts';

/** Number of elements of the image in each window along one axis: padding does not count. */
function countsAlong(axis: 0 | 1 | 2, { size, outSize, window, stride, before }: PoolShape): number[] {
  return Array.from({ length: outSize[axis] }, (_, out) => {
    const start = out * stride[axis] - before[axis];
    return Math.min(size[axis], start + window[axis]) - Math.max(0, start);
  });
}

/** Window size over the number of elements counted, for each output position: [1, …, 1] to broadcast. */
function shareCorrection(shape: PoolShape, rank: number): tf.Tensor {
  const [depths, heights, widths] = [countsAlong(0, shape), countsAlong(1, shape), countsAlong(2, shape)] as const;
  const full = shape.window[0] * shape.window[1] * shape.window[2];
  const values = depths.flatMap((d) => heights.flatMap((h) => widths.map((w) => full / (d * h * w))));
  const spatial = rank === 5 ? [depths.length, heights.length, widths.length] : [heights.length, widths.length];
  return tf.tensor(values, [1, ...spatial, 1]);
}

/**
 * The gradient of average pooling. tfjs's gradient kernels divide by the size of the window also
 * where part of it is padding, which pooling does not count: so padding is made explicit, and dy
 * corrected for it.
 */
function averageGradient(backward: string, dy: tf.Tensor, x: tf.Tensor, attributes: Attributes): tf.Tensor {
  if (hasOwnKernel('avgPoolTranspose')) return runKernel(OWN_KERNELS.avgPoolTranspose, { dy }, { ...attributes, inputShape: x.shape });
  const shape = poolShape(x.shape, attributes);
  const skip = x.rank === 5 ? 0 : 1;
  const margins = shape.before.map((before, axis): [number, number] => [before, shape.after[axis]!]).slice(skip);
  // the kernel reads only the shape of its second input
  if (margins.every(([before, after]) => before + after === 0)) return runKernel(backward, { dy, input: detach(x) }, attributes);
  const padded = x.shape.map((size, axis) => size + (margins[axis - 1]?.[0] ?? 0) + (margins[axis - 1]?.[1] ?? 0));
  const corrected = tf.mul(dy, shareCorrection(shape, x.rank));
  const dx = runKernel(backward, { dy: corrected, input: tf.zeros(padded) }, { ...attributes, pad: 'valid' });
  return tf.slice(dx, x.shape.map((_, axis) => margins[axis - 1]?.[0] ?? 0), x.shape);
}

/** Without padding, pooling and its gradient kernel are each other's derivative. */
function averageRules(forward: string, backward: string): readonly GradientRule[] {
  return [
    {
      kernelName: forward,
      inputs: ['x'],
      gradient: (dy, [x], attributes) => ({ x: () => averageGradient(backward, dy, x!, attributes) }),
    },
    {
      kernelName: backward,
      gradient: (ddx, _saved, attributes) => ({ dy: () => runKernel(forward, { x: ddx }, attributes) }),
    },
  ];
}

const averageTransposeRule: GradientRule = {
  kernelName: OWN_KERNELS.avgPoolTranspose,
  gradient: (ddx, _saved, { inputShape, ...attributes }) => ({ dy: () => runKernel((inputShape as number[]).length === 5 ? 'AvgPool3D' : 'AvgPool', { x: ddx }, attributes) }),
};

const WITH_POSITIONS = 'MaxPoolWithArgmax';

/** Where in `flat(x)` each maximum was taken from: the first one of each window. */
function positionsOfMaxima(x: tf.Tensor, attributes: Attributes): tf.Tensor1D {
  if (x.rank === 4 && findKernel(WITH_POSITIONS, tf.getBackend()) !== undefined) {
    const { filterSize, strides, pad } = attributes;
    const parameters = { filterSize, strides, pad, includeBatchInIndex: true } as tf.NamedAttrMap;
    const outputs = tf.engine().runKernel(WITH_POSITIONS, { x }, parameters) as tf.Tensor[];
    return tf.cast(tf.reshape(outputs[1]!, [-1]), 'int32') as tf.Tensor1D;
  }
  // no backend has positions in three dimensions, and tfjs-node none at all
  const shape = poolShape(x.shape, attributes);
  const positions = new Int32Array(shape.batch * shape.channels * shape.outSize[0] * shape.outSize[1] * shape.outSize[2]);
  maxPositions(x.dataSync<'float32'>(), positions, shape);
  return tf.tensor1d(positions, 'int32');
}

/** `values` of the shape of the pooling's input, at the positions of the maxima of `x`: linear in values. */
function takeAtMaxima(backward: string, values: tf.Tensor, x: tf.Tensor, y: tf.Tensor, attributes: Attributes): tf.Tensor {
  if (hasOwnKernel('takeAtMaxima')) return runKernel(OWN_KERNELS.takeAtMaxima, { values, x: detach(x) }, attributes);
  // A custom gradient, because that of tf.gather needs a kernel that not every backend has.
  const take = tf.customGrad((input) => ({
    value: tf.reshape(tf.gather(tf.reshape(input as tf.Tensor, [-1]), positionsOfMaxima(x, attributes)), y.shape),
    gradFunc: (dy: tf.Tensor) => runKernel(backward, { dy, input: x, output: y }, attributes),
  }));
  return take(values);
}

const takeRule: GradientRule = {
  kernelName: OWN_KERNELS.takeAtMaxima,
  inputs: ['x'],
  // of the pooling's output the kernel needs no more than its shape
  gradient: (dy, [x], attributes) => ({ values: () => runKernel(x!.rank === 5 ? 'MaxPool3DGrad' : 'MaxPoolGrad', { dy, input: detach(x!), output: detach(dy) }, attributes) }),
};

function maxRules(forward: string, backward: string): readonly GradientRule[] {
  return [
    {
      kernelName: forward,
      inputs: ['x'],
      savesOutput: true,
      gradient: (dy, [x, y], attributes) => ({
        x: () => runKernel(backward, { dy, input: detach(x!), output: detach(y!) }, attributes),
      }),
    },
    {
      kernelName: backward,
      inputs: ['input', 'output'],
      gradient: (ddx, [x, y], attributes) => ({ dy: () => takeAtMaxima(backward, ddx, x!, y!, attributes) }),
    },
  ];
}

/** Pooling in two and three dimensions. Ties go to the first maximum of the window. */
export const poolingRules: readonly GradientRule[] = [
  ...averageRules('AvgPool', 'AvgPoolGrad'),
  ...averageRules('AvgPool3D', 'AvgPool3DGrad'),
  ...maxRules('MaxPool', 'MaxPoolGrad'),
  ...maxRules('MaxPool3D', 'MaxPool3DGrad'),
  averageTransposeRule,
  takeRule,
];
