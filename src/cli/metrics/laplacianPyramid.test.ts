import { describe, expect, it } from 'vitest';
import { random } from '../data/random.ts';
import { laplacianPyramid } from './laplacianPyramid.ts';
import type { ImageStack } from './laplacianPyramid.ts';

type Picture = readonly (readonly number[])[];

const BINOMIAL = [1, 4, 6, 4, 1];

/** One channel blurred by the two-dimensional filter of TF-GAN, written out. */
function blurred(picture: Picture, gain: number): Picture {
  const [height, width] = [picture.length, picture[0]!.length];
  const mirror = (at: number, size: number): number => (at < 0 ? -at : at >= size ? 2 * size - 2 - at : at);
  return picture.map((row, y) => row.map((_, x) => {
    let sum = 0;
    BINOMIAL.forEach((a, i) => BINOMIAL.forEach((b, j) => {
      sum += (gain * a * b / 256) * picture[mirror(y + i - 2, height)]![mirror(x + j - 2, width)]!;
    }));
    return sum;
  }));
}

function down(picture: Picture): Picture {
  return blurred(picture, 1).filter((_, y) => y % 2 === 0).map((row) => row.filter((_, x) => x % 2 === 0));
}

function up(picture: Picture): Picture {
  const sparse = picture.flatMap((row) => [row.flatMap((value) => [value, 0]), row.flatMap(() => [0, 0])]);
  return blurred(sparse, 4);
}

function channelOf(stack: ImageStack, image: number, channel: number): Picture {
  const { height, width, channels } = stack;
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => stack.images[((image * height + y) * width + x) * channels + channel]!));
}

describe('laplacianPyramid', () => {
  const source = random(2);
  const stack: ImageStack = { images: Float32Array.from({ length: 2 * 12 * 8 * 3 }, () => source.normal()), count: 2, height: 12, width: 8, channels: 3 };

  it('is the pyramid of TF-GAN, by a direct computation of every image and channel', () => {
    const pyramid = laplacianPyramid(stack, 3);
    expect(pyramid.map(({ height, width }) => [height, width])).toEqual([[12, 8], [6, 4], [3, 2]]);
    for (const image of [0, 1]) {
      for (const channel of [0, 1, 2]) {
        const full = channelOf(stack, image, channel);
        const half = down(full);
        const quarter = down(half);
        const minus = (a: Picture, b: Picture): Picture => a.map((row, y) => row.map((value, x) => value - b[y]![x]!));
        const expected = [minus(full, up(half)), minus(half, up(quarter)), quarter];
        expected.forEach((picture, level) => {
          channelOf(pyramid[level]!, image, channel).forEach((row, y) => row.forEach((value, x) => expect(value).toBeCloseTo(picture[y]![x]!, 5)));
        });
      }
    }
  });

  it('of one level is the images themselves', () => {
    expect(laplacianPyramid(stack, 1)).toEqual([stack]);
  });
});
