import type { ContractionKernel } from '../../../schedule/types.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { Base, EmitTools, KernelCode, KernelEmitter } from '../kernelContext.ts';
import { emitEpilogue, loadsOfEpilogue, type TilePlace } from './epilogue.ts';
import { emitDotProducts, emitLaneSum, emitOuterProducts, type Lane, type MicroKernel } from './microKernels.ts';
import { packCode, packedBytes, type PackSpec } from './pack.ts';
import { planContraction, type ContractionPlan } from './plan.ts';
import { buildTables, type Tables } from './tables.ts';

/** A chunk is at least about so many multiply-adds. */
const CHUNK = 1_000_000;

/** A contraction as wasm: rhs is packed where that pays, then the result is computed tile by tile, each with its epilogue. */
export const emitContraction: KernelEmitter<ContractionKernel> = (kernel, { relaxedSimd }) => {
  const plan = planContraction(kernel);
  const stages: KernelCode[] = [];
  const pack = plan.packs ? packSpec(kernel, plan) : null;
  if (pack !== null) stages.push(packCode(pack));
  stages.push(tilesCode(kernel, plan, pack, relaxedSimd));
  return stages;
};

function panelStarts({ panels, tileColumns, normalized: { columns } }: ContractionPlan): readonly number[] {
  // the last panel overlaps the one before it rather than reach beyond the end
  return Array.from({ length: panels }, (_, panel) => Math.max(0, Math.min(panel * tileColumns, columns.size - tileColumns)));
}

function packSpec({ rhs }: ContractionKernel, plan: ContractionPlan): PackSpec {
  const { normalized, summation, form } = plan;
  return {
    buffer: rhs.buffer,
    offset: normalized.rhsOffset,
    batch: normalized.batch.map(({ size, rhs: stride }) => ({ size, rhs: stride })),
    panels: panelStarts(plan),
    sum: summation.packing,
    columns: form === 'dot' ? normalized.columns.size : Math.min(plan.tileColumns, normalized.columns.size),
    stride: normalized.columns.rhs,
    order: form === 'dot' ? 'dot' : 'panels',
  };
}

function tilesCode(kernel: ContractionKernel, plan: ContractionPlan, pack: PackSpec | null, relaxedSimd: boolean): KernelCode {
  const tables = buildTables(plan, pack !== null);
  const batches = plan.normalized.batch.reduce((product, { size }) => product * size, 1);
  const tiles = plan.groups * plan.units.length;
  const work = plan.summation.length * (plan.blocks?.count ?? 1) * plan.tileRows * plan.tileColumns;
  const perSlab = Math.max(1, Math.min(tiles, Math.ceil(CHUNK / Math.max(1, work))));
  const slabs = Math.max(1, Math.ceil(tiles / perSlab));
  const accesses = [...loadsOfEpilogue(kernel), ...kernel.stores];
  const bases: Base[] = [
    { kind: 'buffer', buffer: kernel.lhs.buffer },
    pack === null ? { kind: 'buffer', buffer: kernel.rhs.buffer } : { kind: 'scratch' },
    { kind: 'table', data: tables.data },
    ...accesses.map(({ buffer }): Base => ({ kind: 'buffer', buffer })),
    ...(plan.blocks === null ? [] : [{ kind: 'scratch' } as const]),
  ];
  const tileBytes = 4 * plan.tileRows * Math.ceil(plan.tileColumns / 4) * 4;
  const partial = plan.blocks === null ? 0 : batches * plan.panels * tiles * tileBytes;
  return {
    chunks: tiles === 0 ? 0 : batches * plan.panels * slabs,
    bases,
    scratchBytes: Math.max(pack === null ? 0 : Math.ceil(packedBytes(pack) / 16) * 16, partial),
    emit: (fn, tools) => emitTiles(fn, tools, { kernel, plan, pack, tables, slabs, perSlab, tiles, tileBytes, relaxedSimd }),
  };
}

interface Site {
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

/** Short forms for integer code. */
function integers(fn: FunctionBuilder) {
  const add = (value: number): void => {
    if (value === 0) return;
    fn.i32Const(value);
    fn.i32Add();
  };
  return {
    add,
    /** target = source + value */
    offset(target: Local, source: Local, value: number): void {
      fn.get(source);
      add(value);
      fn.set(target);
    },
    /** target = number */
    assign(target: Local, value: number): void {
      fn.i32Const(value);
      fn.set(target);
    },
    /** target += what `push` leaves */
    accumulate(target: Local, push: () => void): void {
      fn.get(target);
      push();
      fn.i32Add();
      fn.set(target);
    },
    times(value: number): void {
      if (value === 1) return;
      fn.i32Const(value);
      fn.i32Mul();
    },
  };
}

function emitTiles(fn: FunctionBuilder, tools: EmitTools, site: Site): void {
  const { plan, pack, tables, slabs, perSlab, tiles } = site;
  const { normalized, blocks } = plan;
  const { add, offset, assign, accumulate, times } = integers(fn);
  const [begin, end, lhs, rhs, table] = fn.params;
  const accessBases = fn.params.slice(5, 5 + normalized.places.length);
  const scratch = fn.params[5 + normalized.places.length];
  const i = (name: string): Local => fn.local('i32', name);
  const [chunk, slab, panel, column, lhsBase, rhsBase, unit, last] = ['chunk', 'slab', 'panel', 'column', 'lhs', 'rhs', 'unit', 'last'].map(i);
  const batch = tables.batches > 1 ? i('batch') : null;
  const [entry, group, block, partial] = ['entry', 'group', 'block', 'partial'].map(i);
  const starts = panelStarts(plan);

  fn.block((done) => {
    fn.get(begin);
    fn.get(end);
    fn.i32GeU();
    fn.brIf(done);
    fn.get(begin);
    fn.set(chunk);
    fn.loop((nextChunk) => {
      fn.get(chunk);
      fn.i32Const(slabs);
      fn.i32RemU();
      fn.set(slab);
      fn.get(chunk);
      fn.i32Const(slabs);
      fn.i32DivU();
      fn.set(panel);
      offset(lhsBase, lhs, 4 * normalized.lhsOffset);
      offset(rhsBase, rhs, pack === null ? 4 * normalized.rhsOffset : 0);
      if (batch !== null) {
        // the table's entry of this batch
        fn.get(panel);
        fn.i32Const(plan.panels);
        fn.i32DivU();
        times(tables.batchBytes);
        fn.get(table);
        fn.i32Add();
        fn.set(batch);
        fn.get(panel);
        fn.i32Const(plan.panels);
        fn.i32RemU();
        fn.set(panel);
        accumulate(lhsBase, () => {
          fn.get(batch);
          fn.i32Load(tables.batchOffset);
        });
        accumulate(rhsBase, () => {
          fn.get(batch);
          fn.i32Load(tables.batchOffset + 4);
        });
      }
      // column = min(panel·tileColumns, columns − tileColumns)
      assign(column, 0);
      if (plan.panels > 1) {
        fn.get(panel);
        times(plan.tileColumns);
        fn.i32Const(starts[starts.length - 1]);
        fn.get(panel);
        fn.i32Const(plan.panels - 1);
        fn.i32LtU();
        fn.select();
        fn.set(column);
        accumulate(rhsBase, () => {
          fn.get(pack === null ? column : panel);
          times(pack === null ? 4 * normalized.columns.rhs : 4 * plan.summation.length * plan.tileColumns);
        });
      }
      assign(block, 0);
      fn.loop((nextBlock) => {
        fn.get(slab);
        times(perSlab);
        fn.set(unit);
        fn.get(unit);
        add(perSlab);
        fn.i32Const(tiles);
        fn.get(slab);
        fn.i32Const(slabs - 1);
        fn.i32LtU();
        fn.select();
        fn.set(last);
        fn.get(unit);
        fn.i32Const(plan.units.length);
        fn.i32DivU();
        fn.set(group);
        fn.get(unit);
        fn.i32Const(plan.units.length);
        fn.i32RemU();
        times(tables.unitBytes);
        fn.get(table);
        fn.i32Add();
        fn.set(entry);
        if (blocks !== null) {
          // partial sums lie in the order of tiles: ((batch·panels + panel)·tiles + unit)
          fn.get(chunk);
          fn.i32Const(slabs);
          fn.i32DivU();
          times(tiles);
          fn.get(unit);
          fn.i32Add();
          times(site.tileBytes);
          fn.get(scratch);
          fn.i32Add();
          fn.set(partial);
        }
        fn.loop((nextUnit) => {
          emitTile(fn, tools, site, { lhsBase, rhsBase, column, group, entry, batch, table, block, partial, accessBases });
          accumulate(entry, () => fn.i32Const(tables.unitBytes));
          fn.get(entry);
          fn.get(table);
          add(tables.unitBytes * plan.units.length);
          fn.i32GeU();
          fn.if(() => {
            offset(entry, table, 0);
            accumulate(group, () => fn.i32Const(1));
          });
          if (blocks !== null) accumulate(partial, () => fn.i32Const(site.tileBytes));
          fn.get(unit);
          add(1);
          fn.tee(unit);
          fn.get(last);
          fn.i32LtU();
          fn.brIf(nextUnit);
        });
        if (blocks === null) return;
        accumulate(lhsBase, () => fn.i32Const(4 * blocks.lhs));
        accumulate(rhsBase, () => fn.i32Const(4 * blocks.rhs));
        fn.get(block);
        add(1);
        fn.tee(block);
        fn.i32Const(blocks.count);
        fn.i32LtU();
        fn.brIf(nextBlock);
      });
      fn.get(chunk);
      add(1);
      fn.tee(chunk);
      fn.get(end);
      fn.i32LtU();
      fn.brIf(nextChunk);
    });
  });
}

interface TileLocals {
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
function emitTile(fn: FunctionBuilder, tools: EmitTools, site: Site, locals: TileLocals): void {
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
function emitFinish(fn: FunctionBuilder, tools: EmitTools, site: Site, locals: TileLocals, accumulators: readonly (readonly Local[])[], first: Local): void {
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
