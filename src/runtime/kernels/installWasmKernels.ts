import type * as tf from '@tensorflow/tfjs';
import { createCompiledKernels, type CompiledKernels } from './compiledKernels.ts';
import { findKernel, replaceKernel } from './replaceKernels.ts';
import type { StockKernels, WasmBackend, WasmKernel } from './wasmKernel.ts';
import { wasmKernels } from './wasmKernels.ts';

const BACKEND = 'wasm';

function toKernelFunc({ kernelName: name, run: runKernel }: WasmKernel, stock: ReadonlyMap<string, tf.KernelConfig>, compiled: CompiledKernels): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const run: StockKernels['run'] = (kernelName, operands, attributes) => {
      const config = stock.get(kernelName) ?? findKernel(kernelName, BACKEND);
      if (config === undefined) throw new Error(`the wasm backend has no kernel ${kernelName}`);
      return config.kernelFunc({ inputs: { ...operands }, attrs: { ...attributes } as tf.NamedAttrMap, backend }) as tf.TensorInfo;
    };
    const call = {
      // the backend's class is not among tfjs's exported types; only its heap and its tables are used
      backend: backend as unknown as WasmBackend,
      // optional inputs that are absent are keys without a value
      inputs: Object.fromEntries(Object.entries(inputs).filter(([, info]) => (info ?? null) !== null)) as Readonly<Record<string, tf.TensorInfo>>,
      attributes: (attrs ?? {}) as Readonly<Record<string, unknown>>,
    };
    return runKernel({ ...call, stock: { run }, compiled: (rule) => compiled.run(name, rule, call.backend, call.inputs, call.attributes) });
  };
}

/**
 * Registers the kernels that the wasm backend lacks, is slow at, or gets wrong.
 *
 * @returns the undo, which restores the very kernels that were there; undefined where the wasm
 * backend is not imported
 */
export function installWasmKernels(): (() => void) | undefined {
  if (findKernel('Conv2D', BACKEND) === undefined) return undefined;
  const stock = new Map<string, tf.KernelConfig>();
  for (const { kernelName } of wasmKernels) {
    const config = findKernel(kernelName, BACKEND);
    if (config !== undefined) stock.set(kernelName, config);
  }
  const compiled = createCompiledKernels();
  const undos = wasmKernels.map((kernel) => replaceKernel(kernel.kernelName, BACKEND, toKernelFunc(kernel, stock, compiled)));
  return () => {
    undos.forEach((undo) => undo());
    compiled.dispose();
  };
}
