import * as tf from '@tensorflow/tfjs';
import { findKernel, replaceKernel } from './replaceKernels.ts';

const KERNEL = 'FusedBatchNorm';

/**
 * Lets a batch normalisation without scale or offset be differentiated: tfjs (4.22) fails on absent
 * inputs as soon as it records them. While a tape is on, ones and zeros take their place. They are
 * written into the call's own input map, which the tape reads afterwards.
 *
 * @returns the undo; undefined where the backend has no such kernel
 */
export function installBatchNorm(backendName: string): (() => void) | undefined {
  const stock = findKernel(KERNEL, backendName);
  if (stock === undefined) return undefined;
  return replaceKernel(KERNEL, backendName, (call) => {
    const { inputs } = call;
    if (tf.engine().state.gradientDepth > 0) {
      const shape = inputs['mean']!.shape;
      inputs['scale'] ??= tf.ones(shape);
      inputs['offset'] ??= tf.zeros(shape);
    }
    return stock.kernelFunc(call);
  });
}
