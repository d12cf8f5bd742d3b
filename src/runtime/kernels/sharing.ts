import type * as tf from '@tensorflow/tfjs';
import type { WasmBackend, WasmKernel } from './wasmKernel.ts';
import { reshaped } from './wasmKernel.ts';

function shared(backend: WasmBackend, x: tf.TensorInfo): tf.TensorInfo {
  return reshaped(backend, x, [...x.shape]);
}

/**
 * Clones, and casts to the same type, share the data: tensors are never written to again. The stock
 * kernels copy, once for each tensor that the tape saves, and XNNPACK then packs a copied filter anew.
 */
export const sharingKernels: readonly WasmKernel[] = [
  {
    kernelName: 'Identity',
    run: ({ backend, stock, inputs, attributes }) => {
      const x = inputs['x']!;
      return x.dtype === 'string' ? stock.run('Identity', { x }, attributes) : shared(backend, x);
    },
  },
  {
    kernelName: 'Cast',
    run: ({ backend, stock, inputs, attributes }) => {
      const x = inputs['x']!;
      return x.dtype === attributes['dtype'] && x.dtype !== 'string' ? shared(backend, x) : stock.run('Cast', { x }, attributes);
    },
  },
];
