import { describe, expect, it } from 'vitest';
import { opaqueType, tensorType } from '../ir/types.ts';
import { isFloat, otherAxes, range, rankOf, shapeOf, staticShape, surelySameShape } from './shapes.ts';

const OPEN = tensorType(['n'], { open: true });

describe('shapes', () => {
  const [fixed, symbolic, any] = [tensorType([2, 3]), tensorType(['n', 3]), opaqueType('any')];

  it('are static, of known rank, or neither', () => {
    expect([fixed, symbolic, OPEN, any].map(staticShape)).toEqual([[2, 3], null, null, null]);
    expect([fixed, symbolic, OPEN, any].map(rankOf)).toEqual([2, 2, null, null]);
    expect(shapeOf(fixed)).toEqual([2, 3]);
    expect(() => shapeOf(symbolic)).toThrow('a static shape is needed here');
    expect([fixed, tensorType([], { dtype: 'i32' }), any].map(isFloat)).toEqual([true, false, false]);
    expect(range(3)).toEqual([0, 1, 2]);
    expect(otherAxes(4, [1, 3])).toEqual([0, 2]);
  });

  it('surely agree where all is known of them', () => {
    expect(surelySameShape(fixed, tensorType([2, 3]))).toBe(true);
    expect(surelySameShape(symbolic, tensorType(['n', 3]))).toBe(true);
    for (const other of [tensorType([2, 4]), tensorType([2]), tensorType([2, 3, 1]), symbolic, any, tensorType([2, 3], { open: true })]) {
      expect(surelySameShape(fixed, other)).toBe(false);
      expect(surelySameShape(other, fixed)).toBe(false);
    }
    expect(surelySameShape(OPEN, OPEN)).toBe(false);
    expect(surelySameShape(any, any)).toBe(false);
  });
});
