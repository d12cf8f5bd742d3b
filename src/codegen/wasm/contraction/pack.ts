import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { KernelCode } from '../kernelContext.ts';
import type { BufferId } from '../../../schedule/types.ts';

export interface PackSpec {
  readonly buffer: BufferId;
  readonly offset: number;
  /** Sizes and strides of rhs, outermost first; all in elements. */
  readonly batch: readonly { readonly size: number; readonly rhs: number }[];
  /** First columns of the panels. */
  readonly panels: readonly number[];
  readonly sum: readonly { readonly size: number; readonly rhs: number }[];
  /** Columns of a panel and the stride between them. */
  readonly columns: number;
  readonly stride: number;
  /** `panels`: columns are the fastest; `dot`: the sum is. */
  readonly order: 'panels' | 'dot';
}

export function packedBytes({ batch, panels, sum, columns }: PackSpec): number {
  const product = (dims: readonly { readonly size: number }[]) => dims.reduce((total, { size }) => total * size, 1);
  // loads of whole vectors may reach a little beyond
  return 4 * product(batch) * panels.length * product(sum) * columns + 64;
}

/** Bytes of packed rhs that one chunk copies, at least. */
const CHUNK_BYTES = 32 * 1024;

/** Lays rhs out as the tiles read it: [batch][panel][sum][columns], or [batch][columns][sum] for dot products. */
export function packCode(spec: PackSpec): KernelCode {
  const bases = [{ kind: 'buffer', buffer: spec.buffer }, { kind: 'scratch' }] as const;
  const scratchBytes = Math.ceil(packedBytes(spec) / 16) * 16;
  const batches = spec.batch.reduce((product, { size }) => product * size, 1);
  if (spec.order === 'dot' || batches !== 1 || spec.panels.length === 1) return { chunks: 1, bases, scratchBytes, emit: (fn) => emitWhole(fn, spec) };
  const perChunk = Math.ceil(spec.panels.length / Math.min(spec.panels.length, Math.max(1, Math.floor(packedBytes(spec) / CHUNK_BYTES))));
  return { chunks: Math.ceil(spec.panels.length / perChunk), bases, scratchBytes, emit: (fn) => emitPanels(fn, spec, perChunk) };
}

/** Panels one after the other, `perChunk` a chunk. */
function emitPanels(fn: FunctionBuilder, spec: PackSpec, perChunk: number): void {
  const [begin, end, source, target] = fn.params;
  const [panel, last, from, to] = ['panel', 'last', 'from', 'to'].map((name) => fn.local('i32', name));
  const count = spec.panels.length;
  const size = spec.sum.reduce((product, dim) => product * dim.size, 1) * spec.columns;
  const times = (local: Local, factor: number): void => {
    fn.get(local);
    fn.i32Const(factor);
    fn.i32Mul();
  };
  /** min(local·perChunk, count) */
  const bound = (local: Local, into: Local): void => {
    times(local, perChunk);
    fn.tee(into);
    fn.i32Const(count);
    fn.get(into);
    fn.i32Const(count);
    fn.i32LtU();
    fn.select();
    fn.set(into);
  };
  bound(begin, panel);
  bound(end, last);
  fn.block((done) => {
    fn.loop((again) => {
      fn.get(panel);
      fn.get(last);
      fn.i32GeU();
      fn.brIf(done);
      // the last panel overlaps the one before it
      times(panel, 4 * spec.columns * spec.stride);
      fn.i32Const(4 * spec.panels[count - 1] * spec.stride);
      fn.get(panel);
      fn.i32Const(count - 1);
      fn.i32LtU();
      fn.select();
      fn.get(source);
      fn.i32Add();
      fn.i32Const(4 * spec.offset);
      fn.i32Add();
      fn.set(from);
      times(panel, 4 * size);
      fn.get(target);
      fn.i32Add();
      fn.set(to);
      nest(fn, spec.sum, from, (at) => copyColumns(fn, spec, at, to));
      advance(fn, panel, 1);
      fn.br(again);
    });
  });
}

/** Everything, in the order in which it lies there. */
function emitWhole(fn: FunctionBuilder, spec: PackSpec): void {
  const [begin, end, source, target] = fn.params;
  const [to, from, base] = ['to', 'from', 'base'].map((name) => fn.local('i32', name));
  fn.get(begin);
  fn.get(end);
  fn.i32LtU();
  fn.if(() => {
    copyAddress(fn, target, to, 0);
    copyAddress(fn, source, base, 4 * spec.offset);
    nest(fn, spec.batch, base, (start) => {
      for (const panel of spec.panels) {
        copyAddress(fn, start, from, 4 * panel * spec.stride);
        if (spec.order === 'panels') nest(fn, spec.sum, from, (at) => copyColumns(fn, spec, at, to));
        else {
          for (let column = 0; column < spec.columns; column++) {
            copyAddress(fn, start, from, 4 * (panel + column) * spec.stride);
            nest(fn, spec.sum, from, (at) => copyOne(fn, at, to));
          }
        }
      }
    });
  });
}

function copyAddress(fn: FunctionBuilder, source: Local, target: Local, offset: number): void {
  fn.get(source);
  if (offset !== 0) {
    fn.i32Const(offset);
    fn.i32Add();
  }
  fn.set(target);
}

/** Loops over dimensions, outermost first; `body` gets the address, which it must leave as it is. */
function nest(fn: FunctionBuilder, dims: readonly { readonly size: number; readonly rhs: number }[], start: Local, body: (at: Local) => void): void {
  if (dims.length === 0) return body(start);
  const [{ size, rhs }, ...inner] = dims;
  if (size === 0) return;
  if (size === 1) return nest(fn, inner, start, body);
  const [at, count] = [fn.local('i32', 'at'), fn.local('i32', 'n')];
  fn.get(start);
  fn.set(at);
  fn.i32Const(size);
  fn.set(count);
  fn.loop((again) => {
    nest(fn, inner, at, body);
    fn.get(at);
    fn.i32Const(4 * rhs);
    fn.i32Add();
    fn.set(at);
    fn.get(count);
    fn.i32Const(1);
    fn.i32Sub();
    fn.tee(count);
    fn.brIf(again);
  });
  fn.release(at, count);
}

function advance(fn: FunctionBuilder, to: Local, bytes: number): void {
  fn.get(to);
  fn.i32Const(bytes);
  fn.i32Add();
  fn.set(to);
}

function copyOne(fn: FunctionBuilder, from: Local, to: Local): void {
  fn.get(to);
  fn.get(from);
  fn.i32Load();
  fn.i32Store();
  advance(fn, to, 4);
}

function copyColumns(fn: FunctionBuilder, { columns, stride }: PackSpec, from: Local, to: Local): void {
  const whole = stride === 1 ? columns >> 2 : 0;
  for (let vector = 0; vector < whole; vector++) {
    fn.get(to);
    fn.get(from);
    fn.v128Load(16 * vector, 2);
    fn.v128Store(16 * vector, 2);
  }
  for (let column = 4 * whole; column < columns; column++) {
    fn.get(to);
    const offset = 4 * column * stride;
    fn.get(from);
    if (offset < 0) {
      fn.i32Const(offset);
      fn.i32Add();
    }
    fn.i32Load(Math.max(0, offset));
    fn.i32Store(4 * column);
  }
  advance(fn, to, 4 * columns);
}
