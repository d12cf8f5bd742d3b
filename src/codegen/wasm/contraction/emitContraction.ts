import type { ContractionKernel } from '../../../schedule/types.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { Base, EmitTools, KernelCode, KernelEmitter } from '../kernelContext.ts';
import { emitTile, type TileSite } from './emitTile.ts';
import { loadsOfEpilogue } from './epilogue.ts';
import { integers } from './integers.ts';
import { packCode, packedBytes, type PackSpec } from './pack.ts';
import { planContraction, type ContractionPlan } from './plan.ts';
import { buildTables } from './tables.ts';

/** A chunk is at least about so many multiply-adds. */
const CHUNK = 1_000_000;

/** A contraction as wasm: rhs is packed where that pays, then the result is computed tile by tile, each with its epilogue. */
export const emitContraction: KernelEmitter<ContractionKernel> = (kernel, { relaxedSimd }) => emitPlan(kernel, planContraction(kernel), relaxedSimd);

/** As planned. */
export function emitPlan(kernel: ContractionKernel, plan: ContractionPlan, relaxedSimd: boolean): readonly KernelCode[] {
  const stages: KernelCode[] = [];
  const pack = plan.packs ? packSpec(kernel, plan) : null;
  if (pack !== null) stages.push(packCode(pack));
  stages.push(tilesCode(kernel, plan, pack, relaxedSimd));
  return stages;
}

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

function emitTiles(fn: FunctionBuilder, tools: EmitTools, site: TileSite): void {
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
