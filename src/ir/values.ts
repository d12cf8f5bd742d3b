import { invariant } from '../support/invariant.ts';
import type { DType, Type } from './types.ts';
import { formatType, opaqueType, tensorType } from './types.ts';

/** A dense tensor in row-major order. All element types are held in float64; `i1` as 0 and 1. */
export interface ArrayValue {
  readonly kind: 'array';
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A list of values: a generator's inputs, or what `log_prob` gives. */
export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
}

export interface Distribution {
  /** The log-probability of `value`, of whatever shape the distribution's batch has. */
  readonly logProb: (value: Value) => ArrayValue;
}

export interface DistributionsValue {
  readonly kind: 'distributions';
  readonly items: readonly Distribution[];
}

/** All outputs of one call of a network. */
export interface OutputsValue {
  readonly kind: 'outputs';
  readonly first: Value;
  readonly heads: ReadonlyMap<string, Value>;
}

export type Value = ArrayValue | ListValue | DistributionsValue | OutputsValue;

export function arrayValue(shape: readonly number[], data: ArrayLike<number>, dtype: DType = 'f32'): ArrayValue {
  const size = sizeOf(shape);
  invariant(data.length === size, `${data.length} numbers for shape [${shape.join(', ')}]`);
  return { kind: 'array', dtype, shape, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

export function scalarValue(value: number, dtype: DType = 'f32'): ArrayValue {
  return arrayValue([], [value], dtype);
}

export function filledValue(shape: readonly number[], value: number, dtype: DType = 'f32'): ArrayValue {
  return arrayValue(shape, new Float64Array(sizeOf(shape)).fill(value), dtype);
}

export function listValue(items: readonly Value[]): ListValue {
  return { kind: 'list', items };
}

export function distributionsValue(items: readonly Distribution[]): DistributionsValue {
  return { kind: 'distributions', items };
}

export function outputsValue(first: Value, heads: Readonly<Record<string, Value>> = {}): OutputsValue {
  return { kind: 'outputs', first, heads: new Map(Object.entries(heads)) };
}

/** The static type of a value. */
export function typeOfValue(value: Value): Type {
  return value.kind === 'array' ? tensorType(value.shape, { dtype: value.dtype }) : opaqueType(value.kind);
}

export function formatValue(value: Value): string {
  return value.kind === 'array' ? `${formatType(typeOfValue(value))} {${Array.from(value.data, (x) => (Object.is(x, -0) ? '-0' : String(x))).join(', ')}}` : value.kind;
}

/** How many elements a shape has; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** How far apart two neighbours along each dimension lie in row-major order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/**
 * For each index of `shape` in row-major order: `start + Σ index·strides`. Views of all kinds (transposes, slices, broadcasts,
 * windows) are such lists of places in the data of another tensor.
 */
export function offsetsOf(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const offsets = new Int32Array(sizeOf(shape));
  if (offsets.length === 0) return offsets;
  offsets[0] = start;
  let filled = 1;
  // each dimension, from the innermost, repeats what is there at its own stride
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const block = filled;
    for (let i = 1; i < shape[axis]; i++) {
      for (let j = 0; j < block; j++) offsets[filled++] = offsets[j] + i * strides[axis];
    }
  }
  return offsets;
}

/** The strides under which a tensor of `shape` is read as one of `target`, last dimensions aligned: 0 where it repeats. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const own = stridesOf(shape);
  const missing = target.length - shape.length;
  return target.map((_, i) => (i < missing || shape[i - missing] === 1 ? 0 : own[i - missing]));
}

/** Calls `visit` for every index in row-major order. `index` is one array that changes between calls. */
export function forEachIndex(shape: readonly number[], visit: (index: readonly number[], place: number) => void): void {
  const size = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let place = 0; place < size; place++) {
    visit(index, place);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] += 1;
      if (index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

/** The place of an index in row-major order, or −1 where it lies outside the shape. */
export function placeOf(shape: readonly number[], index: readonly number[]): number {
  let place = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (index[axis] < 0 || index[axis] >= shape[axis]) return -1;
    place = place * shape[axis] + index[axis];
  }
  return place;
}
