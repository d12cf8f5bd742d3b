import { stridesOf } from '../ir/values.ts';

/** offset + Σ coefficients[d]·index[d] over the dimensions of a kernel's index space. */
export interface Affine {
  readonly offset: number;
  readonly coefficients: readonly number[];
}

export function constantAffine(rank: number, offset: number): Affine {
  return { offset, coefficients: new Array<number>(rank).fill(0) };
}

export function addAffine(a: Affine, b: Affine): Affine {
  return { offset: a.offset + b.offset, coefficients: a.coefficients.map((coefficient, d) => coefficient + b.coefficients[d]) };
}

/** a·factor + offset */
export function scaleAffine(a: Affine, factor: number, offset = 0): Affine {
  return { offset: a.offset * factor + offset, coefficients: a.coefficients.map((coefficient) => (coefficient === 0 ? 0 : coefficient * factor)) };
}

/** Σ strides[i]·coordinates[i] */
export function dotAffine(rank: number, coordinates: readonly Affine[], strides: readonly number[]): Affine {
  return coordinates.reduce((sum, coordinate, i) => addAffine(sum, scaleAffine(coordinate, strides[i])), constantAffine(rank, 0));
}

/** The coordinates of a kernel that runs over a tensor's own shape. */
export function identityCoordinates(shape: readonly number[]): readonly Affine[] {
  return shape.map((_, axis) => unitAffine(shape.length, axis));
}

/** index[dimension] */
export function unitAffine(rank: number, dimension: number): Affine {
  return { offset: 0, coefficients: Array.from({ length: rank }, (_, d) => Number(d === dimension)) };
}

/**
 * The coordinates in a row-major tensor of `shape` of the element at a place that runs over `space`: null where they are no affine
 * functions of the index, as when a dimension of the space crosses one of the shape.
 */
export function delinearize(place: Affine, shape: readonly number[], space: readonly number[]): readonly Affine[] | null {
  const strides = stridesOf(shape);
  const coordinates = shape.map(() => ({ offset: 0, coefficients: new Array<number>(space.length).fill(0) }));
  let rest = place.offset;
  if (rest < 0) return null;
  shape.forEach((_, d) => {
    coordinates[d].offset = Math.floor(rest / strides[d]);
    rest -= coordinates[d].offset * strides[d];
  });
  for (let s = 0; s < space.length; s++) {
    const coefficient = place.coefficients[s];
    if (coefficient === 0 || space[s] <= 1) continue;
    if (coefficient < 0) return null;
    // the outermost dimension whose stride divides it: the size of the dimension decides whether it stays inside
    const d = shape.findIndex((size, i) => size > 1 && coefficient % strides[i] === 0);
    if (d < 0) return null;
    coordinates[d].coefficients[s] = coefficient / strides[d];
  }
  const inside = coordinates.every(({ offset, coefficients }, d) => offset + coefficients.reduce((sum, coefficient, s) => sum + coefficient * Math.max(0, space[s] - 1), 0) < Math.max(1, shape[d]));
  return inside ? coordinates : null;
}

/**
 * The coarsest shape in which every dimension of each of these shapes (of equal size) is one dimension or several adjacent ones:
 * [6, 4] and [3, 8] have [3, 2, 4]. Null where there is none, or something is empty.
 */
export function commonRefinement(shapes: readonly (readonly number[])[]): readonly number[] | null {
  const boundaries = new Set<number>([1]);
  for (const shape of shapes) {
    let product = 1;
    for (const size of [...shape].reverse()) boundaries.add((product *= size));
  }
  const sorted = [...boundaries].sort((a, b) => a - b);
  if (sorted[0] === 0) return null;
  const sizes: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] % sorted[i - 1] !== 0) return null;
    sizes.unshift(sorted[i] / sorted[i - 1]);
  }
  return sizes;
}

/** A shape's coordinates over a refinement of it that stands at `first` in a space of `rank` dimensions. */
export function refinedCoordinates(shape: readonly number[], refinement: readonly number[], rank: number, places: readonly number[]): readonly Affine[] {
  const coordinates: Affine[] = [];
  let end = refinement.length;
  for (const size of [...shape].reverse()) {
    const coefficients = new Array<number>(rank).fill(0);
    let product = 1;
    while (product < size) {
      end -= 1;
      coefficients[places[end]] = product;
      product *= refinement[end];
    }
    coordinates.unshift({ offset: 0, coefficients });
  }
  return coordinates;
}
