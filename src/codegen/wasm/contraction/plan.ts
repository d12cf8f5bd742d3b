import type { ContractionKernel } from '../../../schedule/types.ts';
import { forEachIndex } from '../../../ir/values.ts';
import { invariant } from '../../../support/invariant.ts';
import { tapsAt } from '../../../schedule/contractions.ts';
import { normalize, type Normalized } from './normalize.ts';
import { gcd, planSummation, type Run, type Summation } from './runs.ts';
import { tileRate, type Form, type Tile } from './tileRates.ts';

/** Where the rows of a tile lie. */
export type Tiling =
  /** At one position, equally far apart along a plain dimension of rows (of which this is the index). */
  | { readonly kind: 'along'; readonly dimension: number }
  /** At positions that meet the same taps, each with a place of its own. */
  | { readonly kind: 'positions' };

/** Rows that are computed from the same runs: an index into all other row dimensions, or one for each row of the tile. */
export interface Unit {
  readonly runs: number;
  readonly rows: readonly RowPlace[];
}

export interface RowPlace {
  /** In lhs, of the first product of the first run. */
  readonly lhs: number;
  /** One for each row dimension, 0 for the tiled one. */
  readonly index: readonly number[];
}

export interface ContractionPlan {
  readonly normalized: Normalized;
  readonly summation: Summation;
  readonly form: Form;
  readonly tiling: Tiling;
  /** Rows and columns of a tile; for `outer` columns are a multiple of 4, or all there are. */
  readonly tileRows: number;
  readonly tileColumns: number;
  /** Distinct lists of runs. */
  readonly runs: readonly (readonly (Run & { readonly packed: number })[])[];
  readonly units: readonly Unit[];
  /** Tiles along the tiled dimension (1 where positions are tiled). */
  readonly groups: number;
  readonly panels: number;
  /** Whether rhs is laid out in panels first. */
  readonly packs: boolean;
  /** The sum in blocks: a contracted dimension that is looped over outside of all tiles, for the cache's sake; the result is added up in memory. */
  readonly blocks: Blocks | null;
}

export interface Blocks {
  readonly count: number;
  readonly lhs: number;
  readonly rhs: number;
}

/** Bytes of operands that one block may touch: more than the first-level cache, since blocks cost a round through memory (measured: 40, 80, 160 KiB give 44, 45, 42 GFLOPS). */
const BLOCK_BYTES = 80 * 1024;

/** @param forced a tile to take in place of the one that promises most: for measuring them */
export function planContraction(kernel: ContractionKernel, forced?: Tile): ContractionPlan {
  const whole = normalize(kernel);
  const { tile, tiling } = chooseTile(whole, forced);
  const { form } = tile;
  const blocks = form === 'dot' ? null : planBlocks(whole, tiling);
  const normalized = blocks === null ? whole : blocks.inside;
  const summation = planSummation(normalized);
  const { rows: tileRows, columns: tileColumns } = orientation(tile);
  const { runs, units } = planUnits(normalized, summation, tiling, tileRows);
  const groups = tiling.kind === 'along' ? Math.ceil(normalized.rows[tiling.dimension].size / tile.rows) : 1;
  const panels = form === 'outer' ? Math.max(1, Math.ceil(whole.columns.size / tileColumns)) : 1;
  const packs = form === 'dot' || (form === 'outer' && blocks === null && packsRhs(normalized, summation, groups * units.length));
  return { normalized, summation, form, tiling, tileRows, tileColumns, runs, units, groups, panels, packs, blocks: blocks?.blocks ?? null };
}

/** A tile as its code sees it: single numbers of `tileRows` by vectors of `tileColumns`. Transposed ones are columns by rows. */
function orientation({ form, rows, columns }: Tile): { readonly rows: number; readonly columns: number } {
  return form === 'transposed' ? { rows: columns, columns: rows } : { rows, columns };
}

function plainRows({ rows }: Normalized): readonly { readonly index: number; readonly size: number; readonly lhs: number }[] {
  return rows.flatMap(({ size, lhs, window }, index) => (window === null ? [{ index, size, lhs }] : []));
}

/** The tiles among which `planContraction` chooses for a kernel. */
export function tileChoices(kernel: ContractionKernel): readonly Tile[] {
  return candidates(normalize(kernel)).map(({ tile }) => tile);
}

interface Choice {
  readonly tile: Tile;
  readonly tiling: Tiling;
}

/** The tile whose whole work, what lies beyond the result's edges included, takes the least time by the measured rates. */
function chooseTile(normalized: Normalized, forced: Tile | undefined): Choice {
  const choices = candidates(normalized).filter(({ tile }) => forced === undefined || (tile.form === forced.form && tile.rows === forced.rows && tile.columns === forced.columns));
  invariant(choices.length > 0, 'no tile fits a contraction');
  const rows = normalized.rows.reduce((product, { size }) => product * size, 1);
  const cost = ({ tile, tiling }: Choice): number => {
    const along = tiling.kind === 'along' ? normalized.rows[tiling.dimension].size : rows;
    const computed = Math.ceil(along / tile.rows) * tile.rows * (rows / along) * Math.ceil(normalized.columns.size / tile.columns) * tile.columns;
    return computed / tileRate(tile);
  };
  return choices.reduce((best, choice) => (cost(choice) < cost(best) ? choice : best));
}

function candidates(normalized: Normalized): readonly Choice[] {
  const { columns } = normalized;
  const tiling = chooseTiling(normalized);
  const most = tiling.kind === 'along' ? normalized.rows[tiling.dimension].size : 4;
  const rows = [1, 2, 3, 4].filter((count) => count <= most && (tiling.kind === 'along' || count === 4));
  const of = (form: Form, sizes: readonly number[]): readonly Choice[] => rows.flatMap((count) => sizes.map((size) => ({ tile: { form, rows: count, columns: size }, tiling })));
  if (columns.size >= 4) return of('outer', [4, 8, 12, 16].filter((size) => size <= columns.size));
  const { a, packed, length } = planSummation(normalized);
  const vector = plainRows(normalized).find(({ lhs, size }) => lhs === 1 && size >= 4);
  return [
    ...of('outer', [columns.size]),
    // a run must lie without gaps in packed rhs, too: between dilated elements it does not
    ...(a === 1 && packed === 1 && length >= 8 ? of('dot', [columns.size]) : []),
    ...(vector === undefined ? [] : [4, 8, 12].filter((size) => size <= vector.size).map((size): Choice => ({ tile: { form: 'transposed', rows: size, columns: columns.size }, tiling: { kind: 'along', dimension: vector.index } }))),
  ];
}

/** Rows of one tile along a plain dimension where one is long enough; else positions. */
function chooseTiling(normalized: Normalized): Tiling {
  const plain = plainRows(normalized);
  const positions = normalized.rows.reduce((product, { size }) => product * size, 1);
  // a multiple of 4 leaves no rest; neighbours in memory share cache lines
  const best = [...plain].sort((x, y) => Number(y.size >= 4) - Number(x.size >= 4) || Math.abs(x.lhs) - Math.abs(y.lhs))[0];
  if (best === undefined) return { kind: 'positions' };
  if (best.size >= 4 || best.size === positions) return { kind: 'along', dimension: best.index };
  return best.size === 3 && best.lhs === 1 ? { kind: 'along', dimension: best.index } : { kind: 'positions' };
}

/** Blocks over the contracted dimension with the largest steps, where tiles go along lhs's memory and sums are long: weight gradients. */
function planBlocks(normalized: Normalized, tiling: Tiling): { readonly inside: Normalized; readonly blocks: Blocks } | null {
  const { contracted, rows } = normalized;
  const windows = rows.flatMap(({ window }) => (window === null ? [] : [window]));
  if (tiling.kind !== 'along' || windows.length === 0 || contracted.length === 0 || normalized.columns.rhs !== 1) return null;
  const index = contracted.reduce((most, dim, i) => (Math.abs(dim.lhs) > Math.abs(contracted[most].lhs) ? i : most), 0);
  const dim = contracted[index];
  const { length } = planSummation(normalized);
  const others = length / dim.size;
  // rows of images that are read in order, not channels
  if (dim.size < 2 || Math.abs(dim.lhs) < 64 || length < 256 || others < 8) return null;
  const bytes = 4 * (Math.abs(dim.lhs) + Math.abs(dim.rhs));
  const each = [...Array(dim.size).keys()].map((i) => i + 1).filter((n) => dim.size % n === 0 && (n === 1 || n * bytes <= BLOCK_BYTES)).at(-1) ?? 1;
  if (each === dim.size) return null;
  const inside = contracted.flatMap((other, i) => (i === index ? (each === 1 ? [] : [{ ...dim, size: each }]) : [other]));
  return { inside: { ...normalized, contracted: inside }, blocks: { count: dim.size / each, lhs: each * dim.lhs, rhs: each * dim.rhs } };
}

/** Whether rhs is worth packing: its columns are no neighbours in memory, or it is read often and would keep falling out of the cache. */
function packsRhs({ columns, batch }: Normalized, summation: Summation, tiles: number): boolean {
  // vectors reach beyond fewer than four columns: into the slack of the packed copy
  if (columns.size < 4) return true;
  if (columns.rhs !== 1) return true;
  if (summation.length <= 16 || tiles * Math.max(1, batch.length) <= 4) return false;
  const stride = Math.abs(summation.b) * 4;
  // rows of rhs that fall into the same sets of a cache of 64 sets by 8 ways of 64 bytes push each other out
  const sets = 64 / gcd(64, Math.max(1, Math.floor(stride / 64)));
  const rows = summation.length;
  return rows > sets * 6 || rows > 192;
}

/** Positions grouped by the runs that they need. */
function planUnits(normalized: Normalized, summation: Summation, tiling: Tiling, tileRows: number): Pick<ContractionPlan, 'runs' | 'units'> {
  const others = normalized.rows.map((dim, index) => ({ ...dim, index })).filter(({ index }) => tiling.kind === 'positions' || index !== tiling.dimension);
  const windows = others.flatMap(({ window }) => (window === null ? [] : [window]));
  const classes = windows.map(classifyPositions);
  const runs: (readonly (Run & { readonly packed: number })[])[] = [];
  const lists = new Map<string, { readonly place: number; readonly start: number }>();
  const dims = others.map(({ index: d }) => d);
  const rowPlaces: { readonly list: number; readonly row: RowPlace }[] = [];
  forEachIndex(others.map(({ size }) => size), (index) => {
    const positions = others.flatMap(({ window }, i) => (window === null ? [] : [index[i]]));
    const key = positions.map((position, w) => classes[w][position].key).join();
    // where the windows' first elements lie; runs count from there
    const start = positions.reduce((total, position, w) => total + classes[w][position].first * windows[w].lhs, 0);
    const plain = others.reduce((total, { window, lhs }, i) => total + (window === null ? index[i] * lhs : 0), 0);
    let found = lists.get(key);
    if (found === undefined) {
      found = { place: runs.push(summation.runsAt(positions).map((run) => ({ ...run, a: run.a - start }))) - 1, start };
      lists.set(key, found);
    }
    rowPlaces.push({ list: found.place, row: { lhs: start + plain, index: fullIndex(normalized, dims, index) } });
  });
  if (tiling.kind === 'along') return { runs, units: rowPlaces.map(({ list, row }) => ({ runs: list, rows: [row] })) };
  const units: Unit[] = [];
  const byList = runs.map((): RowPlace[] => []);
  for (const { list, row } of rowPlaces) byList[list].push(row);
  for (let list = 0; list < runs.length; list++) {
    const members = byList[list];
    for (let start = 0; start < members.length; start += tileRows) {
      // the last tile repeats its last row: the same value is written twice
      units.push({ runs: list, rows: Array.from({ length: tileRows }, (_, r) => members[Math.min(start + r, members.length - 1)]) });
    }
  }
  return { runs, units };
}

interface PositionClass {
  /** Equal for positions at which the same taps meet elements, equally far from the first. */
  readonly key: number;
  /** The input's element under the first of them. */
  readonly first: number;
}

function classifyPositions(window: NonNullable<Normalized['rows'][number]['window']>): readonly PositionClass[] {
  const keys = new Map<string, number>();
  return Array.from({ length: window.size }, (_, position) => {
    const valid = tapsAt(window, position);
    const first = valid[0]?.[1] ?? 0;
    const pattern = valid.map(([tap, at]) => `${tap}:${at - first}`).join();
    const key = keys.get(pattern) ?? keys.size;
    keys.set(pattern, key);
    return { key, first };
  });
}

/** An index over all row dimensions, 0 for the tiled one. */
function fullIndex({ rows }: Normalized, dims: readonly number[], index: readonly number[]): readonly number[] {
  return rows.map((_, d) => (dims.includes(d) ? index[dims.indexOf(d)] : 0));
}

/** How a contraction is computed, for readers: `outer 2×16, packed`. */
export function describePlan({ form, tiling, tileRows, tileColumns, packs, blocks }: ContractionPlan): string {
  const tile = form === 'transposed' ? `${tileColumns}×${tileRows}` : `${tileRows}×${tileColumns}`;
  return [`${form} ${tile}${tiling.kind === 'positions' ? ' at positions' : ''}`, ...(packs ? ['packed'] : []), ...(blocks === null ? [] : [`in ${blocks.count} blocks`])].join(', ');
}
