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

/** Lays rhs out as the tiles read it: [batch][panel][sum][columns], or [batch][columns][sum] for dot products. */
export function packCode(spec: PackSpec): KernelCode {
  return {
    chunks: 1,
    bases: [{ kind: 'buffer', buffer: spec.buffer }, { kind: 'scratch' }],
    scratchBytes: Math.ceil(packedBytes(spec) / 16) * 16,
    emit(fn) {
      const [, , source, target] = fn.params;
      const to = fn.local('i32', 'to');
      fn.get(target);
      fn.set(to);
      const from = fn.local('i32', 'from');
      const panelLoop = (start: Local): void => {
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
      };
      const base = fn.local('i32', 'base');
      copyAddress(fn, source, base, 4 * spec.offset);
      nest(fn, spec.batch, base, panelLoop);
    },
  };
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
