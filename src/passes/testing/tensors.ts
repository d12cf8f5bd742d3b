import { arrayValue, sizeOf, type ArrayValue, type Value } from '../../ir/values.ts';

/** Numbers in (−1, 1) that depend on the seed only (a 32-bit mixing function). */
export function noise(seed: number): (index: number) => number {
  return (index) => {
    let x = Math.imul(seed * 7919 + index + 1, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1;
  };
}

/** A tensor of distinct-looking numbers in [low, high]. */
export function randomTensor(shape: readonly number[], seed: number, low = -1, high = 1): ArrayValue {
  const at = noise(seed);
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => low + ((at(i) + 1) / 2) * (high - low));
  return arrayValue(shape, data);
}

export function dataOf(value: Value | undefined): Float64Array {
  if (value?.kind !== 'array') throw new Error('not a tensor');
  return value.data;
}

/** |a − b| relative to the larger, or absolutely where both are small; infinite where one is NaN or infinite and the other is not the same. */
export function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
  return Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
}
