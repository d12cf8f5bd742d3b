import * as tf from '@tensorflow/tfjs';
import { smallMatMul } from './smallMatMul.ts';
import type { KernelCall, WasmKernel } from './wasmKernel.ts';
import { floatsOf, release, reshaped, withWindow } from './wasmKernel.ts';

/** Multiply-adds of one matrix of a batch from which a call of its own pays. */
const WORTH_A_CALL = 8192;

const NO_FLAGS = { transposeA: false, transposeB: false } as const;

/** Whether the last two axes may be swapped by a reshape: one of them is 1, or there is nothing to swap. */
function isSwappedByShape(shape: readonly number[]): boolean {
  return shape.at(-1) === 1 || shape.at(-2) === 1 || shape.includes(0);
}

/** `x` with its last two axes swapped; a new reference. */
function swapLastAxes({ backend, stock }: KernelCall, x: tf.TensorInfo): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => axis);
  perm[rank - 1] = rank - 2;
  perm[rank - 2] = rank - 1;
  if (isSwappedByShape(x.shape)) return reshaped(backend, x, perm.map((axis) => x.shape[axis]!));
  return stock.run('Transpose', { x }, { perm });
}

/** Number of matrices in both operands, where they have the same; 1 where the stock kernel does better. */
function batchOf(a: tf.TensorInfo, b: tf.TensorInfo): number {
  const batch = a.shape.slice(0, -2);
  if (!tf.util.arraysEqual(batch, b.shape.slice(0, -2))) return 1;
  return a.shape.at(-1)! * a.shape.at(-2)! * b.shape.at(-1)! < WORTH_A_CALL ? 1 : tf.util.sizeFromShape(batch);
}

/** One product for each matrix: of batches the stock kernel takes a scalar loop, too. */
function matrixByMatrix({ backend, stock }: KernelCall, a: tf.TensorInfo, b: tf.TensorInfo, batch: number): tf.TensorInfo {
  const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const out = backend.makeOutput([...a.shape.slice(0, -2), m, n], 'float32');
  for (let index = 0; index < batch; index++) {
    const part = withWindow(backend, a, index * m * k, [m, k], (left) =>
      withWindow(backend, b, index * k * n, [k, n], (right) => stock.run('BatchMatMul', { a: left, b: right }, NO_FLAGS)));
    floatsOf(backend, out).set(floatsOf(backend, part), index * m * n);
    release(backend, part);
  }
  return out;
}

/**
 * Runs a product with transpose flags as transpositions and a plain product: with a flag the stock
 * kernel takes a scalar loop, ten times slower than its micro-kernels.
 *
 * The right operand gets an id of its own: the backend (4.22) keeps it packed by the id of its data
 * alone, and would take data that is shared under another shape (reshape) for the first shape, silently.
 */
function withoutFlags(kernelName: 'BatchMatMul' | '_FusedMatMul'): WasmKernel {
  return {
    kernelName,
    run(call) {
      const { inputs, attributes, backend, stock } = call;
      const small = kernelName === 'BatchMatMul' ? smallMatMul(backend, inputs['a']!, inputs['b']!, attributes['transposeA'] === true, attributes['transposeB'] === true) : null;
      if (small !== null) return small;
      const a = attributes['transposeA'] === true ? swapLastAxes(call, inputs['a']!) : inputs['a']!;
      const b = attributes['transposeB'] === true ? swapLastAxes(call, inputs['b']!) : inputs['b']!;
      const batch = kernelName === 'BatchMatMul' ? batchOf(a, b) : 1;
      const out = batch > 1
        ? matrixByMatrix(call, a, b, batch)
        : withWindow(backend, b, 0, b.shape, (own) => stock.run(kernelName, { ...inputs, a, b: own }, { ...attributes, ...NO_FLAGS }));
      if (a !== inputs['a']) release(backend, a);
      if (b !== inputs['b']) release(backend, b);
      return out;
    },
  };
}

/** Matrix products of the wasm backend. */
export const matMul = withoutFlags('BatchMatMul');
export const fusedMatMul = withoutFlags('_FusedMatMul');
