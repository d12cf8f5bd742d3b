import { readdirSync, readFileSync } from 'node:fs';
import type { Player } from '../../src/dsl/ast.ts';

/** The format of values recorded from PyTorch (README.md). */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface GoldenNetwork {
  readonly heads: readonly { readonly name: string; readonly shape: readonly number[]; readonly of: number | null; readonly bias: boolean }[];
  readonly widths: readonly number[];
  readonly activation: 'tanh' | 'softplus' | 'leaky_relu' | 'linear';
  readonly conditioned: boolean;
  readonly projection: number | null;
  readonly variables: Readonly<Record<string, GoldenTensor>>;
}

export interface GoldenCase {
  readonly id: string;
  readonly spec: string;
  /** How many steps of training are behind. */
  readonly step: number;
  readonly batch: Readonly<Record<string, GoldenTensor | readonly GoldenTensor[]>>;
  /** `generator` and `discriminator`; of a cyclegan `x2y.generator` and so on, whose variables are called `x2y.generator/output.bias`. */
  readonly networks: Readonly<Record<string, GoldenNetwork>>;
  readonly draws: Readonly<Record<string, GoldenTensor>>;
  readonly expect: { readonly [P in Player]: { readonly loss: number; readonly gradients: Readonly<Record<string, GoldenTensor>> } };
}

const folder = new URL('./golden/', import.meta.url);

/** The recorded modules, and the cases of one. */
export const goldenModules = (): readonly string[] => readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
export const goldenCases = (module: string): readonly GoldenCase[] => (JSON.parse(readFileSync(new URL(`${module}.json`, folder), 'utf8')) as { readonly cases: readonly GoldenCase[] }).cases;
