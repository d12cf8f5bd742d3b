import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';

/** Short forms for integer code. */
export function integers(fn: FunctionBuilder) {
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
