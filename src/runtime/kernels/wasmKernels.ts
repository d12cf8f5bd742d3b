import { conv2dBackpropFilter } from './conv2dBackpropFilter.ts';
import { conv2dBackpropInput } from './conv2dBackpropInput.ts';
import { conv3dBackpropFilter } from './conv3dBackpropFilter.ts';
import { conv3dBackpropInput } from './conv3dBackpropInput.ts';
import { depthwiseBackpropKernels } from './depthwiseBackprop.ts';
import { einsum } from './einsum.ts';
import { leakyRelu } from './leakyRelu.ts';
import { log1p } from './log1p.ts';
import { matMulKernels } from './matMul.ts';
import { maxPoolKernels } from './maxPool.ts';
import { sharingKernels } from './sharing.ts';
import { sum } from './sum.ts';
import { tile } from './tile.ts';
import { unsortedSegmentSum } from './unsortedSegmentSum.ts';
import type { WasmKernel } from './wasmKernel.ts';

/** Every kernel that is added to, or replaced in, tfjs's wasm backend. */
export const wasmKernels: readonly WasmKernel[] = [
  ...matMulKernels,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3dBackpropInput,
  conv3dBackpropFilter,
  ...depthwiseBackpropKernels,
  ...maxPoolKernels,
  unsortedSegmentSum,
  einsum,
  leakyRelu,
  log1p,
  sum,
  tile,
  ...sharingKernels,
];
