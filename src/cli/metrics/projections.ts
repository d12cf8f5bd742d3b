import { random } from '../data/random.ts';
import type { Patches } from './patches.ts';
import { sortFloats, sortScratch } from './sortFloats.ts';

/** Unit vectors, `count × length`. */
export interface Projections {
  readonly vectors: Float32Array;
  readonly count: number;
  readonly length: number;
}

/** Directions drawn uniformly from the sphere: normals, divided by their length. */
export function projectionMatrix(length: number, count: number, seed: number, level: number): Projections {
  // a constant apart from the streams that place patches
  const source = random(seed, 0x70726f6a, level);
  const vectors = new Float32Array(count * length);
  for (let row = 0; row < count; row++) {
    const vector = Array.from({ length }, () => source.normal());
    const norm = Math.hypot(...vector);
    vectors.set(vector.map((value) => value / norm), row * length);
  }
  return { vectors, count, length };
}

/** The patches' projections on each direction in turn, sorted. */
export function* sortedProjections(patches: Patches, directions: Projections): Generator<Float32Array> {
  const scratch = sortScratch(patches.rows);
  for (let first = 0; first < directions.count; first += GROUP) {
    const group = projectGroup(patches, directions, first);
    for (const projected of group) {
      sortFloats(projected, scratch);
      yield projected;
    }
  }
}

/**
 * Mean over the directions of the one-dimensional Wasserstein distance, which is the mean absolute difference of sorted values.
 * @param sorted the other side's {@link sortedProjections}, of as many patches
 */
export function distanceToSorted(patches: Patches, directions: Projections, sorted: readonly Float32Array[]): number {
  let total = 0;
  let direction = 0;
  for (const projected of sortedProjections(patches, directions)) {
    total += meanDifference(projected, sorted[direction]!);
    direction += 1;
  }
  return total / direction;
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += Math.abs(a[index]! - b[index]!);
  return sum / a.length;
}

/** Directions that are projected on in one sweep over the patches, so that each number is loaded once for all of them. */
const GROUP = 4;

function projectGroup(patches: Patches, directions: Projections, first: number): readonly Float32Array[] {
  const { values, rows, length } = patches;
  const { vectors, count } = directions;
  const size = Math.min(GROUP, count - first);
  // a group that is not full repeats its last direction and drops the results
  const [v0, v1, v2, v3] = Array.from({ length: GROUP }, (_, k) => (first + Math.min(k, size - 1)) * length) as [number, number, number, number];
  const results = Array.from({ length: GROUP }, () => new Float32Array(rows));
  const [r0, r1, r2, r3] = results as [Float32Array, Float32Array, Float32Array, Float32Array];
  for (let row = 0; row < rows; row++) {
    const start = row * length;
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (let index = 0; index < length; index++) {
      const value = values[start + index]!;
      s0 += value * vectors[v0 + index]!;
      s1 += value * vectors[v1 + index]!;
      s2 += value * vectors[v2 + index]!;
      s3 += value * vectors[v3 + index]!;
    }
    r0[row] = s0;
    r1[row] = s1;
    r2[row] = s2;
    r3[row] = s3;
  }
  return results.slice(0, size);
}
