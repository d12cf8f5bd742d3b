import { readFileSync } from 'node:fs';

/** The format of values recorded from TF-GAN (test/conformance/README.md). */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly data: readonly (number | string)[];
}

export type GoldenOption = readonly number[] | number | boolean | string | null | { readonly tensor: GoldenTensor; readonly placeholder?: boolean };

export interface GoldenCase {
  readonly id: string;
  readonly fn: string;
  readonly args: Readonly<Record<string, GoldenTensor | readonly GoldenTensor[] | readonly GoldenDistribution[]>>;
  readonly options: Readonly<Record<string, GoldenOption>>;
  readonly expect: {
    readonly value?: GoldenTensor;
    readonly grads?: Readonly<Record<string, GoldenTensor | null>>;
    readonly error?: { readonly type: string; readonly message: string };
  };
}

export interface GoldenDistribution {
  readonly dist: 'Categorical' | 'Normal';
  readonly logits?: GoldenTensor;
  readonly loc?: GoldenTensor;
  readonly scale?: GoldenTensor;
}

export function readGolden(name: string): readonly GoldenCase[] {
  const text = readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly cases: readonly GoldenCase[] }).cases;
}

const NON_FINITE: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY };

export function numbersOf({ data }: GoldenTensor): number[] {
  return data.map((value) => (typeof value === 'string' ? NON_FINITE[value] : Number(value)));
}

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
