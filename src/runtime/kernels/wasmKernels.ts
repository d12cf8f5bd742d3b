import { asCode, WORK } from './asCode.ts';
import { conv2dBackpropFilter } from './conv2dBackpropFilter.ts';
import { conv2dBackpropInput } from './conv2dBackpropInput.ts';
import { conv3dBackpropFilter } from './conv3dBackpropFilter.ts';
import { conv3dBackpropInput } from './conv3dBackpropInput.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwiseBackprop.ts';
import { depthwiseByFilter, depthwiseByInput } from './depthwiseRules.ts';
import { einsum } from './einsum.ts';
import { leakyRelu } from './leakyRelu.ts';
import { log1p } from './log1p.ts';
import { fusedMatMul, matMul } from './matMul.ts';
import { maxPool3dGrad, maxPoolGrad, maxPoolWithArgmax, takeAtMaxima } from './maxPool.ts';
import { sharingKernels } from './sharing.ts';
import { batchNorm, conv3d } from './stockKernels.ts';
import { sum } from './sum.ts';
import { tile } from './tile.ts';
import { avgPoolTranspose, resizeTranspose } from './transposes.ts';
import { unsortedSegmentSum } from './unsortedSegmentSum.ts';
import type { WasmKernel } from './wasmKernel.ts';

/** Every kernel that is added to, or replaced in, tfjs's wasm backend. */
export const wasmKernels: readonly WasmKernel[] = [
  asCode(matMul, WORK.product),
  fusedMatMul,
  asCode(conv2dBackpropFilter, WORK.convolution),
  asCode(conv2dBackpropInput, WORK.convolution),
  asCode(conv3d, WORK.elements),
  asCode(conv3dBackpropInput, WORK.convolution),
  asCode(conv3dBackpropFilter, WORK.convolution),
  asCode(depthwiseBackpropInput, WORK.depthwise, depthwiseByInput),
  asCode(depthwiseBackpropFilter, WORK.depthwise, depthwiseByFilter),
  asCode(maxPoolGrad, WORK.pooling),
  asCode(maxPool3dGrad, WORK.pooling),
  maxPoolWithArgmax,
  takeAtMaxima,
  avgPoolTranspose,
  resizeTranspose,
  asCode(batchNorm, WORK.elements),
  asCode(unsortedSegmentSum, WORK.elements),
  einsum,
  asCode(leakyRelu, WORK.elements),
  log1p,
  asCode(sum, WORK.elements),
  asCode(tile, WORK.repeated),
  ...sharingKernels,
];
