import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';

/** A loop over [from, to): `from` may be in a local; at least one round is made. */
export function counted(fn: FunctionBuilder, from: number | Local, to: number | Local, body: (index: Local) => void): void {
  const push = (bound: number | Local): void => (typeof bound === 'number' ? fn.i32Const(bound) : fn.get(bound));
  const index = fn.local('i32', 'i');
  push(from);
  fn.set(index);
  fn.loop((again) => {
    body(index);
    fn.get(index);
    fn.i32Const(1);
    fn.i32Add();
    fn.tee(index);
    push(to);
    fn.i32LtS();
    fn.brIf(again);
  });
  fn.release(index);
}

/** Loops over all indices of a shape without zeros, outermost first. */
export function countedNest(fn: FunctionBuilder, shape: readonly number[], body: (indices: readonly Local[]) => void, outer: readonly Local[] = []): void {
  if (outer.length === shape.length) return body(outer);
  counted(fn, 0, shape[outer.length], (index) => countedNest(fn, shape, body, [...outer, index]));
}

/** Σ indices·strides + offset as an i32. */
export function pushDot(fn: FunctionBuilder, indices: readonly Local[], strides: readonly number[], offset: number): void {
  fn.i32Const(offset);
  indices.forEach((index, d) => {
    if (strides[d] === 0) return;
    fn.get(index);
    fn.i32Const(strides[d]);
    fn.i32Mul();
    fn.i32Add();
  });
}

/** Begins and ends nothing unless there is something to do: chunks [begin, end) are not empty. */
export function whenCalled(fn: FunctionBuilder, body: () => void): void {
  const [begin, end] = fn.params;
  fn.get(begin);
  fn.get(end);
  fn.i32LtS();
  fn.if(body);
}
