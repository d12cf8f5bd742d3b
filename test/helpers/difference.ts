/** Why two lists of numbers differ by more than the relative tolerance, or null; `floor` is absolute, and relative to the largest entry where that is above 1. */
export function difference(actual: ArrayLike<number>, expected: readonly number[], tolerance: number, floor: number): string | null {
  if (actual.length !== expected.length) return `${actual.length} values instead of ${expected.length}`;
  const largest = expected.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  for (let i = 0; i < expected.length; i += 1) {
    const [a, e] = [actual[i], expected[i]];
    const same = Object.is(a, e) || a === e || (Number.isNaN(a) && Number.isNaN(e)) || Math.abs(a - e) <= Math.max(tolerance * Math.abs(e), floor * Math.max(largest, 1));
    if (!same) return `[${i}] is ${a} instead of ${e}`;
  }
  return null;
}
