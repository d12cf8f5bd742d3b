import type * as tf from '@tensorflow/tfjs';
import type { WasmBackend } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

/** Multiply-adds up to which a loop takes less time than the transpositions, the packing and the calls of the stock kernel. */
const SMALL = 4096;

/** The product of two small matrices [m, k] and [k, n], either of which may be stored transposed; null for other operands. Sums are float64's. */
export function smallMatMul(backend: WasmBackend, a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): tf.TensorInfo | null {
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.dtype !== 'float32' || b.dtype !== 'float32') return null;
  const [m, k] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const n = transposeB ? b.shape[0]! : b.shape[1]!;
  if (m * k * n > SMALL) return null;
  const [rowA, columnA] = transposeA ? [1, m] : [k, 1];
  const [rowB, columnB] = transposeB ? [1, k] : [n, 1];
  const out = backend.makeOutput([m, n], 'float32');
  const [left, right, product] = [floatsOf(backend, a), floatsOf(backend, b), floatsOf(backend, out)];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += left[i * rowA + p * columnA]! * right[p * rowB + j * columnB]!;
      product[i * n + j] = sum;
    }
  }
  return out;
}
