import { describe, expect, it } from 'vitest';
import type { FunctionBuilder } from './functionBuilder.ts';
import { LANE, LANE_MEMORY, MEMORY, methodName, PLAIN } from './instructions.ts';
import type { InstructionRow } from './instructions.ts';
import { moduleBuilder } from './moduleBuilder.ts';
import { printFunction } from './printFunction.ts';
import type { ValueType } from './valueTypes.ts';

function constant(fn: FunctionBuilder, type: ValueType): void {
  ({ i32: () => fn.i32Const(0), i64: () => fn.i64Const(0n), f32: () => fn.f32Const(0), f64: () => fn.f64Const(0), v128: () => fn.i32x4Const(0) })[type]();
}

/** A module with one function that uses every row of a table once. */
function moduleOf(table: Readonly<Record<string, InstructionRow>>, args: number[], shared = false): Uint8Array<ArrayBuffer> {
  const module = moduleBuilder({ memory: { pages: 1, shared } });
  module.define('all', '->', [], (fn) => {
    for (const [name, row] of Object.entries(table)) {
      if (name === 'unreachable' || name.includes('relaxed')) continue;
      row.type.params.forEach((type) => constant(fn, type));
      (fn as unknown as Record<string, (...args: number[]) => void>)[methodName(name)](...args);
      row.type.results.forEach(() => fn.drop());
    }
  });
  return new Uint8Array(module.bytes());
}

function run(build: (fn: FunctionBuilder) => void, type: string, ...args: number[]): number {
  const module = moduleBuilder({ memory: { pages: 1, shared: false } });
  module.export('f', module.define('f', type, [], build));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(module.bytes())), { env: { memory } });
  return (instance.exports['f'] as (...args: number[]) => number)(...args);
}

describe('the assembler', () => {
  it('gives every instruction the code and the type that the engine expects', () => {
    expect(WebAssembly.validate(moduleOf(PLAIN, []))).toBe(true);
    expect(WebAssembly.validate(moduleOf(MEMORY, [8], true))).toBe(true);
    expect(WebAssembly.validate(moduleOf(LANE_MEMORY, [1, 300]))).toBe(true);
    expect(WebAssembly.validate(moduleOf(LANE, [1]))).toBe(true);
  });

  it('runs loops, blocks and ifs', () => {
    // the sum of the odd numbers below n
    const sum = (n: number): number =>
      run((fn) => {
        const [end] = fn.params;
        const i = fn.local('i32', 'i');
        const total = fn.local('i32', 'total');
        fn.block((done) => {
          fn.loop((again) => {
            fn.get(i);
            fn.get(end);
            fn.i32GeS();
            fn.brIf(done);
            fn.get(i);
            fn.i32Const(1);
            fn.i32And();
            fn.if(() => {
              fn.get(total);
              fn.get(i);
              fn.i32Add();
              fn.set(total);
            });
            fn.get(i);
            fn.i32Const(1);
            fn.i32Add();
            fn.set(i);
            fn.br(again);
          });
        });
        fn.get(total);
      }, 'i32 -> i32', n);
    expect(sum(10)).toBe(25);
    expect(sum(0)).toBe(0);
  });

  it('encodes constants and lanes', () => {
    for (const value of [0, 63, 64, -64, -65, 8191, -8192, 2 ** 31 - 1, -(2 ** 31)]) expect(run((fn) => fn.i32Const(value), '-> i32')).toBe(value);
    for (const value of [0.1, -0, Infinity, NaN]) expect(run((fn) => fn.f64Const(value), '-> f64')).toBe(value);
    const lane = run((fn) => {
      fn.i32x4Const(1, 2, 3, 4);
      fn.i32x4Const(5, 6, 7, 8);
      fn.i32x4Shuffle(0, 7, 2, 5);
      fn.i32x4ExtractLane(1);
    }, '-> i32');
    expect(lane).toBe(8);
  });

  it('finds mistakes while emitting', () => {
    expect(() => run((fn) => fn.i32Add(), '->')).toThrow('compiler bug: wasm function f, instruction 0: i32.add needs i32, the stack is empty');
    expect(() => run((fn) => { fn.f32Const(1); fn.i32Const(1); fn.i32Add(); }, '->')).toThrow('i32.add needs i32, the stack has f32');
    expect(() => run((fn) => fn.i32Const(1), '->')).toThrow('end of function leaves i32 on the stack');
    expect(() => run((fn) => { fn.i32Const(1); fn.block(() => fn.i32Eqz()); }, '->')).toThrow('i32.eqz needs i32, the stack is empty');
    expect(() => run((fn) => { fn.f32Const(1); fn.set(fn.local('i32')); }, '->')).toThrow('needs i32, the stack has f32');
    expect(() => run((fn) => fn.br(3), '->')).toThrow('br 3 leaves the function');
    expect(() => run((fn) => { fn.i32Const(0); fn.f32x4Splat(); fn.drop(); }, '->')).toThrow('f32x4.splat needs f32');
  });

  it('prints a function', () => {
    const module = moduleBuilder({ memory: { pages: 1, shared: false } });
    const double = module.define('double', 'i32 i32 ->', ['from', 'to'], (fn) => {
      const [from, to] = fn.params;
      const x = fn.local('v128', 'x');
      fn.loop((again) => {
        fn.get(from);
        fn.v128Load(16);
        fn.set(x);
        fn.get(to);
        fn.get(x);
        fn.get(x);
        fn.f32x4Add();
        fn.v128Store();
        fn.get(to);
        fn.brIf(again);
      });
    });
    expect(printFunction('double', module.bodyOf(double))).toMatchInlineSnapshot(`
      "(func $double (param $from i32) (param $to i32)
        (local $x2 v128)
        loop
          (local.set $x2 (v128.load offset=16 (local.get $from)))
          (v128.store (local.get $to) (f32x4.add (local.get $x2) (local.get $x2)))
          (br_if 0 (local.get $to))
        end)"
    `);
  });
});
