import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';

/** An operand's address for one row or column of a tile. */
export interface Lane {
  readonly pointer: Local;
  readonly offset: number;
}

export interface MicroKernel {
  /** Rows of the tile: operands that are read one number at a time, or (dot) by vectors. */
  readonly rows: readonly Lane[];
  /** Bytes that all row pointers move by after each product. */
  readonly rowStep: number;
  /** The other operand: vectors of columns, or (dot) one column a lane. */
  readonly columns: readonly Lane[];
  readonly columnStep: number;
  /** accumulators[r][c] */
  readonly accumulators: readonly (readonly Local[])[];
  /** How many products; at least 1. It is used up. */
  readonly count: Local;
  readonly relaxedSimd: boolean;
}

/** acc += a·b, with one rounding where the engine has it. */
function multiplyAdd(fn: FunctionBuilder, accumulator: Local, a: () => void, b: () => void, relaxed: boolean): void {
  if (relaxed) {
    a();
    b();
    fn.get(accumulator);
    fn.f32x4RelaxedMadd();
  } else {
    fn.get(accumulator);
    a();
    b();
    fn.f32x4Mul();
    fn.f32x4Add();
  }
  fn.set(accumulator);
}

/** Pushes a lane's address and gives the offset for the load. */
export function pushLane(fn: FunctionBuilder, { pointer, offset }: Lane): number {
  fn.get(pointer);
  if (offset >= 0) return offset;
  fn.i32Const(offset);
  fn.i32Add();
  return 0;
}

function advance(fn: FunctionBuilder, pointers: Iterable<Local>, bytes: number): void {
  if (bytes === 0) return;
  for (const pointer of pointers) {
    fn.get(pointer);
    fn.i32Const(bytes);
    fn.i32Add();
    fn.set(pointer);
  }
}

function pointersOf(lanes: readonly Lane[]): ReadonlySet<Local> {
  return new Set(lanes.map(({ pointer }) => pointer));
}

function countDown(fn: FunctionBuilder, count: Local, body: () => void): void {
  fn.loop((again) => {
    body();
    fn.get(count);
    fn.i32Const(1);
    fn.i32Sub();
    fn.tee(count);
    fn.brIf(again);
  });
}

/**
 * accumulators[r][c] += Σ row r's number · column vector c. The loop is not unrolled: V8's register allocator does best on the plain
 * form (measured: unrolling by 2 halves the rate in Node 20).
 */
export function emitOuterProducts(fn: FunctionBuilder, { rows, rowStep, columns, columnStep, accumulators, count, relaxedSimd }: MicroKernel): void {
  const vectors = columns.map(() => fn.local('v128', 'b'));
  const number = fn.local('v128', 'a');
  countDown(fn, count, () => {
    columns.forEach((column, c) => {
      fn.v128Load(pushLane(fn, column), 2);
      fn.set(vectors[c]);
    });
    rows.forEach((row, r) => {
      fn.v128Load32Splat(pushLane(fn, row));
      fn.set(number);
      columns.forEach((_, c) => multiplyAdd(fn, accumulators[r][c], () => fn.get(number), () => fn.get(vectors[c]), relaxedSimd));
    });
    advance(fn, pointersOf(rows), rowStep);
    advance(fn, pointersOf(columns), columnStep);
  });
  fn.release(number, ...vectors);
}

/** accumulators[r][c] gathers, in four lanes, Σ row r · column c, both of which lie in memory without gaps. */
export function emitDotProducts(fn: FunctionBuilder, kernel: MicroKernel): void {
  const { rows, columns, accumulators, count, relaxedSimd } = kernel;
  const vectors = columns.map(() => fn.local('v128', 'b'));
  const vector = fn.local('v128', 'a');
  const rest = fn.local('i32', 'rest');
  const pointers = new Set([...pointersOf(rows), ...pointersOf(columns)]);
  const products = (load: (lane: Lane) => void): void => {
    columns.forEach((column, c) => {
      load(column);
      fn.set(vectors[c]);
    });
    rows.forEach((row, r) => {
      load(row);
      fn.set(vector);
      columns.forEach((_, c) => multiplyAdd(fn, accumulators[r][c], () => fn.get(vector), () => fn.get(vectors[c]), relaxedSimd));
    });
  };
  fn.get(count);
  fn.i32Const(3);
  fn.i32And();
  fn.set(rest);
  fn.get(count);
  fn.i32Const(2);
  fn.i32ShrU();
  fn.tee(count);
  fn.if(() =>
    countDown(fn, count, () => {
      products((lane) => fn.v128Load(pushLane(fn, lane), 2));
      advance(fn, pointers, 16);
    }),
  );
  fn.get(rest);
  fn.if(() =>
    countDown(fn, rest, () => {
      // the other lanes are zero
      products((lane) => fn.v128Load32Zero(pushLane(fn, lane)));
      advance(fn, pointers, 4);
    }),
  );
  fn.release(vector, rest, ...vectors);
}

/** The sum of a vector's lanes, in all four lanes of `target`. */
export function emitLaneSum(fn: FunctionBuilder, source: Local, target: Local): void {
  fn.get(source);
  fn.get(source);
  fn.get(source);
  fn.i32x4Shuffle(2, 3, 0, 1);
  fn.f32x4Add();
  fn.set(target);
  fn.get(target);
  fn.get(target);
  fn.get(target);
  fn.i32x4Shuffle(1, 0, 3, 2);
  fn.f32x4Add();
  fn.set(target);
}
