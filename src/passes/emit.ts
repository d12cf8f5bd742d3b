import type { Builder } from '../ir/builder.ts';
import type { ValueId } from '../ir/graph.ts';
import type { OpAttributes } from '../ir/ops.ts';
import { isScalar } from '../ir/types.ts';
import { range, staticShape } from './shapes.ts';

/** Short names for the elementwise ops that passes emit most. Operands broadcast as numpy's do. */
export interface Emitter {
  readonly add: (a: ValueId, b: ValueId) => ValueId;
  readonly subtract: (a: ValueId, b: ValueId) => ValueId;
  readonly multiply: (a: ValueId, b: ValueId) => ValueId;
  readonly divide: (a: ValueId, b: ValueId) => ValueId;
  readonly negate: (x: ValueId) => ValueId;
  readonly compare: (direction: OpAttributes['compare']['direction'], a: ValueId, b: ValueId) => ValueId;
  readonly select: (predicate: ValueId, onTrue: ValueId, onFalse: ValueId) => ValueId;
  readonly toFloat: (x: ValueId) => ValueId;
}

export function emitter(builder: Pick<Builder, 'emit'>): Emitter {
  return {
    add: (a, b) => builder.emit('add', [a, b]),
    subtract: (a, b) => builder.emit('subtract', [a, b]),
    multiply: (a, b) => builder.emit('multiply', [a, b]),
    divide: (a, b) => builder.emit('divide', [a, b]),
    negate: (x) => builder.emit('negate', [x]),
    compare: (direction, a, b) => builder.emit('compare', [a, b], { direction }),
    select: (predicate, onTrue, onFalse) => builder.emit('select', [predicate, onTrue, onFalse]),
    toFloat: (x) => builder.emit('convert', [x], { dtype: 'f32' }),
  };
}

/** `value` in every element of a tensor of `like`'s type, also where its shape is unknown. */
export function filledLike(builder: Builder, value: number, like: ValueId): ValueId {
  const type = builder.typeOf(like);
  const dtype = type.kind === 'tensor' ? type.dtype : 'f32';
  const scalar = builder.emit('constant', [], { dtype, shape: [], data: [value] });
  if (isScalar(type)) return scalar;
  const shape = staticShape(type);
  if (shape) return builder.emit('broadcast_in_dim', [scalar], { shape, broadcast_dimensions: [] });
  return builder.emit('broadcast_like', [scalar, like], { align: 'trailing' });
}

/** The sum over `axes` of a static operand; itself when there are none. */
export function sumOver(builder: Builder, x: ValueId, axes: readonly number[]): ValueId {
  return axes.length === 0 ? x : builder.emit('reduce', [x], { kind: 'add', axes });
}

/** A transpose, left out where it would change nothing. */
export function transposed(builder: Builder, x: ValueId, permutation: readonly number[]): ValueId {
  return permutation.every((axis, i) => axis === i) ? x : builder.emit('transpose', [x], { permutation });
}

/** A reshape, left out where it would change nothing. */
export function reshaped(builder: Builder, x: ValueId, shape: readonly number[]): ValueId {
  const from = staticShape(builder.typeOf(x));
  if (from && from.length === shape.length && range(shape.length).every((i) => from[i] === shape[i])) return x;
  return builder.emit('reshape', [x], { shape });
}
