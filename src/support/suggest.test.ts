import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, suggest } from './suggest.ts';

const terms = ['wasserstein', 'gp', 'mi', 'hinge', 'minimax', 'modified', 'least_squares', 'relativistic', 'cycle', 'acgan', 'identity', 'reconstruction', 'classification'];

describe('suggest', () => {
  it.each([
    ['wassertein', ['wasserstein']],
    ['wasserstien', ['wasserstein']],
    ['gq', ['gp']],
    ['leastSquares', ['least_squares']],
    ['leastsquares', ['least_squares']],
    ['LEAST_SQUARE', ['least_squares']],
    ['wass', ['wasserstein']],
    ['cycle_loss', ['cycle']],
    ['zebra', []],
    ['', []],
  ])('%s', (name, expected) => {
    expect(suggest(name, terms)).toEqual(expected);
  });

  it('puts the closest first and does not offer the name itself', () => {
    expect(suggest('target', ['targets', 'target', 'tagret'])).toEqual(['tagret', 'targets']);
  });
});

describe('editDistance', () => {
  it.each([['', '', 0], ['abc', '', 3], ['abc', 'acb', 1], ['kitten', 'sitting', 3], ['ca', 'abc', 3]])('%s to %s is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('didYouMean', () => {
  it('names one, two or three', () => {
    expect(didYouMean([])).toBeNull();
    expect(didYouMean(['a'])).toBe("did you mean 'a'?");
    expect(didYouMean(['a', 'b'])).toBe("did you mean 'a' or 'b'?");
    expect(didYouMean(['a', 'b', 'c'])).toBe("did you mean 'a', 'b' or 'c'?");
  });
});
