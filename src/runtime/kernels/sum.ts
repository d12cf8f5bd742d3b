import * as tf from '@tensorflow/tfjs';
import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

/** Number of leading axes that are reduced, where exactly the leading axes are; else 0. */
function leadingAxes(rank: number, axis: unknown): number {
  const axes = tf.util.parseAxisParam(axis as number | number[], Array.from({ length: rank }, () => 1));
  const leading = axes.every((value) => value < axes.length);
  return leading && axes.length < rank ? axes.length : 0;
}

/**
 * Sums over the leading axes (the gradient of a bias) row by row; the stock kernel transposes first.
 * Accumulates in float64.
 */
export const sum: WasmKernel = {
  kernelName: 'Sum',
  run({ backend, stock, inputs, attributes }) {
    const x = inputs['x']!;
    const count = leadingAxes(x.shape.length, attributes['axis']);
    if (count === 0 || x.dtype !== 'float32') return stock.run('Sum', inputs, attributes);
    const kept = x.shape.slice(count);
    const width = tf.util.sizeFromShape(kept);
    const ones = x.shape.slice(0, count).map(() => 1);
    const out = backend.makeOutput(attributes['keepDims'] === true ? [...ones, ...kept] : kept, 'float32');
    const values = floatsOf(backend, x);
    const sums = new Float64Array(width);
    for (let row = 0; row < values.length; row += width) {
      for (let i = 0; i < width; i++) sums[i]! += values[row + i]!;
    }
    floatsOf(backend, out).set(sums);
    return out;
  },
};
