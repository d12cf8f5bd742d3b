import type * as tf from '@tensorflow/tfjs';
import { maxPositions } from './maxPositions.ts';
import { poolShape } from './poolShape.ts';
import type { KernelCall, WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

function gradient({ backend, inputs, attributes }: KernelCall): tf.TensorInfo {
  const input = inputs['input']!;
  const dy = inputs['dy']!;
  const out = backend.makeOutput([...input.shape], 'float32');
  const slope = floatsOf(backend, dy);
  const positions = new Int32Array(slope.length);
  maxPositions(floatsOf(backend, input), positions, poolShape(input.shape, attributes));
  const dx = floatsOf(backend, out).fill(0);
  for (let i = 0; i < slope.length; i++) dx[positions[i]!]! += slope[i]!;
  return out;
}

/** The stock kernel of the wasm backend (4.22) takes 0 for the maximum of a window in which all elements are negative. */
export const maxPoolWithArgmax: WasmKernel = {
  kernelName: 'MaxPoolWithArgmax',
  run({ backend, inputs, attributes }) {
    const x = inputs['x']!;
    const shape = poolShape(x.shape, attributes);
    const outShape = [shape.batch, shape.outSize[1], shape.outSize[2], shape.channels];
    const pooled = backend.makeOutput(outShape, 'float32');
    const indices = backend.makeOutput(outShape, 'int32');
    const values = floatsOf(backend, x);
    const maxima = floatsOf(backend, pooled);
    const positions = new Int32Array(maxima.buffer, backend.dataIdMap.get(indices.dataId).memoryOffset, maxima.length);
    maxPositions(values, positions, shape);
    for (let i = 0; i < maxima.length; i++) maxima[i] = values[positions[i]!]!;
    if (attributes['includeBatchInIndex'] !== true) {
      const sample = shape.size[1] * shape.size[2] * shape.channels;
      for (let i = 0; i < positions.length; i++) positions[i]! %= sample;
    }
    return [pooled, indices];
  },
};

/** Gradients of max pooling. The stock kernels make the same mistake. */
export const maxPoolGrad: WasmKernel = { kernelName: 'MaxPoolGrad', run: gradient };
export const maxPool3dGrad: WasmKernel = { kernelName: 'MaxPool3DGrad', run: gradient };
