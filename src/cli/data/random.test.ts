import { describe, expect, it } from 'vitest';
import { permutation, random } from './random.ts';

function draws<T>(count: number, draw: () => T): readonly T[] {
  return Array.from({ length: count }, draw);
}

describe('random', () => {
  it('repeats for equal words and differs when any word differs', () => {
    const stream = (...[a, b, c]: [number, number, number]): readonly number[] => draws(4, random(a, b, c).bits);
    expect(stream(1, 2, 3)).toEqual(stream(1, 2, 3));
    for (const [a, b, c] of [[2, 2, 3], [1, 3, 3], [1, 2, 4]] as const) expect(stream(a, b, c)).not.toEqual(stream(1, 2, 3));
  });

  it('is uniform in [0, 1)', () => {
    const values = draws(20_000, random(7).uniform);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(0.5, 2);
    for (let bin = 0; bin < 10; bin++) {
      const share = values.filter((value) => Math.floor(value * 10) === bin).length / values.length;
      expect(share).toBeGreaterThan(0.09);
      expect(share).toBeLessThan(0.11);
    }
  });

  it('has normals of mean 0, variance 1 and kurtosis 3', () => {
    const values = draws(40_000, random(11).normal);
    const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
  });

  it('draws integers below a bound, all of them', () => {
    const source = random(3);
    expect(new Set(draws(200, () => source.below(5)))).toEqual(new Set([0, 1, 2, 3, 4]));
  });
});

describe('permutation', () => {
  it('puts each element in each place equally often', () => {
    const source = random(5);
    const places = [0, 0, 0, 0];
    draws(8_000, () => { places[permutation(4, source).indexOf(2)]! += 1; });
    for (const count of places) {
      expect(count).toBeGreaterThan(1_850);
      expect(count).toBeLessThan(2_150);
    }
  });
});
