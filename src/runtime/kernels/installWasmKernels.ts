import * as tf from '@tensorflow/tfjs';
import type { StockKernels, WasmBackend, WasmKernel } from './wasmKernel.ts';
import { wasmKernels } from './wasmKernels.ts';

const BACKEND = 'wasm';

/** tfjs types a kernel that is not there as present. */
function find(kernelName: string): tf.KernelConfig | undefined {
  return tf.getKernel(kernelName, BACKEND) as tf.KernelConfig | undefined;
}

function toConfig(kernel: WasmKernel, stock: ReadonlyMap<string, tf.KernelConfig>): tf.KernelConfig {
  const before = stock.get(kernel.kernelName);
  return {
    kernelName: kernel.kernelName,
    backendName: BACKEND,
    // a backend that starts later calls these for each registered kernel
    ...(before?.setupFunc && { setupFunc: before.setupFunc }),
    ...(before?.disposeFunc && { disposeFunc: before.disposeFunc }),
    kernelFunc: ({ inputs, attrs, backend }) => {
      const run: StockKernels['run'] = (kernelName, operands, attributes) => {
        const config = stock.get(kernelName) ?? find(kernelName);
        if (config === undefined) throw new Error(`the wasm backend has no kernel ${kernelName}`);
        return config.kernelFunc({ inputs: { ...operands }, attrs: { ...attributes } as tf.NamedAttrMap, backend }) as tf.TensorInfo;
      };
      return kernel.run({
        // the backend's class is not typed as exported by tfjs; only its heap and tables are used
        backend: backend as unknown as WasmBackend,
        stock: { run },
        inputs: inputs as Readonly<Record<string, tf.TensorInfo>>,
        attributes: (attrs ?? {}) as Readonly<Record<string, unknown>>,
      });
    },
  };
}

/**
 * Registers the kernels that the wasm backend lacks or is slow at.
 *
 * @returns the undo, which restores the very kernels that were there; undefined where the wasm
 * backend is not imported
 */
export function installWasmKernels(): (() => void) | undefined {
  if (find('Conv2D') === undefined) return undefined;
  const stock = new Map<string, tf.KernelConfig>();
  for (const { kernelName } of wasmKernels) {
    const config = find(kernelName);
    if (config !== undefined) stock.set(kernelName, config);
  }
  const replace = (kernelName: string, config: tf.KernelConfig | undefined): void => {
    // unregistered first: tfjs warns when it replaces a kernel
    if (find(kernelName) !== undefined) tf.unregisterKernel(kernelName, BACKEND);
    if (config !== undefined) tf.registerKernel(config);
  };
  for (const kernel of wasmKernels) replace(kernel.kernelName, toConfig(kernel, stock));
  return () => {
    for (const { kernelName } of wasmKernels) replace(kernelName, stock.get(kernelName));
  };
}
