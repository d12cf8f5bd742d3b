import { invariant } from '../../../support/invariant.ts';

/**
 * How a tile of the result is computed.
 * - `outer`: rows of lhs by vectors of columns of rhs, a sum of outer products.
 * - `dot`: few columns: rows of lhs by columns of rhs, vectors along what is summed over.
 * - `transposed`: few columns: vectors of rows of lhs by single columns.
 */
export type Form = 'outer' | 'dot' | 'transposed';

/** A tile: its form, and how many rows and columns of the result it has. */
export interface Tile {
  readonly form: Form;
  readonly rows: number;
  readonly columns: number;
}

type Rates = Readonly<Record<number, Readonly<Record<number, number>>>>;

/**
 * Measured GFLOPS of each tile with its operands in the first-level cache: multiply and add in Node 20 (V8 11.3) on one core of a
 * Zen 3 at 3.4 GHz, by `bench/contractionRates.ts --tiles`. Their ratios choose tiles; only these matter. By rows, then by columns (of
 * `transposed` tiles by columns, then by rows).
 */
const RATES: Readonly<Record<Form, Rates>> = {
  outer: {
    1: { 1: 4, 2: 8, 3: 12, 4: 19, 8: 31, 12: 37, 16: 40 },
    2: { 1: 7, 2: 14, 3: 20, 4: 31, 8: 42, 12: 45, 16: 45 },
    3: { 1: 8, 2: 16, 3: 23, 4: 38, 8: 44, 12: 37, 16: 41 },
    4: { 1: 10, 2: 19, 3: 27, 4: 41, 8: 45, 12: 41, 16: 36 },
  },
  dot: { 1: { 1: 11, 2: 16, 3: 20 }, 2: { 1: 19, 2: 25, 3: 26 }, 3: { 1: 25, 2: 30, 3: 30 }, 4: { 1: 27, 2: 33, 3: 31 } },
  transposed: { 1: { 4: 18, 8: 28, 12: 34 }, 2: { 4: 30, 8: 40, 12: 40 }, 3: { 4: 37, 8: 43, 12: 34 } },
};

/** GFLOPS that a tile reaches, counting what of it lies beyond the result. */
export function tileRate({ form, rows, columns }: Tile): number {
  const rate = form === 'transposed' ? RATES.transposed[columns]?.[rows] : RATES[form][rows]?.[columns];
  invariant(rate !== undefined, `no rate of a tile of ${rows} by ${columns}`);
  return rate;
}
