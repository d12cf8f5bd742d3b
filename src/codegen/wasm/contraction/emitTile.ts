import type { ContractionKernel } from '../../../schedule/types.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { EmitTools } from '../kernelContext.ts';
import { emitEpilogue, type TilePlace } from './epilogue.ts';
import { integers } from './integers.ts';
import { emitDotProducts, emitLaneSum, emitOuterProducts, type Lane, type MicroKernel } from './microKernels.ts';
import type { PackSpec } from './pack.ts';
import type { ContractionPlan } from './plan.ts';
import type { Tables } from './tables.ts';

/** What the code of all tiles of a kernel is made from. */
export interface TileSite {
  readonly kernel: ContractionKernel;
  readonly plan: ContractionPlan;
  readonly pack: PackSpec | null;
  readonly tables: Tables;
  readonly slabs: number;
  readonly perSlab: number;
  readonly tiles: number;
  readonly tileBytes: number;
  readonly relaxedSimd: boolean;
}

/** The locals that a tile finds: addresses of this chunk's operands, and which tile it is. */
export interface TileLocals {
  readonly lhsBase: Local;
  readonly rhsBase: Local;
  readonly column: Local;
  readonly group: Local;
  readonly entry: Local;
  readonly batch: Local | null;
  readonly table: Local;
  readonly block: Local;
  readonly partial: Local;
  readonly accessBases: readonly Local[];
}

/** One tile: its sum over all runs, and its epilogue (after the last block). */
export function emitTile(fn: FunctionBuilder, tools: EmitTools, site: TileSite, locals: TileLocals): void {
  const { plan, tables, relaxedSimd } = site;
  const { form, tiling, normalized, blocks } = plan;
  const { add, accumulate, times } = integers(fn);
  const vectors = form === 'dot' ? plan.normalized.columns.size : Math.max(1, Math.ceil(plan.tileColumns / 4));
  const rows = plan.tileRows;
  const accumulators = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => fn.local('v128', 'c')));
  const first = fn.local('i32', 'first');
  // first = the first row of the tile along the tiled dimension; the last tile overlaps the one before it
  const along = tiling.kind === 'along' ? normalized.rows[tiling.dimension] : null;
  const perTile = form === 'transposed' ? plan.tileColumns : rows;
  if (along !== null) {
    fn.get(locals.group);
    times(perTile);
    fn.i32Const(along.size - perTile);
    fn.get(locals.group);
    fn.i32Const(plan.groups - 1);
    fn.i32LtU();
    fn.select();
    fn.set(first);
  }

  const [run, runs, count] = [fn.local('i32', 'run'), fn.local('i32', 'runs'), fn.local('i32', 'count')];
  const zero = (): void => {
    for (const accumulator of accumulators.flat()) {
      fn.f32x4Const(0);
      fn.set(accumulator);
    }
  };
  const eachPartial = (use: (accumulator: Local, offset: number) => void): void => accumulators.flat().forEach((accumulator, k) => use(accumulator, 16 * k));
  if (blocks === null) zero();
  else {
    fn.get(locals.block);
    fn.if(
      () =>
        eachPartial((accumulator, at) => {
          fn.get(locals.partial);
          fn.v128Load(at);
          fn.set(accumulator);
        }),
      zero,
    );
  }

  // pointers of rows before the run's offset is added
  const rowCount = tiling.kind === 'along' ? 1 : rows;
  const starts = Array.from({ length: rowCount }, (_, r) => {
    const start = fn.local('i32', 'start');
    fn.get(locals.lhsBase);
    fn.get(locals.entry);
    fn.i32Load(tables.unitOffset + 8 + 4 * r);
    fn.i32Add();
    if (along !== null) {
      fn.get(first);
      times(4 * along.lhs);
      fn.i32Add();
    }
    fn.set(start);
    return start;
  });
  const lhsPointers = starts.map(() => fn.local('i32', 'pa'));
  const rhsPointer = fn.local('i32', 'pb');
  const micro = microKernel(plan, site.pack !== null, lhsPointers, rhsPointer, accumulators, count, relaxedSimd);

  fn.get(locals.entry);
  fn.i32Load(tables.unitOffset + 4);
  fn.tee(runs);
  fn.if(() => {
    fn.get(locals.table);
    fn.get(locals.entry);
    fn.i32Load(tables.unitOffset);
    fn.i32Add();
    fn.set(run);
    fn.loop((nextRun) => {
      starts.forEach((start, r) => {
        fn.get(start);
        fn.get(run);
        fn.i32Load();
        fn.i32Add();
        fn.set(lhsPointers[r]);
      });
      fn.get(locals.rhsBase);
      fn.get(run);
      fn.i32Load(4);
      fn.i32Add();
      fn.set(rhsPointer);
      fn.get(run);
      fn.i32Load(8);
      fn.set(count);
      if (form === 'dot') emitDotProducts(fn, micro);
      else emitOuterProducts(fn, micro);
      accumulate(run, () => fn.i32Const(12));
      fn.get(runs);
      add(-1);
      fn.tee(runs);
      fn.brIf(nextRun);
    });
  });
  fn.release(run, runs, count, rhsPointer, ...lhsPointers, ...starts);

  const finish = (): void => emitFinish(fn, tools, site, locals, accumulators, first);
  if (blocks === null) finish();
  else {
    fn.get(locals.block);
    fn.i32Const(blocks.count - 1);
    fn.i32LtU();
    fn.if(
      () =>
        eachPartial((accumulator, at) => {
          fn.get(locals.partial);
          fn.get(accumulator);
          fn.v128Store(at);
        }),
      finish,
    );
  }
  fn.release(first, ...accumulators.flat());
}

function microKernel(plan: ContractionPlan, packed: boolean, lhsPointers: readonly Local[], rhsPointer: Local, accumulators: readonly (readonly Local[])[], count: Local, relaxedSimd: boolean): MicroKernel {
  const { form, tiling, tileRows, normalized, summation, tileColumns } = plan;
  const tiled = tiling.kind === 'along' ? normalized.rows[tiling.dimension].lhs : 0;
  const lhsRow = (r: number): Lane => (tiling.kind === 'along' ? { pointer: lhsPointers[0], offset: 4 * r * tiled } : { pointer: lhsPointers[r], offset: 0 });
  const vectors = accumulators[0].length;
  const shared = { accumulators, count, relaxedSimd };
  const width = Math.min(tileColumns, normalized.columns.size);
  switch (form) {
    case 'outer':
      return {
        ...shared,
        rows: accumulators.map((_, r) => lhsRow(r)),
        rowStep: 4 * summation.a,
        columns: Array.from({ length: vectors }, (_, c) => ({ pointer: rhsPointer, offset: 16 * c })),
        columnStep: packed ? 4 * width * summation.packed : 4 * summation.b,
      };
    case 'dot':
      return {
        ...shared,
        rows: accumulators.map((_, r) => lhsRow(r)),
        rowStep: 4,
        columns: Array.from({ length: normalized.columns.size }, (_, c) => ({ pointer: rhsPointer, offset: 4 * c * summation.length })),
        columnStep: 4,
      };
    case 'transposed':
      return {
        ...shared,
        rows: Array.from({ length: tileRows }, (_, r) => ({ pointer: rhsPointer, offset: 4 * r * normalized.columns.rhs })),
        rowStep: 4 * summation.b,
        columns: Array.from({ length: vectors }, (_, c) => ({ pointer: lhsPointers[0], offset: 16 * c })),
        columnStep: 4 * summation.a,
      };
    default:
      return form satisfies never;
  }
}

/** The epilogue of a tile whose sums are complete. */
function emitFinish(fn: FunctionBuilder, tools: EmitTools, site: TileSite, locals: TileLocals, accumulators: readonly (readonly Local[])[], first: Local): void {
  const { plan, tables, kernel } = site;
  const { form, tiling, normalized, tileRows } = plan;
  const { times } = integers(fn);
  const held: Local[] = [];
  const positions = tiling.kind === 'positions';
  const places = normalized.places.map((place, k): TilePlace => {
    const pattern = tables.patternOf[k];
    const tiled = tiling.kind === 'along' ? place.rows[tiling.dimension] : 0;
    const byRow = form === 'transposed' ? place.column !== 0 : pattern.varies || tiled !== 0;
    const pointers = Array.from({ length: positions && pattern.varies ? tileRows : 1 }, (_, r) => {
      const pointer = fn.local('i32', 'at');
      held.push(pointer);
      fn.get(locals.accessBases[k]);
      if (place.offset !== 0) {
        fn.i32Const(4 * place.offset);
        fn.i32Add();
      }
      if (pattern.varies) {
        fn.get(locals.entry);
        fn.i32Load(tables.unitOffset + pattern.unit + 4 * r);
        fn.i32Add();
      }
      if (locals.batch !== null && pattern.batch !== null) {
        fn.get(locals.batch);
        fn.i32Load(tables.batchOffset + pattern.batch);
        fn.i32Add();
      }
      if (tiled !== 0) {
        fn.get(first);
        times(4 * tiled);
        fn.i32Add();
      }
      if (plan.panels > 1 && place.column !== 0) {
        fn.get(locals.column);
        times(4 * place.column);
        fn.i32Add();
      }
      fn.set(pointer);
      return pointer;
    });
    const rowStride = form === 'transposed' ? place.column : tiled;
    const laneStride = form === 'transposed' ? tiled : place.column;
    return {
      row: (r) => (positions && pattern.varies ? { pointer: pointers[r], offset: 0 } : { pointer: pointers[0], offset: 4 * r * rowStride }),
      lane: 4 * laneStride,
      vector: 16 * laneStride,
      byRow,
    };
  });
  const sums = form === 'dot' ? accumulators.map((columns) => [gatherSums(fn, columns, held)]) : accumulators;
  const lanes = form === 'dot' ? normalized.columns.size : Math.min(4, form === 'transposed' ? 4 : normalized.columns.size);
  emitEpilogue(fn, tools, kernel, { rows: sums.length, vectors: sums[0].length, lanes, accumulator: (r, j) => sums[r][j] }, places);
  fn.release(...held);
}

/** The sums of up to four vectors as the lanes of one. */
function gatherSums(fn: FunctionBuilder, columns: readonly Local[], held: Local[]): Local {
  const [result, one] = [fn.local('v128', 's'), fn.local('v128', 't')];
  held.push(result, one);
  columns.forEach((column, c) => {
    emitLaneSum(fn, column, c === 0 ? result : one);
    if (c === 0) return;
    fn.get(result);
    fn.get(one);
    fn.f32x4ExtractLane(0);
    fn.f32x4ReplaceLane(c);
    fn.set(result);
  });
  return result;
}
