import * as tf from '@tensorflow/tfjs';
import type { KernelRule } from '../capture/kernels/rule.ts';

/**
 * The part of tfjs's wasm backend that these kernels use. Its tensors live in one WebAssembly
 * memory, which plain loops over typed arrays read and write without a copy.
 */
export interface WasmBackend {
  readonly wasm: { readonly HEAPU8: Uint8Array; readonly tfjs: { disposeData(id: number): void } };
  readonly dataIdMap: {
    get(dataId: object): { readonly id: number; readonly memoryOffset: number };
    delete(dataId: object): boolean;
  };
  /** With an offset: a tensor over memory that is there already. */
  makeOutput(shape: number[], dtype: tf.DataType, memoryOffset?: number): tf.TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
}

/** Runs kernels that tfjs itself registered, unrecorded; the results belong to the caller. */
export interface StockKernels {
  run(kernelName: string, inputs: Readonly<Record<string, tf.TensorInfo>>, attributes: Readonly<Record<string, unknown>>): tf.TensorInfo;
}

/** What one call of a kernel gets. */
export interface KernelCall {
  readonly backend: WasmBackend;
  readonly stock: StockKernels;
  /** The call's result by code that is compiled for it, of what it means as equations; null where there is no compiling (no SIMD, a page that forbids it). */
  readonly compiled: (rule: KernelRule) => tf.TensorInfo | null;
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A kernel of the wasm backend, new or in the place of a stock one of the same name. */
export interface WasmKernel {
  readonly kernelName: string;
  /** What it means as equations, where it runs as code that is made of them. */
  readonly rule?: KernelRule;
  readonly run: (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[];
}

/**
 * The elements of a float32 tensor, as a view into the heap. The view is lost when the heap grows:
 * take it after the last allocation.
 */
export function floatsOf(backend: WasmBackend, info: tf.TensorInfo): Float32Array {
  const { memoryOffset } = backend.dataIdMap.get(info.dataId);
  return new Float32Array(backend.wasm.HEAPU8.buffer, memoryOffset, tf.util.sizeFromShape(info.shape));
}

/** The whole heap as floats; lost, too, when the heap grows. Tensors start at `floatOffset`. */
export function heapFloats(backend: WasmBackend): Float32Array {
  return new Float32Array(backend.wasm.HEAPU8.buffer);
}

/** Where the elements of a tensor start in `heapFloats`. */
export function floatOffset(backend: WasmBackend, info: tf.TensorInfo): number {
  return backend.dataIdMap.get(info.dataId).memoryOffset / Float32Array.BYTES_PER_ELEMENT;
}

/** The same data under another shape; a reference of its own, to be released by `release`. */
export function reshaped(backend: WasmBackend, info: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  backend.incRef(info.dataId);
  return { dataId: info.dataId, shape, dtype: info.dtype };
}

/** Gives the data of an intermediate result back. */
export function release(backend: WasmBackend, ...infos: readonly tf.TensorInfo[]): void {
  for (const info of infos) backend.disposeData(info.dataId);
}

/**
 * Calls `use` with a tensor of `shape` over the memory of `x` from element `start` on. It has an id
 * of its own and lives as long as the call.
 */
export function withWindow<T>(
  backend: WasmBackend, x: tf.TensorInfo, start: number, shape: readonly number[], use: (window: tf.TensorInfo) => T,
): T {
  const { memoryOffset } = backend.dataIdMap.get(x.dataId);
  const window = backend.makeOutput([...shape], x.dtype, memoryOffset + start * Float32Array.BYTES_PER_ELEMENT);
  try {
    return use(window);
  } finally {
    // not released: the memory belongs to x
    backend.wasm.tfjs.disposeData(backend.dataIdMap.get(window.dataId).id);
    backend.dataIdMap.delete(window.dataId);
  }
}
