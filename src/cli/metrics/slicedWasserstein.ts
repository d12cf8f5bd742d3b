import { laplacianPyramid } from './laplacianPyramid.ts';
import type { ImageStack } from './laplacianPyramid.ts';
import { cutPatches, imageKeys } from './patches.ts';
import type { Patches } from './patches.ts';
import { normalizePatches } from './normalizePatches.ts';
import { distanceToSorted, projectionMatrix, sortedProjections } from './projections.ts';
import type { Projections } from './projections.ts';

/** The parameters of TF-GAN's `sliced_wasserstein_distance`, with its defaults, and two of this implementation. */
export interface SlicedWassersteinOptions {
  /** The pyramid stops above this resolution, in pixels. Default 16. */
  readonly resolutionMin?: number;
  /** Patches cut from each level of each image. Default 64. */
  readonly patchesPerImage?: number;
  /** The side of a patch, odd. Default 7; smaller where the images are smaller. */
  readonly patchSize?: number;
  /** Random directions; TF-GAN's `random_sampling_count × random_projection_dim`. Default 147. */
  readonly projections?: number;
  /** Added to the variance of each patch before dividing by its square root. Default 0.01; TF-GAN's is 0. */
  readonly varianceFloor?: number;
  /** Decides the places of patches and the directions. Default 1. */
  readonly seed?: number;
}

/** The distance at one level of the pyramid. */
export interface LevelDistance {
  readonly height: number;
  readonly width: number;
  readonly distance: number;
}

/** The distance between two sets, 0 when they are equal. */
export interface SlicedWassersteinDistance {
  /** The mean over the levels: the one number to report. */
  readonly mean: number;
  /** From the highest to the lowest resolution. */
  readonly levels: readonly LevelDistance[];
}

/** A set of real images, made ready to be compared with many others. */
export interface SlicedWasserstein {
  /**
   * TF-GAN's `distance_fake`: to a set of as many images of the same shape, in [-1, 1].
   * @throws RangeError when the number or the shape differs
   */
  distance(fake: ImageStack): SlicedWassersteinDistance;
  /** TF-GAN's `distance_real`: from the real images to themselves with other patches, the least that can be expected. */
  distanceToItself(): SlicedWassersteinDistance;
}

interface Level {
  readonly height: number;
  readonly width: number;
  readonly directions: Projections;
  readonly sorted: readonly Float32Array[];
}

/**
 * Sliced Wasserstein distance between sets of images: Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs" (2018),
 * section 5, by the algorithm of TF-GAN's `tfgan.eval.sliced_wasserstein_distance`. A Laplacian pyramid; at each of its levels
 * 64 patches of 7×7 pixels an image, each normalised by its own mean and standard deviation; their projections on 147 random
 * unit vectors; for each vector the mean absolute difference of the sorted projections; the mean of these. (TF-GAN returns it as
 * it is; the paper's tables show it times 1,000.)
 *
 * It differs from TF-GAN in these points:
 * - Grey images are taken as they are, with patches of 49 numbers; TF-GAN takes three channels only.
 * - The number of levels is TF-GAN's, 1 + ⌊log₂ size⌋ − ⌊log₂ resolutionMin⌋ with the smaller side as size, and at least one:
 *   28×28 has one, the images themselves. It is less where a side cannot be halved, which is an error there.
 * - A patch is divided by √(variance + 0.01). TF-GAN divides by the standard deviation alone, which is 0/0 on the empty background
 *   of a digit, and turns noise that nobody sees into full contrast. On photographs 0.01 (a tenth of the range from 0 to 1)
 *   changes little; `varianceFloor: 0` restores the formula, with 0 for patches without any contrast.
 * - The places of patches are drawn from the seed and the image itself, so the result does not depend on the order of the images
 *   and equal sets have distance 0.
 *
 * As TF-GAN says: the number depends on how many images there are, so compare only figures made with equally many.
 *
 * @param real images in [-1, 1]
 */
export function slicedWasserstein(real: ImageStack, options: SlicedWassersteinOptions = {}): SlicedWasserstein {
  const settings = { resolutionMin: 16, patchesPerImage: 64, patchSize: 7, projections: 147, varianceFloor: 0.01, seed: 1, ...options };
  if (real.count < 1) throw new RangeError('the distance needs at least one image');
  if (settings.patchSize % 2 !== 1) throw new RangeError(`the patch size must be odd, not ${settings.patchSize}`);

  const levelCount = numberOfLevels(real, settings.resolutionMin, settings.patchSize);
  const patchesOf = (stack: ImageStack, salt: number): readonly Patches[] => {
    const keys = imageKeys(stack);
    return laplacianPyramid(stack, levelCount).map((level, index) => {
      const size = Math.min(settings.patchSize, largestOdd(Math.min(level.height, level.width)));
      const patches = cutPatches(level, { size, perImage: settings.patchesPerImage, seed: settings.seed }, keys, 2 * index + salt);
      return normalizePatches(patches, settings.varianceFloor);
    });
  };

  const levels: readonly Level[] = patchesOf(real, 0).map((patches, index) => {
    const directions = projectionMatrix(patches.length, settings.projections, settings.seed, index);
    const scale = 2 ** index;
    return { height: real.height / scale, width: real.width / scale, directions, sorted: [...sortedProjections(patches, directions)] };
  });

  const compare = (stack: ImageStack, salt: number): SlicedWassersteinDistance => {
    const distances = patchesOf(stack, salt).map((patches, index): LevelDistance => {
      const { height, width, directions, sorted } = levels[index]!;
      return { height, width, distance: distanceToSorted(patches, directions, sorted) };
    });
    return { mean: distances.reduce((sum, level) => sum + level.distance, 0) / distances.length, levels: distances };
  };

  return {
    distance(fake) {
      for (const property of ['count', 'height', 'width', 'channels'] as const) {
        if (fake[property] !== real[property]) throw new RangeError(`the sets differ in ${property}: ${real[property]} and ${fake[property]}`);
      }
      return compare(fake, 0);
    },
    distanceToItself: () => compare(real, 1),
  };
}

function numberOfLevels(stack: ImageStack, resolutionMin: number, patchSize: number): number {
  const side = Math.min(stack.height, stack.width);
  const wanted = 1 + Math.floor(Math.log2(side)) - Math.floor(Math.log2(Math.min(resolutionMin, side)));
  const halves = (level: number): boolean => stack.height % 2 ** level === 0 && stack.width % 2 ** level === 0 && side / 2 ** level >= patchSize;
  let levels = 1;
  while (levels < wanted && halves(levels)) levels += 1;
  return levels;
}

function largestOdd(side: number): number {
  return side % 2 === 1 ? side : side - 1;
}
