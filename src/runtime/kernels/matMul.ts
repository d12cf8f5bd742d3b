import type * as tf from '@tensorflow/tfjs';
import type { KernelCall, WasmBackend, WasmKernel } from './wasmKernel.ts';
import { release, reshaped } from './wasmKernel.ts';

/**
 * Calls `use` with a tensor over the memory of `x` that has an id of its own.
 *
 * The backend (4.22) keeps the packed right operand of a product by the id of its data alone. Data
 * that is shared under another shape (reshape) would be taken for the first shape, silently.
 */
function withOwnId<T>(backend: WasmBackend, x: tf.TensorInfo, use: (own: tf.TensorInfo) => T): T {
  const { memoryOffset } = backend.dataIdMap.get(x.dataId);
  const own = backend.makeOutput([...x.shape], x.dtype, memoryOffset);
  try {
    return use(own);
  } finally {
    // not released: the memory belongs to x
    backend.wasm.tfjs.disposeData(backend.dataIdMap.get(own.dataId).id);
    backend.dataIdMap.delete(own.dataId);
  }
}

/** a [m, k] · b [k, n], by the stock kernel. */
export function product({ backend, stock }: Pick<KernelCall, 'backend' | 'stock'>, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  return withOwnId(backend, b, (own) => stock.run('BatchMatMul', { a, b: own }, { transposeA: false, transposeB: false }));
}

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
      const a = attributes['transposeA'] === true ? swapLastAxes(call, inputs['a']!) : inputs['a']!;
      const b = attributes['transposeB'] === true ? swapLastAxes(call, inputs['b']!) : inputs['b']!;
      const out = withOwnId(backend, b, (own) =>
        stock.run(kernelName, { ...inputs, a, b: own }, { ...attributes, transposeA: false, transposeB: false }));
      if (a !== inputs['a']) release(backend, a);
      if (b !== inputs['b']) release(backend, b);
      return out;
    },
  };
}

/** Matrix products of the wasm backend. */
export const matMulKernels: readonly WasmKernel[] = [withoutFlags('BatchMatMul'), withoutFlags('_FusedMatMul')];
