import type * as tf from '@tensorflow/tfjs';
import type { KernelCall, WasmKernel } from './wasmKernel.ts';
import { release, reshaped } from './wasmKernel.ts';

/** Whether the last two axes may be swapped by a reshape: one of them is 1. */
function isVector(shape: readonly number[]): boolean {
  return shape.at(-1) === 1 || shape.at(-2) === 1;
}

/** `x` with its last two axes swapped; a new reference. */
function swapLastAxes({ backend, stock }: KernelCall, x: tf.TensorInfo): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => axis);
  perm[rank - 1] = rank - 2;
  perm[rank - 2] = rank - 1;
  if (isVector(x.shape)) return reshaped(backend, x, perm.map((axis) => x.shape[axis]!));
  return stock.run('Transpose', { x }, { perm });
}

/**
 * Runs a product with transpose flags as transpositions and a plain product: with a flag the stock
 * kernel takes a scalar loop, ten times slower than its micro-kernels.
 */
function withoutFlags(kernelName: string): WasmKernel {
  return {
    kernelName,
    run(call) {
      const { inputs, attributes, backend, stock } = call;
      const operands = { ...inputs };
      const swapped: tf.TensorInfo[] = [];
      for (const [name, flag] of [['a', 'transposeA'], ['b', 'transposeB']] as const) {
        if (attributes[flag] !== true) continue;
        operands[name] = swapLastAxes(call, inputs[name]!);
        swapped.push(operands[name]);
      }
      const out = stock.run(kernelName, operands, { ...attributes, transposeA: false, transposeB: false });
      release(backend, ...swapped);
      return out;
    },
  };
}

/** Matrix products of the wasm backend. */
export const matMulKernels: readonly WasmKernel[] = [withoutFlags('BatchMatMul'), withoutFlags('_FusedMatMul')];
