import { random } from '../data/random.ts';
import type { ImageStack } from './laplacianPyramid.ts';

/** How patches are cut: `size` is odd. */
export interface PatchOptions {
  readonly size: number;
  readonly perImage: number;
  readonly seed: number;
}

/** Normalised patches, `rows × length`. */
export interface Patches {
  readonly values: Float32Array;
  readonly rows: number;
  readonly length: number;
}

/**
 * Cuts square patches at random places of one level of a pyramid, as TF-GAN's `_batch_to_patches` (whose `randint` never draws
 * the last place of an axis; nor does this).
 *
 * The places are drawn from the seed and the image's own pixels, so the patches of a set do not depend on its order.
 */
export function cutPatches(level: ImageStack, options: PatchOptions, keys: Uint32Array, salt: number): Patches {
  const { images, count, height, width, channels } = level;
  const { size, perImage, seed } = options;
  const length = size * size * channels;
  const rowLength = size * channels;
  const values = new Float32Array(count * perImage * length);
  const [rowsOfPlaces, columnsOfPlaces] = [Math.max(1, height - size), Math.max(1, width - size)];
  let at = 0;
  for (let image = 0; image < count; image++) {
    const source = random(seed, keys[image]!, salt);
    for (let patch = 0; patch < perImage; patch++) {
      const y = source.below(rowsOfPlaces);
      const x = source.below(columnsOfPlaces);
      for (let row = 0; row < size; row++) {
        const from = ((image * height + y + row) * width + x) * channels;
        for (let index = 0; index < rowLength; index++) values[at + index] = images[from + index]!;
        at += rowLength;
      }
    }
  }
  return { values, rows: count * perImage, length };
}

/** A number for each image that depends on nothing but its pixels (FNV-1a over their bits). */
export function imageKeys(stack: ImageStack): Uint32Array {
  const { images, count } = stack;
  const length = images.length / Math.max(1, count);
  const bits = new Uint32Array(images.buffer, images.byteOffset, images.length);
  return Uint32Array.from({ length: count }, (_, image) => {
    let hash = 0x811c9dc5;
    for (let index = image * length; index < (image + 1) * length; index++) hash = Math.imul(hash ^ bits[index]!, 0x01000193);
    // the high bits of a product see all of its input, the low ones do not
    return hash ^ (hash >>> 15);
  });
}
