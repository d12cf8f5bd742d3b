import type * as tf from '@tensorflow/tfjs';
import type { ConvolutionShape } from './convolutionShape.ts';
import { convolutionShape } from './convolutionShape.ts';
import { imageToColumns } from './imageColumns.ts';
import { product } from './matMul.ts';
import type { KernelCall, WasmKernel } from './wasmKernel.ts';
import { floatOffset, floatsOf, heapOf, release, reshaped } from './wasmKernel.ts';

/** dW = columns(x)ᵀ · dy. */
function byColumns({ backend, stock, inputs }: KernelCall, s: ConvolutionShape): tf.TensorInfo {
  const rows = s.batch * s.outHeight * s.outWidth;
  const taps = s.filterHeight * s.filterWidth * s.inputs;
  const columns = backend.makeOutput([rows, taps], 'float32');
  imageToColumns(heapOf(backend), floatOffset(backend, inputs['x']!), floatOffset(backend, columns), s);
  const turned = stock.run('Transpose', { x: columns }, { perm: [1, 0] });
  release(backend, columns);
  const flat = reshaped(backend, inputs['dy']!, [rows, s.outputs]);
  const out = product({ backend, stock }, turned, flat);
  release(backend, turned, flat);
  return { ...out, shape: [s.filterHeight, s.filterWidth, s.inputs, s.outputs] };
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

/** The method that is taken, from measurements: the dilated convolution runs over the samples in its innermost loop. */
export function filterGradientMethod(s: ConvolutionShape): keyof typeof filterGradientMethods {
  return s.batch >= 8 ? 'dilation' : 'columns';
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
