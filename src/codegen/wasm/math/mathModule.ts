import { moduleBuilder } from '../assembler/moduleBuilder.ts';
import type { MathFunction } from '../kernelContext.ts';
import { emitMath, MATH } from './emitMath.ts';

/** For measurements: a module whose exports `name(from, to, count)` apply a function to `count` (a multiple of 4) floats in memory. */
export function mathModule(names: readonly MathFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const module = moduleBuilder({ memory: { pages, shared: false } });
  for (const name of names) {
    const reference = module.define(name, 'i32 i32 i32 i32 ->', ['x', 'y', 'to', 'count'], (fn) => {
      const [x, y, to, count] = fn.params;
      fn.block((done) => {
        fn.loop((again) => {
          fn.get(count);
          fn.i32Eqz();
          fn.brIf(done);
          fn.get(to);
          for (const operand of [x, y].slice(0, MATH[name].operands)) {
            fn.get(operand);
            fn.v128Load();
          }
          emitMath(fn, name);
          fn.v128Store();
          for (const pointer of [x, y, to]) {
            fn.get(pointer);
            fn.i32Const(16);
            fn.i32Add();
            fn.set(pointer);
          }
          fn.get(count);
          fn.i32Const(4);
          fn.i32Sub();
          fn.set(count);
          fn.br(again);
        });
      });
    });
    module.export(name, reference);
  }
  return new Uint8Array(module.bytes());
}

export type MathExports = { readonly [F in MathFunction]: (x: number, y: number, to: number, count: number) => void };
