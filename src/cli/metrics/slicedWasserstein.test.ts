import { describe, expect, it } from 'vitest';
import { sliceImages } from '../data/imageSet.ts';
import { readMnist } from '../data/mnist.ts';
import { permutation, random } from '../data/random.ts';
import type { ImageStack } from './laplacianPyramid.ts';
import { projectionMatrix } from './projections.ts';
import { slicedWasserstein } from './slicedWasserstein.ts';

function noise(seed: number, shape: Omit<ImageStack, 'images'>): ImageStack {
  const source = random(seed);
  const length = shape.count * shape.height * shape.width * shape.channels;
  return { ...shape, images: Float32Array.from({ length }, () => Math.tanh(source.normal())) };
}

function reordered(stack: ImageStack, order: Uint32Array): ImageStack {
  const length = stack.images.length / stack.count;
  const images = new Float32Array(stack.images.length);
  order.forEach((from, to) => images.set(stack.images.subarray(from * length, (from + 1) * length), to * length));
  return { ...stack, images };
}

describe('slicedWasserstein', () => {
  const digits = readMnist('test');
  const shape = { count: 60, height: 28, width: 28, channels: 1 };
  const real = sliceImages(digits, 0, 60);
  const metric = slicedWasserstein(real, { projections: 30 });

  it('is 0 between equal sets, in whatever order', () => {
    expect(metric.distance(real).mean).toBe(0);
    expect(metric.distance(reordered(real, permutation(60, random(4)))).mean).toBe(0);
  });

  it('does not depend on the order of either set', () => {
    const fake = noise(3, shape);
    const order = permutation(60, random(5));
    expect(metric.distance(reordered(fake, order)).mean).toBe(metric.distance(fake).mean);
    expect(slicedWasserstein(reordered(real, order), { projections: 30 }).distance(fake).mean).toBe(metric.distance(fake).mean);
  });

  it('is symmetric', () => {
    const fake = noise(3, shape);
    expect(slicedWasserstein(fake, { projections: 30 }).distance(real).mean).toBeCloseTo(metric.distance(fake).mean, 12);
  });

  it('puts other digits nearer than noise, and fainter noise in the digits nearer than strong noise', () => {
    const others = sliceImages(digits, 5_000, 5_060);
    const source = random(6);
    const noisy = (amount: number): ImageStack => ({ ...others, images: others.images.map((value) => Math.tanh(value + amount * source.normal())) });
    const distances = [others, noisy(0.3), noisy(1), noise(3, shape)].map((fake) => metric.distance(fake).mean);
    expect([...distances].sort((a, b) => a - b)).toEqual(distances);
    expect(metric.distanceToItself().mean).toBeLessThan(distances[0]!);
    expect(metric.distanceToItself().mean).toBeGreaterThan(0);
  });

  it('equals a direct computation where a patch is the whole image', () => {
    const small = { count: 9, height: 7, width: 7, channels: 3 };
    const [a, b] = [noise(1, small), noise(2, small)];
    const { vectors } = projectionMatrix(147, 5, 8, 0);
    const rows = ({ images }: ImageStack): readonly (readonly number[])[] => Array.from({ length: 9 }, (_, row) => {
      const patch = [...images.subarray(row * 147, (row + 1) * 147)];
      const mean = patch.reduce((sum, value) => sum + value) / 147;
      const deviation = Math.sqrt(patch.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 147);
      return patch.map((value) => (value - mean) / deviation);
    });
    const projected = (stack: ImageStack, direction: number): readonly number[] =>
      rows(stack).map((row) => row.reduce((sum, value, index) => sum + value * vectors[direction * 147 + index]!, 0)).sort((p, q) => p - q);
    let expected = 0;
    for (let direction = 0; direction < 5; direction++) {
      const [p, q] = [projected(a, direction), projected(b, direction)];
      expected += p.reduce((sum, value, index) => sum + Math.abs(value - q[index]!), 0) / 9 / 5;
    }
    const measured = slicedWasserstein(a, { varianceFloor: 0, projections: 5, patchesPerImage: 1, seed: 8 }).distance(b);
    expect(measured.mean).toBeCloseTo(expected, 5);
  });

  it('has the levels of TF-GAN, and fewer where a side cannot be halved', () => {
    const levelsOf = (height: number, width: number, resolutionMin = 16): readonly number[] => {
      const set = noise(1, { count: 2, height, width, channels: 1 });
      return slicedWasserstein(set, { projections: 2, resolutionMin }).distance(set).levels.map((level) => level.width);
    };
    expect(levelsOf(28, 28)).toEqual([28]);
    expect(levelsOf(64, 64)).toEqual([64, 32, 16]);
    expect(levelsOf(28, 28, 8)).toEqual([28, 14]);
    expect(levelsOf(36, 36, 4)).toEqual([36, 18, 9]);
    expect(levelsOf(33, 64)).toEqual([64]);
    expect(levelsOf(4, 6)).toEqual([6]);
  });

  it('treats patches without contrast as equal, not as NaN', () => {
    const black = { ...shape, images: new Float32Array(60 * 784).fill(-1) };
    expect(slicedWasserstein(black, { varianceFloor: 0 }).distance({ ...black, images: black.images.map(() => -0.7) }).mean).toBe(0);
    expect(metric.distance(black).mean).toBeGreaterThan(0);
  });

  it('refuses sets that cannot be compared', () => {
    expect(() => metric.distance(sliceImages(digits, 0, 59))).toThrow(/differ in count: 60 and 59/);
    expect(() => metric.distance(noise(1, { count: 60, height: 28, width: 27, channels: 1 }))).toThrow(/width/);
    expect(() => slicedWasserstein(real, { patchSize: 6 })).toThrow(/odd/);
    expect(() => slicedWasserstein(sliceImages(digits, 0, 0))).toThrow(RangeError);
  });
});
