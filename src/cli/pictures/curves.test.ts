import { describe, expect, it } from 'vitest';
import { movingAverage, robustRange, smoothingWindow, thinned } from './curves.ts';

describe('movingAverage', () => {
  it('is centred, and narrower at the ends', () => {
    expect([...movingAverage([1, 2, 6, 8], 3)]).toEqual([1.5, 3, 16 / 3, 7]);
    expect([...movingAverage([1, 2, 6], 1)]).toEqual([1, 2, 6]);
  });

  it('leaves out what is not finite', () => {
    expect([...movingAverage([1, NaN, 3, Infinity], 3)]).toEqual([1, 2, 3, 3]);
    expect([...movingAverage([NaN, NaN, 3], 1)]).toEqual([NaN, NaN, 3]);
  });
});

describe('smoothingWindow', () => {
  it('is odd and grows with the curve', () => {
    expect([0, 10, 80, 1_500].map(smoothingWindow)).toEqual([1, 1, 3, 37]);
  });
});

describe('thinned', () => {
  it('keeps a short curve as it is, with its gaps', () => {
    expect(thinned([3, 4, 5], [1, NaN, 2], 10)).toEqual([[3, 1], [4, NaN], [5, 2]]);
  });

  it('keeps the extremes of each stretch in their order', () => {
    const values = [0, 9, 1, 2, 5, 4, -3, 4];
    expect(thinned(values.map((_, step) => step), values, 2)).toEqual([[0, 0], [1, 9], [4, 5], [6, -3]]);
  });
});

describe('robustRange', () => {
  it('does not follow the outermost values', () => {
    const [low, high] = robustRange([[1e6, ...Array.from({ length: 98 }, (_, index) => index / 97), -1e6]], 0.02);
    expect(low).toBeCloseTo(-0.06, 1);
    expect(high).toBeCloseTo(1.06, 1);
  });

  it('covers every curve', () => {
    const [low, high] = robustRange([[0, 1], [5, 6]], 0.02);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(6);
  });

  it('is never empty', () => {
    for (const curves of [[], [[]], [[NaN]], [[3, 3]], [[0]]]) {
      const [low, high] = robustRange(curves, 0.02);
      expect(high).toBeGreaterThan(low);
    }
  });
});
