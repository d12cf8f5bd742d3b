import { conv2dBackpropFilter } from './conv2dBackpropFilter.ts';
import { conv2dBackpropInput } from './conv2dBackpropInput.ts';
import { matMulKernels } from './matMul.ts';
import type { WasmKernel } from './wasmKernel.ts';

/** Every kernel that is added to, or replaced in, tfjs's wasm backend. */
export const wasmKernels: readonly WasmKernel[] = [
  ...matMulKernels,
  conv2dBackpropFilter,
  conv2dBackpropInput,
];
