import { stridesOf } from '../../ir/values.ts';
import type { Guard, LoopsKernel, Node } from '../types.ts';

/** All lists of a length. */
export function lists<T>(length: number, values: readonly T[]): readonly (readonly T[])[] {
  return length === 0 ? [[]] : lists(length - 1, values).flatMap((rest) => values.map((value) => [...rest, value]));
}

/** A kernel that stores what it loads, or sums it up over the dimensions from `split` on. Buffer 0 is read, buffer 1 written. */
export function copyKernel(sizes: readonly number[], split: number, load: { readonly strides: readonly number[]; readonly guards?: readonly Guard[] }): LoopsKernel {
  const space = sizes.slice(0, split);
  const reduced = sizes.slice(split);
  const offset = -load.strides.reduce((sum, stride, d) => sum + Math.min(0, stride * Math.max(0, sizes[d] - 1)), 0);
  const nodes: readonly Node[] = [{ kind: 'load', dtype: 'f32', access: { buffer: 0, offset, strides: load.strides, guards: load.guards ?? [], indirections: [], fill: -9 } }];
  const store = { buffer: 1, offset: 0, strides: stridesOf(space), node: 0 };
  if (reduced.length === 0) return { kind: 'loops', space, reduced, nodes, reductions: [], epilogue: [], stores: [store] };
  return { kind: 'loops', space, reduced, nodes, reductions: [{ combine: 'add', node: 0 }], epilogue: [{ kind: 'accumulator', dtype: 'f32', place: 0 }], stores: [store] };
}

/** Every guard with small numbers over two dimensions. */
export const SMALL_GUARDS: readonly Guard[] = lists(2, [0, 1, 2, -1]).flatMap((coefficients) =>
  [-2, -1, 0, 1, 2, 3].flatMap((offset) => [1, 2, 3].flatMap((dilation) => [1, 2, 3].map((size): Guard => ({ offset, coefficients, dilation, size, stride: 2 })))),
);
