import { describe, expect, it } from 'vitest';
import { forEachIndex, sizeOf, stridesOf } from '../ir/values.ts';
import { commonRefinement, delinearize, refinedCoordinates, type Affine } from './affine.ts';
import { lists } from './testing/smallKernels.ts';

const at = ({ offset, coefficients }: Affine, index: readonly number[]) => coefficients.reduce((sum, coefficient, d) => sum + coefficient * index[d], offset);
const SMALL = [[], ...[1, 2].flatMap((rank) => lists(rank, [1, 2, 3, 4])), ...lists(3, [1, 2, 3])];

describe('affine maps between shapes', () => {
  it('delinearize gives the coordinates of every place, or null', () => {
    let found = 0;
    for (const shape of SMALL) for (const space of SMALL.filter(({ length }) => length <= 2)) {
      const strides = stridesOf(shape);
      for (const coefficients of lists(space.length, [0, 1, 2, 3, 4, 6])) for (const offset of [0, 1, 5]) {
        // a place is one of the tensor
        if (offset + coefficients.reduce((sum, coefficient, d) => sum + coefficient * (space[d] - 1), 0) >= sizeOf(shape)) continue;
        const coordinates = delinearize({ offset, coefficients }, shape, space);
        if (coordinates === null) continue;
        found += 1;
        forEachIndex(space, (index) => {
          const own = coordinates.map((coordinate) => at(coordinate, index));
          const right = own.every((value, d) => value >= 0 && value < shape[d]) && own.reduce((sum, value, d) => sum + value * strides[d], 0) === at({ offset, coefficients }, index);
          if (!right) expect.fail(`place ${offset} + [${coefficients.join()}] over [${space.join()}] in [${shape.join()}] is not [${own.join()}] at [${index.join()}]`);
        });
      }
    }
    expect(found).toBeGreaterThan(2_000);
  });

  it('commonRefinement refines each shape, and refinedCoordinates walks through it', () => {
    let found = 0;
    for (const a of SMALL) for (const b of SMALL) {
      if (sizeOf(a) !== sizeOf(b)) continue;
      const refinement = commonRefinement([a, b]);
      if (refinement === null) continue;
      found += 1;
      expect(sizeOf(refinement)).toBe(sizeOf(a));
      for (const shape of [a, b]) {
        const coordinates = refinedCoordinates(shape, refinement, refinement.length, refinement.map((_, i) => i));
        const strides = stridesOf(shape);
        forEachIndex(refinement, (index, place) => {
          const own = coordinates.map((coordinate) => at(coordinate, index));
          if (own.reduce((sum, value, d) => sum + value * strides[d], 0) !== place || own.some((value, d) => value < 0 || value >= shape[d])) expect.fail(`[${shape.join()}] in [${refinement.join()}] at ${place}: [${own.join()}]`);
        });
      }
    }
    expect(found).toBeGreaterThan(200);
  });
});
