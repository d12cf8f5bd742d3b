/** A dense array in float64, row-major: what the references of the tests compute with. */
export interface Field {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A field of zeros. */
export function zeros(shape: readonly number[]): Field {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** `x` with `f` applied to each element. */
export function map(x: Field, f: (value: number, index: number) => number): Field {
  return { shape: x.shape, data: x.data.map(f) };
}

/** A generator of uniform numbers in [0, 1) that depends on the seed only. */
export function uniform(seed: number): () => number {
  let state = (seed * 2654435761) | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 16777216;
  };
}

/** Random values in [low, high), rounded to float32 so that a tensor holds the very same numbers. */
export function randomField(shape: readonly number[], random: () => number, low = -1, high = 1): Field {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(low + (high - low) * random())) };
}

/** Sums over all positions of a 4-D array: calls f(n, y, x, c) for each. */
export function forEachPixel(shape: readonly number[], f: (n: number, y: number, x: number, c: number) => void): void {
  const [batch, height, width, channels] = shape as readonly [number, number, number, number];
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) f(n, y, x, c);
    }
  }
}

/** Row-major index of (n, y, x, c); −1 outside the image. */
export function indexOf(shape: readonly number[], n: number, y: number, x: number, c: number): number {
  const [, height, width, channels] = shape as readonly [number, number, number, number];
  if (y < 0 || x < 0 || y >= height || x >= width) return -1;
  return ((n * height + y) * width + x) * channels + c;
}
