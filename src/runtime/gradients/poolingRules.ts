import * as tf from '@tensorflow/tfjs';
import { detach } from './detach.ts';
import type { Attributes, GradientRule } from './rule.ts';

function run(kernelName: string, inputs: Record<string, tf.Tensor>, attributes: Attributes): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs, { ...attributes } as tf.NamedAttrMap) as tf.Tensor;
}

/**
 * Average pooling is linear: pooling and its gradient kernel are each other's derivative.
 * `AvgPoolGrad` reads only the shape of its second input.
 */
function averageRules(forward: string, backward: string): readonly GradientRule[] {
  return [
    {
      kernelName: forward,
      inputs: ['x'],
      gradient: (dy, [x], attributes) => ({ x: () => run(backward, { dy, input: detach(x!) }, attributes) }),
    },
    {
      kernelName: backward,
      gradient: (ddx, _saved, attributes) => ({ dy: () => run(forward, { x: ddx }, attributes) }),
    },
  ];
}

/** Where in `flat(x)` each maximum was taken from: the first one of each window. */
function positionsOfMaxima(x: tf.Tensor, { filterSize, strides, pad }: Attributes): tf.Tensor1D {
  const outputs = tf.engine().runKernel(
    'MaxPoolWithArgmax',
    { x },
    { filterSize, strides, pad, includeBatchInIndex: true } as tf.NamedAttrMap,
  ) as tf.Tensor[];
  return tf.cast(tf.reshape(outputs[1]!, [-1]), 'int32') as tf.Tensor1D;
}

/** `values` of the shape of the pooling's input, at the positions of the maxima of `x`: linear in values. */
function takeAtMaxima(values: tf.Tensor, x: tf.Tensor, y: tf.Tensor, attributes: Attributes): tf.Tensor {
  // A custom gradient, because that of tf.gather needs a kernel that not every backend has.
  const take = tf.customGrad((input) => ({
    value: tf.reshape(tf.gather(tf.reshape(input as tf.Tensor, [-1]), positionsOfMaxima(x, attributes)), y.shape),
    gradFunc: (dy: tf.Tensor) => run('MaxPoolGrad', { dy, input: x, output: y }, attributes),
  }));
  return take(values);
}

/** Pooling in two and three dimensions. Ties go to the first maximum of the window. */
export const poolingRules: readonly GradientRule[] = [
  ...averageRules('AvgPool', 'AvgPoolGrad'),
  ...averageRules('AvgPool3D', 'AvgPool3DGrad'),
  {
    kernelName: 'MaxPool',
    inputs: ['x'],
    savesOutput: true,
    gradient: (dy, [x, y], attributes) => ({
      x: () => run('MaxPoolGrad', { dy, input: detach(x!), output: detach(y!) }, attributes),
    }),
  },
  {
    kernelName: 'MaxPoolGrad',
    inputs: ['input', 'output'],
    gradient: (ddx, [x, y], attributes) => ({ dy: () => takeAtMaxima(ddx, x!, y!, attributes) }),
  },
];
