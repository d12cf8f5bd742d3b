/** Images of one size, `count × height × width × channels`. */
export interface ImageStack {
  readonly images: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Burt and Adelson's 5-tap binomial filter; its outer product, divided by 256, is TF-GAN's `_GAUSSIAN_FILTER`. */
const TAPS = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16] as const;

/**
 * The Laplacian pyramid of Burt and Adelson (1983) as TF-GAN's `laplacian_pyramid` computes it: level k is what the image
 * loses when it is halved once more; the last level is the image halved `levels - 1` times. Borders are mirrored without
 * repeating the edge (TensorFlow's `REFLECT`).
 *
 * @param levels every level but the last must have an even height and width
 * @returns `levels` stacks, from the highest to the lowest resolution; the input is not changed
 */
export function laplacianPyramid(stack: ImageStack, levels: number): readonly ImageStack[] {
  const pyramid: ImageStack[] = [];
  let current = stack;
  for (let level = 1; level < levels; level++) {
    const smaller = halved(current);
    const predicted = doubled(smaller);
    pyramid.push({ ...current, images: current.images.map((value, index) => value - predicted.images[index]!) });
    current = smaller;
  }
  return [...pyramid, current];
}

/** `cv2.pyrDown`: blurred, then every second row and column. */
function halved(stack: ImageStack): ImageStack {
  const blurred = blur(stack, 1).images;
  const { count, channels } = stack;
  const [height, width] = [stack.height >> 1, stack.width >> 1];
  const images = new Float32Array(count * height * width * channels);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = ((image * stack.height + 2 * y) * stack.width + 2 * x) * channels;
        for (let channel = 0; channel < channels; channel++) images[at++] = blurred[from + channel]!;
      }
    }
  }
  return { images, count, height, width, channels };
}

/** `cv2.pyrUp`: zeros between rows and columns, then blurred with four times the weight. */
function doubled(stack: ImageStack): ImageStack {
  const { count, channels } = stack;
  const [height, width] = [2 * stack.height, 2 * stack.width];
  const images = new Float32Array(count * height * width * channels);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < stack.height; y++) {
      for (let x = 0; x < stack.width; x++) {
        const to = ((image * height + 2 * y) * width + 2 * x) * channels;
        for (let channel = 0; channel < channels; channel++) images[to + channel] = stack.images[at++]!;
      }
    }
  }
  return blur({ images, count, height, width, channels }, 4);
}

function blur(stack: ImageStack, gain: number): ImageStack {
  const { images, count, height, width, channels } = stack;
  const across = new Float32Array(images.length);
  const both = new Float32Array(images.length);
  // the filter is separable: first along rows, then along columns
  along(images, across, { outer: count * height, length: width, inner: channels, gain: 1 });
  along(across, both, { outer: count, length: height, inner: width * channels, gain });
  return { ...stack, images: both };
}

/** Filters the middle axis of an `outer × length × inner` array. */
function along(from: Float32Array, to: Float32Array, axis: { readonly outer: number; readonly length: number; readonly inner: number; readonly gain: number }): void {
  const { outer, length, inner, gain } = axis;
  for (let block = 0; block < outer; block++) {
    for (let position = 0; position < length; position++) {
      const target = (block * length + position) * inner;
      for (let tap = 0; tap < TAPS.length; tap++) {
        const weight = gain * TAPS[tap]!;
        const source = (block * length + mirrored(position + tap - 2, length)) * inner;
        for (let index = 0; index < inner; index++) to[target + index]! += weight * from[source + index]!;
      }
    }
  }
}

function mirrored(position: number, length: number): number {
  const inside = position < 0 ? -position : position;
  return inside < length ? inside : 2 * (length - 1) - inside;
}
