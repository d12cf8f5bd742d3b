import type { ImageSet } from './imageSet.ts';
import { imageLength } from './imageSet.ts';
import { permutation, random } from './random.ts';

/** One batch: `images` is `[size, height, width, channels]`. */
export interface Batch {
  readonly images: Float32Array;
  readonly size: number;
  /** Which images of the set these are. */
  readonly indices: Uint32Array;
  /** Present exactly when the set has labels. */
  readonly labels?: Uint8Array;
}

/** Batches of a set by step number: a pure function of `(seed, step)`, so that training resumes exactly where it was. */
export interface Batches {
  readonly size: number;
  /** How many steps read every image once; not whole when the batch size does not divide the count. */
  readonly stepsPerEpoch: number;
  /** The batch of a step, counted from 0. */
  at(step: number): Batch;
}

/**
 * Cuts a set into batches. The images are read in one endless sequence, each epoch in a new order drawn from the seed and the
 * epoch's number; a batch may begin in one epoch and end in the next, so that all have the same size and no image is left out.
 *
 * @throws RangeError when the size is not a positive integer or the set is empty
 */
export function batches(set: ImageSet, options: { readonly size: number; readonly seed: number }): Batches {
  const { size, seed } = options;
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`the batch size must be a positive integer, not ${size}`);
  if (set.count < 1) throw new RangeError('a set without images has no batches');
  const length = imageLength(set);

  // drawing an order costs O(count): the last one is kept, because steps are mostly asked for in sequence
  let drawn: { readonly epoch: number; readonly order: Uint32Array } = { epoch: -1, order: new Uint32Array(0) };
  const orderOf = (epoch: number): Uint32Array => {
    if (drawn.epoch !== epoch) drawn = { epoch, order: permutation(set.count, random(seed, epoch)) };
    return drawn.order;
  };

  return {
    size,
    stepsPerEpoch: set.count / size,
    at(step) {
      const images = new Float32Array(size * length);
      const indices = new Uint32Array(size);
      for (let slot = 0; slot < size; slot++) {
        const position = step * size + slot;
        const index = orderOf(Math.floor(position / set.count))[position % set.count]!;
        indices[slot] = index;
        images.set(set.images.subarray(index * length, (index + 1) * length), slot * length);
      }
      const labels = set.labels;
      return { images, size, indices, ...(labels && { labels: Uint8Array.from(indices, (index) => labels[index]!) }) };
    },
  };
}
