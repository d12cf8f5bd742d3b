import { invariant } from '../../../support/invariant.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';

/** A bound of a loop: known, or in a local. */
export type Bound = number | Local;

/** Pointers into one buffer that move alike. */
export interface Stream {
  readonly base: Local;
  /** Elements that the pointer is ahead of the base at index 0. */
  readonly start: number;
  readonly strides: readonly number[];
}

/** Where an access finds its element at lane 0: at a stream's pointer and so many elements further. */
export interface Place {
  readonly stream: Stream;
  readonly ahead: number;
}

/** The loops that are open, with their indices and the pointers that go with them. */
export interface Nest {
  /** The place of base + offset + Σ strides·index. To be asked for before any loop is opened. */
  readonly place: (base: Local, offset: number, strides: readonly number[], mayLeave: boolean) => Place;
  /** Emits the start of all pointers. */
  readonly start: () => void;
  readonly index: (dimension: number) => Local;
  /** Leaves a pointer on the stack; the bytes to add to it as a constant offset are returned. */
  readonly address: (place: Place, ahead: number) => number;
  /** Sets index and pointers of a dimension to `from`; inside of `body` its loops run. */
  readonly open: (dimension: number, from: Bound, body: () => void) => void;
  /** Steps until the index reaches `to`, at least once. With `block`, `after` is emitted behind every so many rounds. */
  readonly repeat: (dimension: number, to: Bound, step: number, body: () => void, block?: { readonly rounds: number; readonly after: () => void }) => void;
  /** One step, without a loop. */
  readonly advance: (dimension: number, step: number) => void;
}

export function pushBound(fn: FunctionBuilder, bound: Bound): void {
  if (typeof bound === 'number') fn.i32Const(bound);
  else fn.get(bound);
}

export function nest(fn: FunctionBuilder): Nest {
  const streams = new Map<string, Stream>();
  const pointers = new Map<Stream, Local[]>();
  const indices = new Map<number, Local>();
  const pointer = (stream: Stream): Local => pointers.get(stream)!.at(-1)!;

  function advance(dimension: number, step: number): void {
    for (const stream of streams.values()) {
      const stride = stream.strides[dimension];
      if (stride === 0) continue;
      fn.get(pointer(stream));
      fn.i32Const(stride * step * 4);
      fn.i32Add();
      fn.set(pointer(stream));
    }
    const index = indices.get(dimension)!;
    fn.get(index);
    fn.i32Const(step);
    fn.i32Add();
    fn.set(index);
  }

  function loopUntil(dimension: number, to: Bound, step: number, body: () => void): void {
    fn.loop((again) => {
      body();
      advance(dimension, step);
      fn.get(indices.get(dimension)!);
      pushBound(fn, to);
      fn.i32LtS();
      fn.brIf(again);
    });
  }

  return {
    place: (base, offset, strides, mayLeave) => {
      // a constant offset only serves pointers that stay within the buffer
      const start = mayLeave || offset < 0 || strides.some((stride) => stride < 0) ? offset : 0;
      const key = `${base.index} ${start} ${strides.join(' ')}`;
      const stream = streams.get(key) ?? { base, start, strides };
      if (!streams.has(key)) {
        streams.set(key, stream);
        pointers.set(stream, []);
      }
      return { stream, ahead: offset - start };
    },
    start: () => {
      for (const stream of streams.values()) {
        if (stream.start === 0) {
          pointers.get(stream)!.push(stream.base);
          continue;
        }
        const local = fn.local('i32', 'p');
        fn.get(stream.base);
        fn.i32Const(stream.start * 4);
        fn.i32Add();
        fn.set(local);
        pointers.get(stream)!.push(local);
      }
    },
    index: (dimension) => {
      const index = indices.get(dimension);
      invariant(index !== undefined, `the loop over dimension ${dimension} is not open`);
      return index;
    },
    address: ({ stream, ahead }, more) => {
      fn.get(pointer(stream));
      const elements = ahead + more;
      if (elements >= 0) return elements * 4;
      fn.i32Const(elements * 4);
      fn.i32Add();
      return 0;
    },
    open: (dimension, from, body) => {
      const index = fn.local('i32', 'i');
      pushBound(fn, from);
      fn.set(index);
      indices.set(dimension, index);
      const moving = [...streams.values()].filter((stream) => stream.strides[dimension] !== 0);
      for (const stream of moving) {
        const local = fn.local('i32', 'p');
        fn.get(pointer(stream));
        if (typeof from !== 'number') {
          fn.get(from);
          fn.i32Const(stream.strides[dimension] * 4);
          fn.i32Mul();
          fn.i32Add();
        } else if (from !== 0) {
          fn.i32Const(from * stream.strides[dimension] * 4);
          fn.i32Add();
        }
        fn.set(local);
        pointers.get(stream)!.push(local);
      }
      body();
      for (const stream of moving) fn.release(pointers.get(stream)!.pop()!);
      fn.release(index);
      indices.delete(dimension);
    },
    repeat: (dimension, to, step, body, block) => {
      if (block === undefined) return loopUntil(dimension, to, step, body);
      const blockEnd = fn.local('i32', 'end');
      const index = indices.get(dimension)!;
      fn.loop((again) => {
        fn.get(index);
        fn.i32Const(step * block.rounds);
        fn.i32Add();
        fn.tee(blockEnd);
        pushBound(fn, to);
        fn.get(blockEnd);
        pushBound(fn, to);
        fn.i32LtS();
        fn.select();
        fn.set(blockEnd);
        loopUntil(dimension, blockEnd, step, body);
        block.after();
        fn.get(index);
        pushBound(fn, to);
        fn.i32LtS();
        fn.brIf(again);
      });
      fn.release(blockEnd);
    },
    advance,
  };
}
