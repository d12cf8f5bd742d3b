import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { flattenNest, packNest } from './nest.ts';
import { uniforms } from './random.ts';
import { tensorPool, type PoolItem, type PoolOptions } from './tensorPool.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** What comes out when 0, 1, 2, … go in. */
function run(options: PoolOptions, count: number): readonly number[] {
  const draws = uniforms(11, 'pool', 2 * count);
  let [next, items]: [number, readonly PoolItem[]] = [0, []];
  return Array.from({ length: count }, (_, index) => {
    const answer = tensorPool(items, [tf.scalar(index)], options, () => draws[next++]);
    items = answer.items;
    return answer.output[0].dataSync()[0];
  });
}

describe("TF-GAN's tensor_pool", () => {
  it('of size 0 lets everything through, the very tensors', () => {
    const input = [tf.scalar(1)];
    const answer = tensorPool([], input, { size: 0, probability: 1 }, () => 0);
    expect(answer.output).toBe(input);
    expect(answer.items).toEqual([]);
  });

  it('refuses a negative size', () => {
    expect(() => tensorPool([], [tf.scalar(1)], { size: -1, probability: 1 }, () => 0)).toThrow('must not be negative');
  });

  it('lets everything through until it is full', () => {
    expect(run({ size: 5, probability: 1 }, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('of size 1 with probability 1 is a delay of one call; a fraction of the size is cut off', () => {
    expect(run({ size: 1, probability: 1 }, 6)).toEqual([0, 0, 1, 2, 3, 4]);
    expect(run({ size: 1.9, probability: 1 }, 6)).toEqual([0, 0, 1, 2, 3, 4]);
  });

  it('with probability 0 or less shows only inputs', () => {
    expect(run({ size: 3, probability: 0 }, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(run({ size: 3, probability: -1 }, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('exchanges an item at every call, so what it shows is geometrically old, 50 calls on average', () => {
    const count = 6000;
    const ages = run({ size: 50, probability: 1 }, count).map((value, index) => index - value).slice(1000);
    const mean = ages.reduce((sum, age) => sum + age, 0) / ages.length;
    // the standard deviation of one age is about 50, of the mean of 5000 nearly independent ones 0.7
    expect(Math.abs(mean - 50)).toBeLessThan(3.5);
    expect(Math.min(...ages)).toBe(1);
    expect(new Set(ages).size).toBeGreaterThan(150);
  });

  it('answers from the pool as often as the probability says', () => {
    const fresh = run({ size: 10, probability: 0.25 }, 4000).filter((value, index) => value === index).length;
    expect(Math.abs(fresh / 4000 - 0.75)).toBeLessThan(0.03);
  });

  it('keeps what belongs together, in the structure it came in', () => {
    const nest = (value: number) => [tf.scalar(value), [tf.scalar(value + 0.5), [tf.scalar(-value)]]] as const;
    let items: readonly PoolItem[] = [];
    const draws = uniforms(12, 'nest', 40);
    let next = 0;
    for (let i = 0; i < 20; i += 1) {
      const input = nest(i);
      const { items: kept, output } = tensorPool(items, flattenNest(input), { size: 3, probability: 0.7 }, () => draws[next++]);
      items = kept;
      const [a, [b, [c]]] = packNest(input, output);
      expect([b.dataSync()[0], c.dataSync()[0]]).toEqual([a.dataSync()[0] + 0.5, -a.dataSync()[0]]);
    }
  });
});
