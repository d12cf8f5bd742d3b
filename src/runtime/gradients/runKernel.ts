import * as tf from '@tensorflow/tfjs';
import type { Attributes } from './rule.ts';

/** Runs a kernel of the current backend, recorded: for those that no public op reaches. */
export function runKernel(kernelName: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: Attributes): tf.Tensor {
  return tf.engine().runKernel(kernelName, { ...inputs }, { ...attributes } as tf.NamedAttrMap) as tf.Tensor;
}
