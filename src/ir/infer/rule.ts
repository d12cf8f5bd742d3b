import { invariant } from '../../support/invariant.ts';
import type { OpAttributes, OpKind } from '../ops.ts';
import type { Dim, DType, Shape, TensorType, Type } from '../types.ts';
import { formatType, UNKNOWN_SHAPE } from '../types.ts';

/** The type of one op's result. The number of operands has been checked; anything else that does not fit is a compiler bug. */
export type InferRule<K extends OpKind> = (operands: readonly Type[], attributes: OpAttributes[K], op: K) => Type;

/** A rule for each op; a new op does not compile until it has one. */
export type InferTable = { readonly [K in OpKind]: InferRule<K> };

export function tensor(dtype: DType, shape: Shape): TensorType {
  return { kind: 'tensor', dtype, shape };
}

export function closed(dtype: DType, dims: readonly Dim[]): TensorType {
  return tensor(dtype, { dims, open: false });
}

/** An operand as a tensor, of one of `dtypes` if given. `any` may be a tensor and counts as one of which nothing is known. */
export function tensorOperand(op: OpKind, operands: readonly Type[], index: number, dtypes?: readonly DType[]): TensorType {
  const type = operands[index];
  if (type.kind === 'opaque') {
    invariant(type.name === 'any', `${op}: operand ${index} is ${type.name}, not a tensor`);
    return tensor('f32', UNKNOWN_SHAPE);
  }
  invariant(dtypes === undefined || dtypes.includes(type.dtype), `${op}: operand ${index} is ${formatType(type)}, not of ${dtypes?.join(' or ')}`);
  return type;
}

/** An operand of known rank. */
export function rankedOperand(op: OpKind, operands: readonly Type[], index: number, dtypes?: readonly DType[]): TensorType {
  const type = tensorOperand(op, operands, index, dtypes);
  invariant(!type.shape.open, `${op}: the rank of operand ${index} is not known: ${formatType(type)}`);
  return type;
}

export function requireLength(op: OpKind, name: string, list: readonly unknown[] | string, rank: number): void {
  invariant(list.length === rank, `${op}: ${name} has ${list.length} entries for ${rank} dimensions`);
}

export function requireShape(op: OpKind, dims: readonly number[]): void {
  invariant(
    dims.every((dim) => Number.isInteger(dim) && dim >= 0),
    `${op}: [${dims.join(', ')}] is not a shape`,
  );
}

/** Distinct whole numbers in [0, rank). */
export function requireAxes(op: OpKind, name: string, axes: readonly number[], rank: number): void {
  const good = axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank) && new Set(axes).size === axes.length;
  invariant(good, `${op}: ${name} [${axes.join(', ')}] are not distinct dimensions of a tensor of rank ${rank}`);
}

export function requireIntegers(op: OpKind, name: string, values: readonly number[], minimum = -Infinity): void {
  const good = values.every((value) => Number.isInteger(value) && value >= minimum);
  invariant(good, `${op}: ${name} [${values.join(', ')}] are not whole numbers${minimum === -Infinity ? '' : ` from ${minimum}`}`);
}
