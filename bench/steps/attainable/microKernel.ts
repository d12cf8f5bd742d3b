import type { FunctionBuilder } from '../../../src/codegen/wasm/assembler/functionBuilder.ts';
import type { Local } from '../../../src/codegen/wasm/assembler/instruction.ts';
import { moduleBuilder } from '../../../src/codegen/wasm/assembler/moduleBuilder.ts';

/** A matrix product C[M, N] = A[M, K]·B[K, N] of fixed shape, and how it is computed. */
export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Whether A lies as [K, M]: a weight gradient. */
  readonly transposed: boolean;
}

export interface Variant {
  /** Rows of the tile of C that stays in registers, and its columns in vectors of four. */
  readonly rows: number;
  readonly vectors: number;
  /** Steps over K in one round of the inner loop. */
  readonly unroll: number;
  /** Whether B is laid out anew first, in panels of the tile's width. */
  readonly pack: boolean;
  /** Relaxed SIMD's multiply-add in place of multiply and add. */
  readonly fma: boolean;
}

const PANEL_ALIGNMENT = 64;

/** Byte offsets, and how many bytes there must be. Rows and columns are rounded up to whole tiles. */
export interface Layout {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly panels: number;
  readonly end: number;
}

export function padded(product: Product, { rows, vectors }: Variant): Product {
  return { ...product, m: Math.ceil(product.m / rows) * rows, n: Math.ceil(product.n / (vectors * 4)) * vectors * 4 };
}

export function layoutOf({ m, k, n }: Product): Layout {
  const up = (bytes: number): number => Math.ceil(bytes / PANEL_ALIGNMENT) * PANEL_ALIGNMENT;
  const a = PANEL_ALIGNMENT;
  const b = a + up(m * k * 4);
  const c = b + up(k * n * 4);
  const panels = c + up(m * n * 4);
  return { a, b, c, panels, end: panels + k * n * 4 };
}

/** A module that exports `product()`; the product's rows and columns are whole tiles. */
export function microKernel(product: Product, variant: Variant, layout: Layout): Uint8Array<ArrayBuffer> {
  const module = moduleBuilder({ memory: { pages: 1, shared: false } });
  const multiply = module.define('multiply', 'i32 i32 i32 ->', ['a', 'b', 'c'], (fn) => emitMultiply(fn, product, variant));
  const pack = variant.pack ? module.define('pack', 'i32 i32 ->', ['from', 'to'], (fn) => emitPack(fn, product, variant)) : null;
  module.export(
    'product',
    module.define('product', '->', [], (fn) => {
      if (pack !== null) {
        fn.i32Const(layout.b);
        fn.i32Const(layout.panels);
        fn.call(pack);
      }
      fn.i32Const(layout.a);
      fn.i32Const(pack === null ? layout.b : layout.panels);
      fn.i32Const(layout.c);
      fn.call(multiply);
    }),
  );
  return new Uint8Array(module.bytes());
}

function advance(fn: FunctionBuilder, local: Local, bytes: number): void {
  fn.get(local);
  fn.i32Const(bytes);
  fn.i32Add();
  fn.set(local);
}

/** Counts a local down to 0 around the body. */
function times(fn: FunctionBuilder, name: string, count: number, body: () => void): void {
  const left = fn.local('i32', name);
  fn.i32Const(count);
  fn.set(left);
  fn.loop((again) => {
    body();
    fn.get(left);
    fn.i32Const(1);
    fn.i32Sub();
    fn.tee(left);
    fn.brIf(again);
  });
}

function emitMultiply(fn: FunctionBuilder, { m, k, n, transposed }: Product, { rows, vectors, unroll, pack, fma }: Variant): void {
  const [a, b, c] = fn.params;
  const rounds = k % unroll === 0 ? unroll : 1;
  const width = vectors * 16;
  const aStep = transposed ? m * 4 : 4;
  const aRow = transposed ? 4 : k * 4;
  const bStep = pack ? width : n * 4;
  const at = { a: fn.local('i32', 'at_a'), b: fn.local('i32', 'at_b'), c: fn.local('i32', 'at_c') };
  const splat = fn.local('v128', 'splat');
  const right = Array.from({ length: vectors }, (_, vector) => fn.local('v128', `b${vector}_`));
  const sums = Array.from({ length: rows }, (_, row) => Array.from({ length: vectors }, (_, vector) => fn.local('v128', `c${row}_${vector}_`)));
  times(fn, 'panels', n / (vectors * 4), () => {
    fn.get(a);
    fn.set(at.a);
    fn.get(c);
    fn.set(at.c);
    times(fn, 'tiles', m / rows, () => {
      fn.get(b);
      fn.set(at.b);
      for (const sum of sums.flat()) {
        fn.f32x4Const(0);
        fn.set(sum);
      }
      times(fn, 'steps', k / rounds, () => {
        for (let round = 0; round < rounds; round += 1) {
          right.forEach((local, vector) => {
            fn.get(at.b);
            fn.v128Load(round * bStep + vector * 16);
            fn.set(local);
          });
          sums.forEach((row, index) => {
            fn.get(at.a);
            fn.v128Load32Splat(round * aStep + index * aRow);
            fn.set(splat);
            row.forEach((sum, vector) => {
              if (fma) {
                fn.get(splat);
                fn.get(right[vector]);
                fn.get(sum);
                fn.f32x4RelaxedMadd();
              } else {
                fn.get(sum);
                fn.get(splat);
                fn.get(right[vector]);
                fn.f32x4Mul();
                fn.f32x4Add();
              }
              fn.set(sum);
            });
          });
        }
        advance(fn, at.a, rounds * aStep);
        advance(fn, at.b, rounds * bStep);
      });
      sums.forEach((row, index) =>
        row.forEach((sum, vector) => {
          fn.get(at.c);
          fn.get(sum);
          fn.v128Store(index * n * 4 + vector * 16);
        }),
      );
      // it stands one row, or all of K, further on: now at the next tile
      advance(fn, at.a, transposed ? rows * 4 - k * m * 4 : (rows - 1) * k * 4);
      advance(fn, at.c, rows * n * 4);
    });
    advance(fn, b, pack ? k * width : width);
    advance(fn, c, width);
  });
}

/** B from rows to panels. */
function emitPack(fn: FunctionBuilder, { k, n }: Product, { vectors }: Variant): void {
  const [from, to] = fn.params;
  const width = vectors * 16;
  const at = fn.local('i32', 'at');
  times(fn, 'panels', n / (vectors * 4), () => {
    fn.get(from);
    fn.set(at);
    times(fn, 'rows', k, () => {
      for (let vector = 0; vector < vectors; vector += 1) {
        fn.get(to);
        fn.get(at);
        fn.v128Load(vector * 16);
        fn.v128Store(vector * 16);
      }
      advance(fn, to, width);
      advance(fn, at, n * 4);
    });
    advance(fn, from, width);
  });
}
