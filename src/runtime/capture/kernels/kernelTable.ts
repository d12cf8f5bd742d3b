import { activationKernels } from './activations.ts';
import { contractionKernels } from './contractions.ts';
import { convolutionKernels } from './convolutions.ts';
import { elementwiseKernels } from './elementwise.ts';
import { indexingKernels } from './indexing.ts';
import { normalizationKernels } from './normalization.ts';
import { reductionKernels } from './reductions.ts';
import { refusedKernels } from './refusedKernels.ts';
import type { KernelRule } from './rule.ts';
import { structuralKernels } from './structural.ts';
import { trigonometricKernels } from './trigonometry.ts';
import { windowKernels } from './windows.ts';

const TABLE = {
  ...elementwiseKernels,
  ...trigonometricKernels,
  ...activationKernels,
  ...reductionKernels,
  ...structuralKernels,
  ...indexingKernels,
  ...windowKernels,
  ...convolutionKernels,
  ...contractionKernels,
  ...normalizationKernels,
  ...refusedKernels,
};

/** How every kernel of tfjs 4.22 becomes equations, or why it does not. */
export const KERNELS: { readonly [K in keyof typeof TABLE]: KernelRule } = TABLE;
