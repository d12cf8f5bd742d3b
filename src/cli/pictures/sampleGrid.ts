import { encode } from 'fast-png';

/** Images to lay out: `count × height × width × channels` values in [-1, 1], with 1 or 3 channels. */
export interface GridImages {
  readonly images: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface SampleGridOptions {
  /** Images in a row; by default so many that the grid is about square. */
  readonly columns?: number;
  /** Pixels for each pixel of an image, a whole number; by default so many that the grid is about 800 wide. */
  readonly scale?: number;
  /** White pixels between images and around them. Default 2. */
  readonly gap?: number;
}

const TARGET_WIDTH = 800;
const WHITE = 255;

/**
 * A PNG file of images in rows, from left to right and top to bottom; places left over in the last row stay white.
 * Each pixel becomes a square of whole pixels, so nothing is smoothed. Values beyond [-1, 1] are cut off.
 *
 * @throws RangeError when there is no image, or a number of channels that no picture has
 */
export function sampleGrid(set: GridImages, options: SampleGridOptions = {}): Uint8Array {
  const { images, count, height, width, channels } = set;
  if (count < 1) throw new RangeError('a grid needs at least one image');
  if (channels !== 1 && channels !== 3) throw new RangeError(`a picture has 1 or 3 channels, not ${channels}`);
  const columns = Math.min(count, options.columns ?? Math.ceil(Math.sqrt(count)));
  const rows = Math.ceil(count / columns);
  const scale = options.scale ?? Math.max(1, Math.floor(TARGET_WIDTH / (columns * width)));
  const gap = options.gap ?? 2;
  const total = { width: columns * (width * scale + gap) + gap, height: rows * (height * scale + gap) + gap };

  const data = new Uint8Array(total.width * total.height * channels).fill(WHITE);
  for (let image = 0; image < count; image++) {
    const left = gap + (image % columns) * (width * scale + gap);
    const top = gap + Math.floor(image / columns) * (height * scale + gap);
    for (let y = 0; y < height * scale; y++) {
      const source = (image * height + Math.floor(y / scale)) * width;
      let target = ((top + y) * total.width + left) * channels;
      for (let x = 0; x < width * scale; x++) {
        const pixel = (source + Math.floor(x / scale)) * channels;
        for (let channel = 0; channel < channels; channel++) data[target++] = level(images[pixel + channel]!);
      }
    }
  }
  return encode({ ...total, channels, data });
}

/** -1 … 1 as 0 … 255. */
function level(value: number): number {
  return Math.round(Math.min(255, Math.max(0, (value + 1) * 127.5)));
}
