import { invariant } from '../support/invariant.ts';
import { isStatic, type Type } from '../ir/types.ts';

/** The dimensions of a fully known shape, or null. */
export function staticShape(type: Type): readonly number[] | null {
  return type.kind === 'tensor' && isStatic(type) ? (type.shape.dims as readonly number[]) : null;
}

/** As staticShape; an unknown dimension is a compiler bug. */
export function shapeOf(type: Type): readonly number[] {
  const shape = staticShape(type);
  invariant(shape, 'a static shape is needed here');
  return shape;
}

/** The number of dimensions, or null where only binding knows it. */
export function rankOf(type: Type): number | null {
  return type.kind === 'tensor' && !type.shape.open ? type.shape.dims.length : null;
}

/** Whether two tensors have the same shape whatever the unknown dimensions turn out to be. Open shapes never surely agree. */
export function surelySameShape(a: Type, b: Type): boolean {
  if (a.kind !== 'tensor' || b.kind !== 'tensor' || a.shape.open || b.shape.open) return false;
  return a.shape.dims.length === b.shape.dims.length && a.shape.dims.every((dim, i) => dim === b.shape.dims[i]);
}

export function isFloat(type: Type): boolean {
  return type.kind === 'tensor' && type.dtype === 'f32';
}

/** 0, 1, …, n − 1. */
export function range(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** The axes below `rank` that are not in `axes`, ascending. */
export function otherAxes(rank: number, axes: readonly number[]): readonly number[] {
  return range(rank).filter((axis) => !axes.includes(axis));
}
