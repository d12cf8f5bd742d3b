import { describe, expect, it } from 'vitest';
import { batches } from './batches.ts';
import type { ImageSet } from './imageSet.ts';
import { sliceImages } from './imageSet.ts';

/** `count` images of 1×2 pixels, image i holding i and -i. */
function numbered(count: number): ImageSet {
  const images = Float32Array.from({ length: 2 * count }, (_, index) => (index % 2 === 0 ? index >> 1 : -(index >> 1)));
  return { name: 'numbers', images, count, height: 1, width: 2, channels: 1, labels: Uint8Array.from({ length: count }, (_, i) => i), classes: count };
}

function sequence(count: number, size: number, seed: number, steps: number): readonly number[] {
  const source = batches(numbered(count), { size, seed });
  return Array.from({ length: steps }, (_, step) => [...source.at(step).indices]).flat();
}

describe('batches', () => {
  it('reads every image once an epoch, in a new order each', () => {
    const read = sequence(10, 4, 1, 5);
    const [first, second] = [read.slice(0, 10), read.slice(10)];
    const all = Array.from({ length: 10 }, (_, index) => index);
    expect([...first].sort((a, b) => a - b)).toEqual(all);
    expect([...second].sort((a, b) => a - b)).toEqual(all);
    expect(first).not.toEqual(all);
    expect(second).not.toEqual(first);
  });

  it('gives the batch of a step whatever was asked before', () => {
    const set = numbered(7);
    const through = batches(set, { size: 3, seed: 5 });
    const inOrder = Array.from({ length: 12 }, (_, step) => through.at(step));
    const resumed = batches(set, { size: 3, seed: 5 });
    expect(resumed.at(11)).toEqual(inOrder[11]);
    expect(resumed.at(2)).toEqual(inOrder[2]);
  });

  it('depends on the seed', () => {
    expect(sequence(50, 5, 1, 10)).not.toEqual(sequence(50, 5, 2, 10));
    expect(sequence(50, 5, 2, 10)).toEqual(sequence(50, 5, 2, 10));
  });

  it('brings the images and labels of its indices', () => {
    const { images, indices, labels } = batches(numbered(9), { size: 4, seed: 3 }).at(1);
    expect([...images]).toEqual([...indices].flatMap((index) => [index, index === 0 ? -0 : -index]));
    expect([...labels!]).toEqual([...indices]);
  });

  it('fills batches that are larger than the set', () => {
    const read = sequence(3, 8, 1, 3);
    expect(read).toHaveLength(24);
    for (let image = 0; image < 3; image++) expect(read.filter((index) => index === image)).toHaveLength(8);
  });

  it('refuses sizes that are no size, and empty sets', () => {
    expect(() => batches(numbered(3), { size: 0, seed: 1 })).toThrow(RangeError);
    expect(() => batches(numbered(3), { size: 1.5, seed: 1 })).toThrow(RangeError);
    expect(() => batches(numbered(0), { size: 1, seed: 1 })).toThrow(RangeError);
  });
});

describe('sliceImages', () => {
  it('keeps images and labels together and stops at the end', () => {
    const slice = sliceImages(numbered(5), 3, 99);
    expect(slice.count).toBe(2);
    expect([...slice.images]).toEqual([3, -3, 4, -4]);
    expect([...slice.labels!]).toEqual([3, 4]);
  });
});
