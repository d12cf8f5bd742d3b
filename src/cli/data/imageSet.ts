/** Images in memory, ready to be cut into batches. */
export interface ImageSet {
  /** Where they come from, for people: `mnist`, `faces.npy`, `faces/`. */
  readonly name: string;
  /** `count × height × width × channels` values in [-1, 1], in that order (NHWC). */
  readonly images: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 1 (grey) or 3 (red, green, blue). */
  readonly channels: number;
  /** A class number for each image, where the data has them. */
  readonly labels?: Uint8Array;
  /** The number of classes; present exactly when `labels` is. */
  readonly classes?: number;
  /** What was decided while reading, in one sentence, when there was something to decide. */
  readonly note?: string;
}

/** The number of values of one image. */
export function imageLength(set: Pick<ImageSet, 'height' | 'width' | 'channels'>): number {
  return set.height * set.width * set.channels;
}

/**
 * Images `from` (inclusive) to `to` (exclusive), sharing memory with `set`.
 * Bounds beyond the set are moved to its ends, so `sliceImages(set, 0, 2000)` gives at most 2,000.
 */
export function sliceImages(set: ImageSet, from: number, to: number): ImageSet {
  const start = Math.min(Math.max(0, from), set.count);
  const end = Math.min(Math.max(start, to), set.count);
  const length = imageLength(set);
  const images = set.images.subarray(start * length, end * length);
  return { ...set, images, count: end - start, ...(set.labels && { labels: set.labels.subarray(start, end) }) };
}
