import type { WasmKernel } from './wasmKernel.ts';

/** The stock kernel, for what is not compiled: it takes ten times as long. */
export const batchNorm: WasmKernel = {
  kernelName: 'FusedBatchNorm',
  run: ({ stock, inputs, attributes }) => stock.run('FusedBatchNorm', inputs, attributes),
};
