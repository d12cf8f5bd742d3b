import type * as tf from '@tensorflow/tfjs';
import type { ConvolutionShape } from './convolutionShape.ts';
import { convolutionShape } from './convolutionShape.ts';
import { imageToColumns, lineParts } from './imageColumns.ts';
import type { KernelCall, WasmKernel } from './wasmKernel.ts';
import { floatOffset, floatsOf, heapFloats, release, withWindow } from './wasmKernel.ts';

/** dW = columns(x)ᵀ · dy, added up over parts of the output lines. */
function byColumns({ backend, stock, inputs }: KernelCall, s: ConvolutionShape): tf.TensorInfo {
  const taps = s.filterHeight * s.filterWidth * s.inputs;
  let sum: tf.TensorInfo | undefined;
  for (const [from, to] of lineParts(s)) {
    const rows = (to - from) * s.outWidth;
    const columns = backend.makeOutput([rows, taps], 'float32');
    imageToColumns(heapFloats(backend), floatOffset(backend, inputs['x']!), floatOffset(backend, columns), s, from, to);
    const turned = stock.run('Transpose', { x: columns }, { perm: [1, 0] });
    const part = withWindow(backend, inputs['dy']!, from * s.outWidth * s.outputs, [rows, s.outputs], (dy) =>
      stock.run('BatchMatMul', { a: turned, b: dy }, { transposeA: false, transposeB: false }));
    release(backend, columns, turned);
    if (sum === undefined) {
      sum = part;
      continue;
    }
    const total = stock.run('Add', { a: sum, b: part }, {});
    release(backend, sum, part);
    sum = total;
  }
  const shape = [s.filterHeight, s.filterWidth, s.inputs, s.outputs];
  if (sum !== undefined) return { ...sum, shape };
  // no image at all
  const nothing = backend.makeOutput(shape, 'float32');
  floatsOf(backend, nothing).fill(0);
  return nothing;
}

/** [inputs, ≥ rows, ≥ columns, outputs] → [rows, columns, inputs, outputs]. */
function toFilter(part: Float32Array, partShape: readonly number[], filter: Float32Array, s: ConvolutionShape): void {
  const [, height, width] = partShape as readonly [number, number, number];
  let target = 0;
  for (let ky = 0; ky < s.filterHeight; ky++) {
    for (let kx = 0; kx < s.filterWidth; kx++) {
      for (let i = 0; i < s.inputs; i++) {
        const source = ((i * height + ky) * width + kx) * s.outputs;
        for (let o = 0; o < s.outputs; o++) filter[target++] = part[source + o]!;
      }
    }
  }
}

/**
 * dW as a convolution whose images are the channels of x, whose channels are the samples, and whose
 * filter is dy, dilated by the stride: no patches are written out.
 */
function byDilation({ backend, stock, inputs }: KernelCall, s: ConvolutionShape): tf.TensorInfo {
  const x = stock.run('Transpose', { x: inputs['x']! }, { perm: [3, 1, 2, 0] });
  const dy = stock.run('Transpose', { x: inputs['dy']! }, { perm: [1, 2, 0, 3] });
  const after = (size: number, out: number, stride: number, kernel: number, before: number): number =>
    Math.max(0, kernel + (out - 1) * stride - size - before);
  const part = stock.run('Conv2D', { x, filter: dy }, {
    strides: 1,
    dilations: [s.strideHeight, s.strideWidth],
    dataFormat: 'NHWC',
    pad: [
      [0, 0],
      [s.padTop, after(s.height, s.outHeight, s.strideHeight, s.filterHeight, s.padTop)],
      [s.padLeft, after(s.width, s.outWidth, s.strideWidth, s.filterWidth, s.padLeft)],
      [0, 0],
    ],
  });
  const out = backend.makeOutput([s.filterHeight, s.filterWidth, s.inputs, s.outputs], 'float32');
  toFilter(floatsOf(backend, part), part.shape, floatsOf(backend, out), s);
  release(backend, x, dy, part);
  return out;
}

/** The ways to compute a filter gradient. */
export const filterGradientMethods = { columns: byColumns, dilation: byDilation };

/**
 * The method that is taken, from measurements. The innermost loop of the
 * dilated convolution runs over the samples, so it needs a batch; a 1×1 filter has no patches to save.
 */
export function filterGradientMethod(s: ConvolutionShape): keyof typeof filterGradientMethods {
  return s.batch >= 8 && s.filterHeight * s.filterWidth > 1 ? 'dilation' : 'columns';
}

/** The filter gradient of conv2d, which the wasm backend lacks. */
export const conv2dBackpropFilter: WasmKernel = {
  kernelName: 'Conv2DBackpropFilter',
  run(call) {
    const { inputs, attributes } = call;
    const shape = convolutionShape(inputs['x']!.shape, attributes['filterShape'] as number[], attributes);
    return filterGradientMethods[filterGradientMethod(shape)](call, shape);
  },
};
