import type * as tf from '@tensorflow/tfjs';
import type { ConvolutionShape } from './convolutionShape.ts';
import { convolutionShape } from './convolutionShape.ts';
import { addColumnsToImage, BLOCK_COPY, lineParts } from './imageColumns.ts';
import type { KernelCall, WasmKernel } from './wasmKernel.ts';
import { floatOffset, floatsOf, heapFloats, release, reshaped, withWindow } from './wasmKernel.ts';

/** One axis of one phase: the pixels i of dx with i + pad ≡ phase (mod stride), seen as an axis of their own. */
interface PhaseAxis {
  /** Taps of the filter that reach this phase: phase, phase + stride, … */
  readonly taps: number;
  readonly padLow: number;
  readonly padHigh: number;
  /** Pixel of dx that comes first, how many there are, and where the first is in the convolution's output. */
  readonly first: number;
  readonly count: number;
  readonly offset: number;
}

function phaseAxis(phase: number, stride: number, kernel: number, pad: number, size: number, outSize: number): PhaseAxis {
  const taps = Math.ceil((kernel - phase) / stride);
  const low = Math.ceil((pad - phase) / stride);
  const first = low * stride + phase - pad;
  const count = first < size ? Math.floor((size - 1 - first) / stride) + 1 : 0;
  const padLow = Math.max(0, taps - 1 - low);
  const padHigh = Math.max(0, low + count - outSize);
  return { taps, padLow, padHigh, first, count, offset: low - (taps - 1 - padLow) };
}

/**
 * The taps of one phase, flipped: [taps, taps, outputs, inputs]. `turned` is the whole filter with
 * its channels swapped, of which each tap is one block.
 */
function phaseFilter(
  turned: Float32Array, target: Float32Array, s: ConvolutionShape,
  phaseY: number, phaseX: number, rows: PhaseAxis, columns: PhaseAxis,
): void {
  const block = s.inputs * s.outputs;
  let position = 0;
  for (let a = 0; a < rows.taps; a++) {
    const ky = phaseY + (rows.taps - 1 - a) * s.strideHeight;
    for (let b = 0; b < columns.taps; b++, position += block) {
      const kx = phaseX + (columns.taps - 1 - b) * s.strideWidth;
      const source = (ky * s.filterWidth + kx) * block;
      target.set(turned.subarray(source, source + block), position);
    }
  }
}

/** Writes the result of one phase, [n, h, w, inputs] at `part`, to its pixels of dx; offsets in floats. */
function interleave(
  heap: Float32Array, part: number, partShape: readonly number[], dx: number, s: ConvolutionShape, rows: PhaseAxis, columns: PhaseAxis,
): void {
  const [, height, width] = partShape as readonly [number, number, number];
  const channels = s.inputs;
  const step = s.strideWidth * channels;
  for (let n = 0; n < s.batch; n++) {
    for (let row = 0; row < rows.count; row++) {
      let source = part + ((n * height + row + rows.offset) * width + columns.offset) * channels;
      let target = dx + ((n * s.height + rows.first + row * s.strideHeight) * s.width + columns.first) * channels;
      for (let column = 0; column < columns.count; column++, target += step, source += channels) {
        if (channels >= BLOCK_COPY) heap.copyWithin(target, source, source + channels);
        else for (let c = 0; c < channels; c++) heap[target + c] = heap[source + c]!;
      }
    }
  }
}

/**
 * One dense convolution of dy for each residue of the pixel modulo the stride (4 for stride 2): no
 * multiplication with the zeros that a dilated dy would have.
 */
function byPhases({ backend, stock, inputs }: KernelCall, s: ConvolutionShape): tf.TensorInfo {
  const dy = inputs['dy']!;
  const turned = stock.run('Transpose', { x: inputs['filter']! }, { perm: [0, 1, 3, 2] });
  const out = backend.makeOutput([s.batch, s.height, s.width, s.inputs], 'float32');
  if (s.filterHeight < s.strideHeight || s.filterWidth < s.strideWidth) floatsOf(backend, out).fill(0);
  for (let phaseY = 0; phaseY < s.strideHeight; phaseY++) {
    const rows = phaseAxis(phaseY, s.strideHeight, s.filterHeight, s.padTop, s.height, s.outHeight);
    for (let phaseX = 0; phaseX < s.strideWidth; phaseX++) {
      const columns = phaseAxis(phaseX, s.strideWidth, s.filterWidth, s.padLeft, s.width, s.outWidth);
      if (rows.taps <= 0 || columns.taps <= 0 || rows.count === 0 || columns.count === 0) continue;
      const taps = backend.makeOutput([rows.taps, columns.taps, s.outputs, s.inputs], 'float32');
      phaseFilter(floatsOf(backend, turned), floatsOf(backend, taps), s, phaseY, phaseX, rows, columns);
      const part = stock.run('Conv2D', { x: dy, filter: taps }, {
        strides: 1,
        dilations: 1,
        dataFormat: 'NHWC',
        pad: [[0, 0], [rows.padLow, rows.padHigh], [columns.padLow, columns.padHigh], [0, 0]],
      });
      interleave(heapFloats(backend), floatOffset(backend, part), part.shape, floatOffset(backend, out), s, rows, columns);
      release(backend, taps, part);
    }
  }
  release(backend, turned);
  return out;
}

/** dx = image(dy · Wᵀ): for few input channels, where a convolution would fill its tiles poorly. */
function byColumns({ backend, stock, inputs }: KernelCall, s: ConvolutionShape): tf.TensorInfo {
  const taps = s.filterHeight * s.filterWidth * s.inputs;
  const filter = reshaped(backend, inputs['filter']!, [taps, s.outputs]);
  const turned = stock.run('Transpose', { x: filter }, { perm: [1, 0] });
  const out = backend.makeOutput([s.batch, s.height, s.width, s.inputs], 'float32');
  floatsOf(backend, out).fill(0);
  for (const [from, to] of lineParts(s)) {
    const rows = (to - from) * s.outWidth;
    const columns = withWindow(backend, inputs['dy']!, from * s.outWidth * s.outputs, [rows, s.outputs], (dy) =>
      stock.run('BatchMatMul', { a: dy, b: turned }, { transposeA: false, transposeB: false }));
    addColumnsToImage(heapFloats(backend), floatOffset(backend, columns), floatOffset(backend, out), s, from, to);
    release(backend, columns);
  }
  release(backend, filter, turned);
  return out;
}

/** The ways to compute an input gradient. */
export const inputGradientMethods = { phases: byPhases, columns: byColumns };

/**
 * The method that is taken, from measurements: a convolution with fewer than
 * four output channels leaves most of XNNPACK's eight columns of a tile unused.
 */
export function inputGradientMethod(s: ConvolutionShape): keyof typeof inputGradientMethods {
  return s.inputs < 4 ? 'columns' : 'phases';
}

/** The input gradient of conv2d, which is also conv2dTranspose. */
export const conv2dBackpropInput: WasmKernel = {
  kernelName: 'Conv2DBackpropInput',
  run(call) {
    const { inputs, attributes } = call;
    const shape = convolutionShape(attributes['inputShape'] as number[], inputs['filter']!.shape, attributes);
    return inputGradientMethods[inputGradientMethod(shape)](call, shape);
  },
};
