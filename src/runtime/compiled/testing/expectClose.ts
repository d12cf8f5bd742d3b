import { expect } from 'vitest';

const RELATIVE = 5e-5;

/** Equal but for float32's rounding: numbers to 5e-5 of their size or of 1, everything else exactly. */
export function expectClose(actual: unknown, expected: unknown, path = ''): void {
  if (typeof expected === 'number') {
    const off = Math.abs((actual as number) - expected);
    const same = Object.is(actual, expected) || off <= RELATIVE * Math.max(1, Math.abs(expected));
    expect(same, `${path}: ${String(actual)} instead of ${expected}`).toBe(true);
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(actual as object), path).toEqual(Object.keys(expected));
    for (const [key, value] of Object.entries(expected)) expectClose((actual as Record<string, unknown>)[key], value, `${path}/${key}`);
  } else expect(actual, path).toEqual(expected);
}
