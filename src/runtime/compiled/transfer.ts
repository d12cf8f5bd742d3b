import * as tf from '@tensorflow/tfjs';
import type { WasmBackend } from '../kernels/wasmKernel.ts';
import type { Machine } from './machine.ts';

/** A tensor's element types as a graph's, and the other way round. */
export type TensorDtype = 'float32' | 'int32' | 'bool';

interface CpuBackend {
  readonly data: { get(dataId: object): { readonly values?: unknown } | undefined };
}

/** tfjs keeps the backend that holds a tensor's data in its engine's table alone. */
export function backendOf(dataId: object): unknown {
  const { state } = tf.engine() as unknown as { readonly state: { readonly tensorInfo: { get(dataId: object): { readonly backend: unknown } | undefined } } };
  return state.tensorInfo.get(dataId)?.backend;
}

function isWasm(backend: unknown): backend is WasmBackend {
  return typeof backend === 'object' && backend !== null && 'wasm' in backend && 'dataIdMap' in backend;
}

function isCpu(backend: unknown): backend is CpuBackend {
  return typeof backend === 'object' && backend !== null && backend.constructor.name === 'MathBackendCPU' && 'data' in backend;
}

/** A tensor's numbers, without a copy where its backend keeps them in memory that JavaScript sees. Not to be changed, nor kept. */
function valuesOf(tensor: tf.Tensor): Float32Array | Int32Array | Uint8Array {
  const backend = backendOf(tensor.dataId);
  if (isWasm(backend)) {
    const { memoryOffset } = backend.dataIdMap.get(tensor.dataId);
    const { buffer } = backend.wasm.HEAPU8;
    if (tensor.dtype === 'float32') return new Float32Array(buffer, memoryOffset, tensor.size);
    return tensor.dtype === 'bool' ? new Uint8Array(buffer, memoryOffset, tensor.size) : new Int32Array(buffer, memoryOffset, tensor.size);
  }
  if (isCpu(backend)) {
    const values = backend.data.get(tensor.dataId)?.values;
    if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array) return values;
  }
  return tensor.dataSync();
}

/** Copies a tensor's numbers into the memory, `place` bytes from its start. */
export function upload(machine: Machine, tensor: tf.Tensor, place: number): void {
  const values = valuesOf(tensor);
  if (tensor.dtype === 'float32') machine.floats().set(values, place / 4);
  else machine.integers().set(values, place / 4);
}

/** As `download`, without tf.tensor's checks of what is known to be right. */
export function downloadFast(machine: Machine, place: number, shape: readonly number[], dtype: TensorDtype): tf.Tensor {
  if (dtype !== 'float32') return download(machine, place, shape, dtype);
  const engine = tf.engine();
  const start = place / 4;
  const end = start + tf.util.sizeFromShape(shape as number[]);
  // the wasm backend copies into its own heap; others keep the array
  const values = isWasm(engine.backend) ? machine.floats().subarray(start, end) : machine.floats().slice(start, end);
  return engine.makeTensor(values, shape as number[], dtype);
}

/** A new tensor of what lies in the memory, `place` bytes from its start. */
export function download(machine: Machine, place: number, shape: readonly number[], dtype: TensorDtype): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const start = place / 4;
  if (dtype === 'float32') return tf.tensor(machine.floats().slice(start, start + size), [...shape], dtype);
  const values = machine.integers().slice(start, start + size);
  return tf.tensor(dtype === 'bool' ? Uint8Array.from(values) : values, [...shape], dtype);
}
