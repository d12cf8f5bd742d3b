import * as tf from '@tensorflow/tfjs';
import { findKernel, replaceKernel } from './replaceKernels.ts';

const KERNEL = 'FusedBatchNorm';

const STATISTICS = ['mean', 'variance', 'scale', 'offset'] as const;

/** Whether walking through a tensor of `shape` again and again walks along x: leading ones, then the sizes of x. */
function isSuffix(shape: readonly number[], of: readonly number[]): boolean {
  const sizes = shape.slice(shape.findIndex((size) => size !== 1));
  return tf.util.sizeFromShape([...shape]) === 1 || tf.util.arraysEqual(sizes, of.slice(of.length - sizes.length));
}

/**
 * Lets a batch normalisation without scale or offset be differentiated: tfjs (4.22) fails on absent
 * inputs as soon as it records them. While a tape is on, ones and zeros take their place. They are
 * written into the call's own input map, which the tape reads afterwards.
 *
 * Statistics of any shape that broadcasts to x's, such as those of each sample, [N, 1, 1, C]: tfjs's kernels walk through them again and
 * again, which is right for [C] alone.
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
    const x = inputs['x']!.shape;
    const wide = STATISTICS.filter((name) => inputs[name] !== undefined && !isSuffix(inputs[name].shape, x));
    if (wide.length === 0) return stock.kernelFunc(call);
    const spread = wide.map((name) => tf.broadcastTo(inputs[name] as tf.Tensor, x));
    const out = stock.kernelFunc({ ...call, inputs: { ...inputs, ...Object.fromEntries(wide.map((name, index) => [name, spread[index]!])) } });
    tf.dispose(spread);
    return out;
  });
}
