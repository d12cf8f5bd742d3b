import type { WasmKernel } from './wasmKernel.ts';

const stockKernel = (kernelName: string): WasmKernel => ({ kernelName, run: ({ stock, inputs, attributes }) => stock.run(kernelName, inputs, attributes) });

/** Kernels that are right in the backend and slow, for what is not compiled: as code they take a tenth of the time, conv3d a hundredth. */
export const batchNorm = stockKernel('FusedBatchNorm');
export const conv3d = stockKernel('Conv3D');
