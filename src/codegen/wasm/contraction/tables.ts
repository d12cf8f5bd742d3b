import { forEachIndex } from '../../../ir/values.ts';
import type { ContractionPlan } from './plan.ts';

/** How a load or store of the epilogue finds its row in the tables. */
export interface Pattern {
  /** Whether it differs between units. */
  readonly varies: boolean;
  /** Bytes from a unit's entry to its offsets (one a row where positions are tiled). */
  readonly unit: number;
  /** Bytes from a batch's entry to its offset; null where all batches share it. */
  readonly batch: number | null;
}

/**
 * The constants that a contraction's code reads, as i32. First an entry for each unit: the byte offset of its runs in the table, their
 * number, the offsets of its rows in lhs, and in each pattern of the epilogue; then the runs: lhs, rhs, count; then the batches.
 */
export interface Tables {
  readonly data: readonly number[];
  readonly unitBytes: number;
  /** Bytes from an entry's address to the entry. */
  readonly unitOffset: number;
  readonly batches: number;
  readonly batchBytes: number;
  readonly batchOffset: number;
  /** By place (loads, then stores). */
  readonly patternOf: readonly Pattern[];
}

export function buildTables(plan: ContractionPlan, packed: boolean): Tables {
  const { normalized, units, runs, tiling, summation, form } = plan;
  const rowsOfUnit = tiling.kind === 'along' ? 1 : plan.tileRows;
  const tiled = tiling.kind === 'along' ? tiling.dimension : -1;
  const strideSets = new Map<string, readonly number[]>();
  const keys = normalized.places.map(({ rows }) => {
    const relevant = rows.map((stride, d) => (d === tiled || normalized.rows[d].size === 1 ? 0 : stride));
    const key = relevant.join();
    if (relevant.some((stride) => stride !== 0)) strideSets.set(key, relevant);
    return key;
  });
  const patterns = [...strideSets.keys()];
  const unitWords = 2 + rowsOfUnit * (1 + patterns.length);
  const batchPlaces = normalized.places.map(({ batch }) => batch);
  const batchKeys = [...new Set(batchPlaces.map((strides) => strides.join()))];
  const width = form === 'dot' ? normalized.columns.size : Math.min(plan.tileColumns, normalized.columns.size);
  const data: number[] = [];
  const runWords = runs.reduce((total, list) => total + 3 * list.length, 0);
  const runsAt: number[] = [];
  let at = units.length * unitWords;
  for (const list of runs) {
    runsAt.push(4 * at);
    at += 3 * list.length;
  }
  for (const unit of units) {
    data.push(runsAt[unit.runs], runs[unit.runs].length, ...unit.rows.map(({ lhs }) => 4 * lhs));
    for (const key of patterns) {
      const strides = strideSets.get(key) as readonly number[];
      data.push(...unit.rows.map(({ index }) => 4 * index.reduce((sum, place, d) => sum + place * strides[d], 0)));
    }
  }
  const packedStep = form === 'dot' ? 4 : 4 * width;
  for (const list of runs) for (const run of list) data.push(4 * run.a, packed ? packedStep * run.packed : 4 * run.b, run.count);
  const batches = normalized.batch.reduce((product, { size }) => product * size, 1);
  const perBatch = summation.length * width * plan.panels;
  if (batches > 1) {
    forEachIndex(normalized.batch.map(({ size }) => size), (index, batch) => {
      const along = (strides: readonly number[]) => 4 * strides.reduce((sum, stride, d) => sum + stride * index[d], 0);
      data.push(along(normalized.batch.map(({ lhs }) => lhs)), packed ? 4 * batch * perBatch : along(normalized.batch.map(({ rhs }) => rhs)));
      for (const key of batchKeys) data.push(along(batchPlaces.find((strides) => strides.join() === key) as readonly number[]));
    });
  }
  return {
    data,
    unitBytes: 4 * unitWords,
    unitOffset: 0,
    batches,
    batchBytes: 4 * (2 + batchKeys.length),
    batchOffset: 4 * (units.length * unitWords + runWords),
    patternOf: normalized.places.map((_, k) => ({
      varies: strideSets.has(keys[k]),
      unit: 4 * (2 + rowsOfUnit * (1 + patterns.indexOf(keys[k]))),
      batch: batches > 1 && batchPlaces[k].some((stride) => stride !== 0) ? 4 * (2 + batchKeys.indexOf(batchPlaces[k].join())) : null,
    })),
  };
}
