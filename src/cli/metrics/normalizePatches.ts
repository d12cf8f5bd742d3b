import type { Patches } from './patches.ts';

/**
 * Gives each patch mean 0 and, up to the floor, variance 1: TF-GAN's `_normalize_patches`, `(p − mean) / √(variance + floor)`.
 * A patch without contrast becomes 0. Works in place and returns its argument.
 */
export function normalizePatches(patches: Patches, varianceFloor: number): Patches {
  const { values, rows, length } = patches;
  for (let row = 0; row < rows; row++) {
    const start = row * length;
    let mean = 0;
    for (let index = start; index < start + length; index++) mean += values[index]!;
    mean /= length;
    let variance = 0;
    for (let index = start; index < start + length; index++) variance += (values[index]! - mean) ** 2;
    variance /= length;
    // the mean of equal numbers may miss them by a rounding: what is left is no contrast
    const scale = variance > 1e-12 ? 1 / Math.sqrt(variance + varianceFloor) : 0;
    for (let index = start; index < start + length; index++) values[index] = (values[index]! - mean) * scale;
  }
  return patches;
}
