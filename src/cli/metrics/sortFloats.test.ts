import { expect, it } from 'vitest';
import { random } from '../data/random.ts';
import { sortFloats, sortScratch } from './sortFloats.ts';

it('sorts like the standard sort: signs, zeros, infinities, subnormals, repeated values', () => {
  const source = random(1);
  const scratch = sortScratch(3_000);
  for (const length of [0, 1, 2, 3_000]) {
    const values = Float32Array.from({ length }, () => source.normal() * 10 ** (source.below(80) - 40));
    values.set([Infinity, -Infinity, 0, 1e-45, -1e-45, 1, 1].slice(0, length));
    const expected = [...values].sort((a, b) => a - b);
    sortFloats(values, scratch);
    expect([...values]).toEqual(expected);
  }
});

it('sorts a part of a larger array and leaves the rest alone', () => {
  const values = Float32Array.of(9, 3, 1, 2, 0);
  sortFloats(values.subarray(1, 4), sortScratch(8));
  expect([...values]).toEqual([9, 1, 2, 3, 0]);
});
