/** How far `got` is from the exact `expected`, in units of the last place of float32 there; Infinity where one is NaN and the other not. */
export function ulpError(got: number, expected: number): number {
  if (Object.is(got, expected)) return 0;
  const rounded = Math.fround(expected);
  if (Number.isNaN(got) || Number.isNaN(rounded) || !Number.isFinite(got) || !Number.isFinite(rounded)) return Object.is(got, rounded) ? 0 : Infinity;
  if (rounded === 0 && got === 0) return Object.is(got, rounded) ? 0 : Infinity;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(rounded) || 1e-45)));
  return Math.abs(got - expected) / 2 ** (exponent - 23);
}
