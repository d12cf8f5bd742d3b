import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../ir/values.ts';
import { selectFirstMaximum } from '../../passes/vjp/windows.ts';
import type { KernelRule } from '../capture/kernels/rule.ts';
import { windowsOf } from '../capture/kernels/windows.ts';
import { asCode } from './asCode.ts';
import { maxPositions } from './maxPositions.ts';
import { OWN_KERNELS } from './ownKernels.ts';
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

const take: WasmKernel = {
  kernelName: OWN_KERNELS.takeAtMaxima,
  run({ backend, inputs, attributes }) {
    const [given, x] = [inputs['values']!, inputs['x']!];
    const shape = poolShape(x.shape, attributes);
    const out = backend.makeOutput([shape.batch, ...shape.outSize.slice(5 - x.shape.length), shape.channels], 'float32');
    const [values, taken] = [floatsOf(backend, given), floatsOf(backend, out)];
    const positions = new Int32Array(taken.length);
    maxPositions(floatsOf(backend, x), positions, shape);
    for (let i = 0; i < taken.length; i++) taken[i] = values[positions[i]!]!;
    return out;
  },
};

const takeRule: KernelRule = (call) => {
  const { write, attributes } = call;
  const [values, x] = [call.input('values'), call.input('x')];
  const shape = poolShape(write.shape(x), attributes);
  const count = [shape.batch, ...shape.outSize.slice(5 - write.shape(x).length), shape.channels];
  return selectFirstMaximum(write.builder, x, values, count, windowsOf(shape, write.shape(x).length));
};

/** As code a window is written out tap by tap. */
const MOST_TAPS = 64;

/** The derivative of the gradient of max pooling. */
export const takeAtMaxima = asCode(take, ({ inputs, attributes }) => (sizeOf(poolShape(inputs['x']!.shape, attributes).window) <= MOST_TAPS ? sizeOf(inputs['x']!.shape) : 0), takeRule);
