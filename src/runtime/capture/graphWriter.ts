import type { Builder } from '../../ir/builder.ts';
import type { EquationOf, ValueId } from '../../ir/graph.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import { broadcastShapes } from '../../ir/shapes.ts';
import type { DType } from '../../ir/types.ts';
import { range, shapeOf } from '../../passes/shapes.ts';
import { invariant } from '../../support/invariant.ts';

/** Ops of one operand and no attributes. */
export type UnaryOp =
  | 'negate' | 'abs' | 'sign' | 'exponential' | 'exponential_minus_one' | 'log' | 'log_plus_one' | 'sqrt' | 'rsqrt' | 'tanh' | 'logistic'
  | 'floor' | 'is_finite' | 'not' | 'softplus' | 'stop_gradient' | 'optimization_barrier';

/** Ops of two operands and no attributes. */
export type BinaryOp = 'add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'maximum' | 'minimum' | 'and' | 'or';

/** An input of a function with a derivative of its own, and what the gradient by it is. */
export type OwnGradient = readonly [x: ValueId, gradient: ValueId];

/**
 * Writes equations of static shapes. Elementwise operands are broadcast as numpy does, by `broadcast_in_dim`; what would change
 * nothing is left out.
 */
export interface GraphWriter {
  readonly builder: Builder;
  readonly shape: (x: ValueId) => readonly number[];
  readonly dtype: (x: ValueId) => DType;
  /** A scalar. */
  readonly number: (value: number, dtype?: DType) => ValueId;
  readonly filled: (value: number, shape: readonly number[], dtype?: DType) => ValueId;
  /** A constant of any numbers; of one number in all places a scalar that is broadcast. */
  readonly constant: (values: ArrayLike<number>, shape: readonly number[], dtype?: DType) => ValueId;
  readonly unary: (op: UnaryOp, x: ValueId) => ValueId;
  readonly binary: (op: BinaryOp, a: ValueId, b: ValueId) => ValueId;
  readonly compare: (direction: OpAttributes['compare']['direction'], a: ValueId, b: ValueId) => ValueId;
  readonly select: (predicate: ValueId, onTrue: ValueId, onFalse: ValueId) => ValueId;
  readonly convert: (x: ValueId, dtype: DType) => ValueId;
  readonly reshape: (x: ValueId, shape: readonly number[]) => ValueId;
  readonly transpose: (x: ValueId, permutation: readonly number[]) => ValueId;
  readonly broadcast: (x: ValueId, shape: readonly number[]) => ValueId;
  readonly slice: (x: ValueId, start: readonly number[], size: readonly number[], strides?: readonly number[]) => ValueId;
  /** Numbers around x; negative ones crop. */
  readonly pad: (x: ValueId, low: readonly number[], high: readonly number[], value?: number) => ValueId;
  readonly concatenate: (parts: readonly ValueId[], dimension: number) => ValueId;
  readonly reverse: (x: ValueId, dimensions: readonly number[]) => ValueId;
  readonly reduce: (kind: OpAttributes['reduce']['kind'], x: ValueId, axes: readonly number[], keepDims: boolean) => ValueId;
  /** 0, 1, … along one dimension. */
  readonly iota: (shape: readonly number[], dimension: number, dtype?: DType) => ValueId;
  /** The slices of x that i32 `indices` name along an axis. */
  readonly take: (x: ValueId, indices: ValueId, axis: number) => ValueId;
  /** `value` with derivatives of its own: of the cotangent. */
  readonly custom: (value: ValueId, gradients: (cotangent: ValueId) => readonly OwnGradient[]) => ValueId;
  /** The equation that has just been made. */
  readonly lastEquation: <K extends OpKind>(op: K) => EquationOf<K>;
}

export function createGraphWriter(builder: Builder): GraphWriter {
  const shape = (x: ValueId) => shapeOf(builder.typeOf(x));
  const dtype = (x: ValueId): DType => {
    const type = builder.typeOf(x);
    invariant(type.kind === 'tensor', 'a captured value is a tensor');
    return type.dtype;
  };
  const together = (operands: readonly ValueId[]): readonly ValueId[] => {
    const common = operands.map(shape).reduce((a, b) => {
      const found = broadcastShapes({ dims: a, open: false }, { dims: b, open: false });
      if (found === null) throw new Error(`Operands could not be broadcast together with shapes ${a} and ${b}.`);
      return found.dims.map(Number);
    });
    return operands.map((id) => writer.broadcast(id, common));
  };
  /** What each reshape that was written here was made of. */
  const reshapes = new Map<ValueId, ValueId>();
  const writer: GraphWriter = {
    builder,
    shape,
    dtype,
    number: (value, type = 'f32') => builder.emit('constant', [], { dtype: type, shape: [], data: [value] }),
    filled: (value, to, type = 'f32') => writer.broadcast(writer.number(value, type), to),
    constant(values, to, type = 'f32') {
      const { length } = values;
      let uniform = length > 1;
      for (let i = 1; uniform && i < length; i++) uniform = Object.is(values[i], values[0]);
      if (uniform) return writer.filled(Number(values[0]), to, type);
      return builder.emit('constant', [], { dtype: type, shape: [...to], data: Array.from(values, Number) });
    },
    unary: (op, x) => builder.emit(op, [x]),
    binary: (op, a, b) => builder.emit(op, together([a, b])),
    compare: (direction, a, b) => builder.emit('compare', together([a, b]), { direction }),
    select: (predicate, onTrue, onFalse) => builder.emit('select', together([predicate, onTrue, onFalse])),
    convert: (x, to) => (dtype(x) === to ? x : builder.emit('convert', [x], { dtype: to })),
    reshape(x, to) {
      // a reshape of a reshape is one of what was there before: tfjs adds and drops axes all the time
      const source = reshapes.get(x) ?? x;
      if (sameSizes(shape(x), to)) return x;
      if (sameSizes(shape(source), to)) return source;
      const reshaped = builder.emit('reshape', [source], { shape: [...to] });
      reshapes.set(reshaped, source);
      return reshaped;
    },
    transpose: (x, permutation) => (permutation.every((axis, i) => axis === i) ? x : builder.emit('transpose', [x], { permutation: [...permutation] })),
    broadcast(x, to) {
      const from = shape(x);
      if (sameSizes(from, to)) return x;
      return builder.emit('broadcast_in_dim', [x], { shape: [...to], broadcast_dimensions: range(from.length).map((axis) => axis + to.length - from.length) });
    },
    slice(x, start, size, strides = start.map(() => 1)) {
      const limit = start.map((from, axis) => (size[axis] === 0 ? from : from + (size[axis] - 1) * strides[axis] + 1));
      if (strides.every((stride) => stride === 1) && sameSizes(size, shape(x))) return x;
      return builder.emit('slice', [x], { start_indices: [...start], limit_indices: limit, strides: [...strides] });
    },
    pad(x, low, high, value = 0) {
      if (low.every((size) => size === 0) && high.every((size) => size === 0)) return x;
      return builder.emit('pad', [x, writer.number(value, dtype(x))], { low: [...low], high: [...high], interior: low.map(() => 0) });
    },
    concatenate: (parts, dimension) => (parts.length === 1 ? parts[0] : builder.emit('concatenate', parts, { dimension })),
    reverse: (x, dimensions) => (dimensions.length === 0 ? x : builder.emit('reverse', [x], { dimensions: [...dimensions] })),
    reduce(kind, x, axes, keepDims) {
      const from = shape(x);
      const reduced = axes.length === 0 ? x : builder.emit('reduce', [x], { kind, axes: [...axes].sort((a, b) => a - b) });
      return keepDims ? writer.reshape(reduced, from.map((size, axis) => (axes.includes(axis) ? 1 : size))) : reduced;
    },
    iota: (to, dimension, type = 'i32') => builder.emit('iota', [], { dtype: type, shape: [...to], iota_dimension: dimension }),
    take(x, indices, axis) {
      const from = shape(x);
      const places = shape(indices).length;
      return builder.emit('gather', [x, indices], {
        offset_dims: range(from.length - 1).map((i) => (i < axis ? i : i + places)),
        collapsed_slice_dims: [axis],
        start_index_map: [axis],
        index_vector_dim: places,
        slice_sizes: from.map((size, i) => (i === axis ? 1 : size)),
      });
    },
    custom(value, gradients) {
      const cotangent = builder.emit('optimization_barrier', [writer.filled(0, shape(value))]);
      return builder.emit('custom_vjp', [value, cotangent, ...gradients(cotangent).flat()]);
    },
    lastEquation(op) {
      const equation = builder.finish([]).equations.at(-1);
      invariant(equation?.op === op, `the last equation is no ${op}`);
      // the op has just been compared, which does not narrow a union by a generic key
      return equation as EquationOf<typeof op>;
    },
  };
  return writer;
}

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** `axis` as tfjs takes it (absent: all axes; negative: from the end), as a list. */
export function axesOf(axis: number | readonly number[] | null | undefined, rank: number): readonly number[] {
  if (axis === undefined || axis === null) return range(rank);
  return [axis].flat().map((each) => (each < 0 ? each + rank : each));
}
