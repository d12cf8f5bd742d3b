import * as tf from '@tensorflow/tfjs';
import type { WasmBackend, WasmKernel } from './wasmKernel.ts';
import { floatsOf, release, reshaped } from './wasmKernel.ts';

/** Number of leading axes that are reduced, where exactly the leading axes, or all, are; else 0. */
function leadingAxes(shape: readonly number[], axis: unknown): number {
  const axes = tf.util.parseAxisParam(axis as number | number[], [...shape]);
  const leading = axes.every((value) => value < axes.length);
  return leading ? axes.length : 0;
}

/** Up to as many elements a loop is as fast as a kernel is called. */
const SMALL = 4096;

/** The sum over the first of two axes, [rows, width] → [width], in float64. */
function sumRows(backend: WasmBackend, x: tf.TensorInfo, width: number): tf.TensorInfo {
  const out = backend.makeOutput([width], 'float32');
  const values = floatsOf(backend, x);
  const sums = new Float64Array(width);
  for (let i = 0; i < values.length; i++) sums[i % width]! += values[i]!;
  floatsOf(backend, out).set(sums);
  return out;
}

/**
 * Sums over leading axes, or all. Small ones are exact but for their last rounding. Large ones over leading axes (the gradient of a
 * bias) run as one average pooling, which XNNPACK runs vectorised and in partial sums; the stock kernel transposes and adds up element
 * by element.
 */
export const sum: WasmKernel = {
  kernelName: 'Sum',
  run({ backend, stock, inputs, attributes }) {
    const x = inputs['x']!;
    const count = leadingAxes(x.shape, attributes['axis']);
    const kept = x.shape.slice(count);
    const width = tf.util.sizeFromShape(kept);
    const rows = tf.util.sizeFromShape(x.shape.slice(0, count));
    const shape = attributes['keepDims'] === true ? [...x.shape.slice(0, count).map(() => 1), ...kept] : kept;
    if (count > 0 && x.dtype === 'float32' && rows * width <= SMALL) return { ...sumRows(backend, x, width), shape };
    if (count === 0 || width === 1 || rows < 2 || x.dtype !== 'float32') return stock.run('Sum', inputs, attributes);
    const image = reshaped(backend, x, [1, rows, 1, width]);
    const out = stock.run('AvgPool', { x: image }, { filterSize: [rows, 1], strides: 1, pad: 'valid' });
    release(backend, image);
    const values = floatsOf(backend, out);
    if (!values.every(Number.isFinite)) {
      // XNNPACK clamps what it pools, by which a NaN becomes an infinity
      release(backend, out);
      return stock.run('Sum', inputs, attributes);
    }
    for (let i = 0; i < width; i++) values[i]! *= rows;
    return { ...out, shape };
  },
};
