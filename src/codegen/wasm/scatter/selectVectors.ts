import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import { counted } from './counted.ts';

/** A dimension along which a window has several taps. */
export interface TapDimension {
  readonly window: number;
  readonly stride: number;
  readonly low: number;
  readonly size: number;
  readonly windows: number;
  /** From one place to the next, in bytes. */
  readonly bytes: number;
}

/** Taps that are written out one by one rather than looped over. */
const MOST_UNROLLED = 16;
/** Of so few taps each is written by a mask; of more, each lane goes where it belongs. */
const MOST_MASKED = 4;

/** Whether no window of the dimension meets padding. */
function isInside({ window, stride, low, size, windows }: TapDimension): boolean {
  return low <= 0 && (windows - 1) * stride - low + window <= size;
}

/** The taps that meet the operand: how many there are, and which is the first. Constants where no window meets padding. */
interface Taps {
  readonly count: number | Local;
  readonly first: Local | null;
}

function emitTapRange(fn: FunctionBuilder, dimension: TapDimension, index: Local): Taps {
  const { window, stride, low, size } = dimension;
  if (isInside(dimension)) return { count: window, first: null };
  const [first, count] = [fn.local('i32', 'first'), fn.local('i32', 'count')];
  const least = (other: () => void, bound: number, greater: boolean): void => {
    const value = fn.local('i32', 'bound');
    other();
    fn.tee(value);
    fn.i32Const(bound);
    fn.get(value);
    fn.i32Const(bound);
    if (greater) fn.i32GtS();
    else fn.i32LtS();
    fn.select();
    fn.release(value);
  };
  const along = (offset: number): void => {
    fn.i32Const(offset);
    fn.get(index);
    fn.i32Const(stride);
    fn.i32Mul();
    fn.i32Sub();
  };
  least(() => along(low), 0, true);
  fn.set(first);
  least(() => along(size + low), window, false);
  fn.get(first);
  fn.i32Sub();
  fn.set(count);
  return { count, first };
}

/**
 * Calls `visit` for each tap: the address that it has is in a local, plus constant bytes. What has a constant number of taps is written out, from the
 * innermost dimension on, up to `MOST_UNROLLED`.
 */
function emitTaps(fn: FunctionBuilder, dimensions: readonly TapDimension[], counts: readonly (number | Local)[], start: Local, visit: (address: Local, bytes: number) => void): void {
  let looped = dimensions.length;
  let offsets: readonly number[] = [0];
  for (; looped > 0; looped--) {
    const count = counts[looped - 1];
    if (typeof count !== 'number' || count * offsets.length > MOST_UNROLLED) break;
    const inner = offsets;
    const { bytes } = dimensions[looped - 1];
    offsets = Array.from({ length: count }, (_, tap) => inner.map((offset) => offset + tap * bytes)).flat();
  }
  const walk = (depth: number, from: Local): void => {
    if (depth === looped) {
      for (const offset of offsets) visit(from, offset);
      return;
    }
    const address = fn.local('i32', 'tap');
    fn.get(from);
    fn.set(address);
    counted(fn, 0, counts[depth], () => {
      walk(depth + 1, address);
      move(fn, address, dimensions[depth].bytes);
    });
    fn.release(address);
  };
  walk(0, start);
}

function move(fn: FunctionBuilder, pointer: Local, bytes: number): void {
  fn.get(pointer);
  fn.i32Const(bytes);
  fn.i32Add();
  fn.set(pointer);
}

/** One window position of all channels, four or eight at a time. */
export interface VectorWindow {
  readonly dimensions: readonly TapDimension[];
  /** Places of the window along `dimensions`. */
  readonly indices: readonly Local[];
  /** Where the window's first tap lies in the operand, on the padding perhaps, and where its source is; in locals, which are moved. */
  readonly operand: Local;
  readonly source: Local;
  /** From an address of the operand to the result's. */
  readonly toResult: Local;
  readonly vectors: number;
}

/** Whether every element lies in exactly one window: then each is written once, and nothing need be cleared before. */
export function areTiles(dimensions: readonly TapDimension[]): boolean {
  return dimensions.every(({ window, stride, low, size, windows }) => window === stride && low === 0 && size === windows * stride) && dimensions.reduce((total, { window }) => total * window, 1) <= MOST_MASKED;
}

/** For each of the channels finds the first maximum of the window and adds the source there. */
export function emitVectorWindow(fn: FunctionBuilder, window: VectorWindow): void {
  const { dimensions, indices, operand, vectors } = window;
  const taps = dimensions.map((dimension, d) => emitTapRange(fn, dimension, indices[d]));
  const whole = (): void => {
    const counts = dimensions.map((dimension) => dimension.window);
    if (vectors > 1) counted(fn, 0, vectors >> 1, () => emitChannels(fn, window, counts, 2));
    if (vectors % 2 > 0) emitChannels(fn, window, counts, 1);
  };
  const cut = taps.flatMap(({ count, first }, d) => (typeof count === 'number' || first === null ? [] : [{ count, first, ...dimensions[d] }]));
  if (cut.length === 0) return whole();
  cut.forEach((dimension, d) => {
    fn.get(dimension.count);
    fn.i32Const(dimension.window);
    fn.i32Eq();
    if (d > 0) fn.i32And();
  });
  fn.if(whole, () => {
    fn.block((empty) => {
      for (const { count, first, bytes } of cut) {
        fn.get(count);
        fn.i32Const(0);
        fn.i32LeS();
        fn.brIf(empty);
        fn.get(operand);
        fn.get(first);
        fn.i32Const(bytes);
        fn.i32Mul();
        fn.i32Add();
        fn.set(operand);
      }
      counted(fn, 0, vectors, () => emitChannels(fn, window, taps.map(({ count }) => count), 1));
    });
  });
  fn.release(...cut.flatMap(({ count, first }) => [count, first]));
}

interface Chosen {
  readonly best: Local;
  /** Addresses of the maxima; lane by lane those of the first lane's channel. */
  readonly place: Local;
  readonly given: Local;
  /** Of the vector among those that are taken together. */
  readonly bytes: number;
}

/** So many vectors of channels together; the pointers go on behind them. */
function emitChannels(fn: FunctionBuilder, { dimensions, operand, source, toResult }: VectorWindow, counts: readonly (number | Local)[], together: number): void {
  const [found, at] = (['found', 'at'] as const).map((name) => fn.local('v128', name));
  const chosen = Array.from({ length: together }, (_, i): Chosen => ({ best: fn.local('v128', 'best'), place: fn.local('v128', 'place'), given: fn.local('v128', 'given'), bytes: 16 * i }));
  for (const { best, place } of chosen) {
    // nothing is at most a NaN: the first tap is taken, whatever it is
    fn.f32x4Const(NaN);
    fn.set(best);
    fn.i32x4Const(0);
    fn.set(place);
  }
  emitTaps(fn, dimensions, counts, operand, (address, bytes) => {
    pushPlace(fn, address, bytes);
    fn.set(at);
    for (const { best, place, bytes: further } of chosen) {
      fn.get(address);
      fn.v128Load(bytes + further, 2);
      fn.set(found);
      // taps come in the order of their addresses: the greatest address that was taken is the last
      fn.get(place);
      fn.get(at);
      fn.get(best);
      fn.get(found);
      fn.f32x4Ge();
      fn.v128Andnot();
      fn.i32x4MaxU();
      fn.set(place);
      // found where it is a NaN or best is one, as that comparison has it
      fn.get(found);
      fn.get(best);
      fn.f32x4Pmax();
      fn.set(best);
    }
  });
  for (const { given, bytes } of chosen) {
    fn.get(source);
    fn.v128Load(bytes, 2);
    // added to 0, as it would be in memory that was cleared: of −0 that makes 0
    fn.f32x4Const(0);
    fn.f32x4Add();
    fn.set(given);
  }
  if (areTiles(dimensions)) {
    emitTaps(fn, dimensions, counts, operand, (address, bytes) => {
      pushPlace(fn, address, bytes);
      fn.set(at);
      for (const part of chosen) emitMasked(fn, part, at, address, toResult, bytes);
    });
  } else for (const part of chosen) emitLanes(fn, part, toResult);
  move(fn, operand, 16 * together);
  move(fn, source, 16 * together);
  fn.release(found, at, ...chosen.flatMap(({ best, place, given }) => [best, place, given]));
}

/** An address in all lanes. */
function pushPlace(fn: FunctionBuilder, address: Local, bytes: number): void {
  fn.get(address);
  if (bytes !== 0) {
    fn.i32Const(bytes);
    fn.i32Add();
  }
  fn.i32x4Splat();
}

/** A tap gets the lanes whose maximum it is, and zeros elsewhere. */
function emitMasked(fn: FunctionBuilder, { place, given, bytes: further }: Chosen, at: Local, address: Local, toResult: Local, bytes: number): void {
  fn.get(address);
  fn.get(toResult);
  fn.i32Add();
  fn.get(place);
  fn.get(at);
  fn.i32x4Eq();
  fn.get(given);
  fn.v128And();
  fn.v128Store(bytes + further, 2);
}

/** Each lane is added where its maximum lies. */
function emitLanes(fn: FunctionBuilder, { place, given, bytes }: Chosen, toResult: Local): void {
  const target = fn.local('i32', 'target');
  for (const lane of [0, 1, 2, 3]) {
    fn.get(place);
    fn.i32x4ExtractLane(lane);
    fn.get(toResult);
    fn.i32Add();
    fn.tee(target);
    fn.get(target);
    fn.f32Load(4 * lane + bytes);
    fn.get(given);
    fn.f32x4ExtractLane(lane);
    fn.f32Add();
    fn.f32Store(4 * lane + bytes);
  }
  fn.release(target);
}
