import type { ConvolutionShape } from './convolutionShape.ts';
import { convolutionShape } from './convolutionShape.ts';
import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

/** Offsets into x, y and the filter of one tap at one output pixel. */
type Visit = (x: number, y: number, filter: number) => void;

/** Calls `visit` for each output pixel and each of its taps inside the image. */
function forEachTap(s: ConvolutionShape, visit: Visit): void {
  for (let n = 0; n < s.batch; n++) {
    for (let oy = 0; oy < s.outHeight; oy++) {
      for (let ox = 0; ox < s.outWidth; ox++) {
        const pixel = ((n * s.outHeight + oy) * s.outWidth + ox) * s.outputs;
        for (let ky = 0; ky < s.filterHeight; ky++) {
          const y = oy * s.strideHeight + ky - s.padTop;
          if (y < 0 || y >= s.height) continue;
          for (let kx = 0; kx < s.filterWidth; kx++) {
            const x = ox * s.strideWidth + kx - s.padLeft;
            if (x < 0 || x >= s.width) continue;
            visit(((n * s.height + y) * s.width + x) * s.inputs, pixel, (ky * s.filterWidth + kx) * s.outputs);
          }
        }
      }
    }
  }
}

/** dx of a depthwise convolution, which the wasm backend lacks: dx[·, c] += Σ_m dy[·, c·m] w[tap, c·m]. */
export const depthwiseBackpropInput: WasmKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  run({ backend, inputs, attributes }) {
    const inputShape = attributes['inputShape'] as number[];
    const shape = convolutionShape(inputShape, inputs['filter']!.shape, attributes, true);
    const out = backend.makeOutput([...inputShape], 'float32');
    const dx = floatsOf(backend, out).fill(0);
    const dy = floatsOf(backend, inputs['dy']!);
    const filter = floatsOf(backend, inputs['filter']!);
    const multiplier = shape.outputs / shape.inputs;
    forEachTap(shape, (atX, atY, atFilter) => {
      for (let c = 0; c < shape.inputs; c++) {
        for (let m = 0; m < multiplier; m++) dx[atX + c]! += dy[atY + c * multiplier + m]! * filter[atFilter + c * multiplier + m]!;
      }
    });
    return out;
  },
};

/** dw of a depthwise convolution, which the wasm backend lacks: dw[tap, c·m] += x[·, c] dy[·, c·m]. */
export const depthwiseBackpropFilter: WasmKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  run({ backend, inputs, attributes }) {
    const filterShape = attributes['filterShape'] as number[];
    const shape = convolutionShape(inputs['x']!.shape, filterShape, attributes, true);
    const out = backend.makeOutput([...filterShape], 'float32');
    const x = floatsOf(backend, inputs['x']!);
    const dy = floatsOf(backend, inputs['dy']!);
    const multiplier = shape.outputs / shape.inputs;
    // float64, rounded once: thousands of pixels add up here
    const sums = new Float64Array(shape.filterHeight * shape.filterWidth * shape.outputs);
    forEachTap(shape, (atX, atY, atFilter) => {
      for (let c = 0; c < shape.inputs; c++) {
        const value = x[atX + c]!;
        for (let m = 0; m < multiplier; m++) sums[atFilter + c * multiplier + m]! += value * dy[atY + c * multiplier + m]!;
      }
    });
    floatsOf(backend, out).set(sums);
    return out;
  },
};
