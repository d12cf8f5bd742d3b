import * as tf from '@tensorflow/tfjs';
import { findKernel } from './replaceKernels.ts';

/**
 * Kernels under names of this project, which gradient rules prefer where a backend has them (wasm, `installGradients`): tfjs has none that do the same,
 * or its own are wrong.
 */
export const OWN_KERNELS = {
  /** (dy; filterSize, strides, pad, inputShape) */
  avgPoolTranspose: 'AvgPoolTranspose',
  /** (dy; interpolation, alignCorners, halfPixelCenters, inputShape) */
  resizeTranspose: 'ResizeTranspose',
  /** (values, x; filterSize, strides, pad): for each window the value where x has its first maximum. */
  takeAtMaxima: 'TakeAtMaxima',
} as const;

/** Whether the current backend has such a kernel. */
export function hasOwnKernel(name: keyof typeof OWN_KERNELS): boolean {
  return findKernel(OWN_KERNELS[name], tf.getBackend()) !== undefined;
}
