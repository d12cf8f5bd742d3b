import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { sampleGrid } from './sampleGrid.ts';

/** The rows of a grey picture. */
function rows(png: Uint8Array): readonly (readonly number[])[] {
  const { data, width, height } = decode(png, { checkCrc: true });
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);
}

describe('sampleGrid', () => {
  it('lays images in rows with white gaps, each pixel a whole square', () => {
    const three = { images: Float32Array.of(-1, 0, 1, -2, 2, -1), count: 3, height: 1, width: 2, channels: 1 };
    const W = 255;
    expect(rows(sampleGrid(three, { columns: 2, scale: 2, gap: 1 }))).toEqual([
      [W, W, W, W, W, W, W, W, W, W, W],
      [W, 0, 0, 128, 128, W, W, W, 0, 0, W],
      [W, 0, 0, 128, 128, W, W, W, 0, 0, W],
      [W, W, W, W, W, W, W, W, W, W, W],
      [W, W, W, 0, 0, W, W, W, W, W, W],
      [W, W, W, 0, 0, W, W, W, W, W, W],
      [W, W, W, W, W, W, W, W, W, W, W],
    ]);
  });

  it('keeps colours', () => {
    const { data, channels } = decode(sampleGrid({ images: Float32Array.of(1, -1, 0.2), count: 1, height: 1, width: 1, channels: 3 }, { scale: 1, gap: 0 }));
    expect([channels, ...data]).toEqual([3, 255, 0, 153]);
  });

  it('chooses a square grid and a scale that people can see', () => {
    const { width, height } = decode(sampleGrid({ images: new Float32Array(64 * 784), count: 64, height: 28, width: 28, channels: 1 }));
    expect([width, height]).toEqual([8 * (28 * 3 + 2) + 2, 8 * (28 * 3 + 2) + 2]);
    expect(decode(sampleGrid({ images: new Float32Array(500 * 500), count: 1, height: 500, width: 500, channels: 1 })).width).toBe(504);
  });

  it('refuses what is no picture', () => {
    expect(() => sampleGrid({ images: new Float32Array(0), count: 0, height: 1, width: 1, channels: 1 })).toThrow(RangeError);
    expect(() => sampleGrid({ images: new Float32Array(2), count: 1, height: 1, width: 1, channels: 2 })).toThrow(RangeError);
  });
});
