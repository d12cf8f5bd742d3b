import { invariant } from '../support/invariant.ts';
import type { Dim, Shape, Type } from './types.ts';
import { formatType } from './types.ts';

export function formatShape(shape: Shape): string {
  const dims = shape.dims.map(String);
  return `[${(shape.open ? [...dims, '...'] : dims).join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.open === b.open && a.dims.length === b.dims.length && a.dims.every((dim, i) => dim === b.dims[i]);
}

export function sameType(a: Type, b: Type): boolean {
  if (a.kind === 'opaque' || b.kind === 'opaque') return a.kind === b.kind && formatType(a) === formatType(b);
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

/** Whether two dimensions may be of one size: numbers must be equal, a symbol may turn out to be anything. */
export function mayEqual(a: Dim, b: Dim): boolean {
  return a === b || typeof a === 'string' || typeof b === 'string';
}

/** The product of all dimensions, or null where one is a symbol. */
export function elementCount(dims: readonly Dim[]): number | null {
  let count = 1;
  for (const dim of dims) {
    if (typeof dim === 'string') return null;
    count *= dim;
  }
  return count;
}

/**
 * One dimension broadcast with another, as numpy does. Null where numpy refuses. Two different symbols give `n|m`: whatever the
 * two broadcast to.
 */
function broadcastDims(a: Dim, b: Dim): Dim | null {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'number') return typeof b === 'number' ? null : a;
  if (typeof b === 'number') return b;
  return [...new Set([...a.split('|'), ...b.split('|')])].sort().join('|');
}

function broadcastClosed(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] | null {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const ai = i - (rank - a.length);
    const bi = i - (rank - b.length);
    const dim = broadcastDims(ai < 0 ? 1 : a[ai], bi < 0 ? 1 : b[bi]);
    if (dim === null) return null;
    result.push(dim);
  }
  return result;
}

/**
 * The shape of an elementwise operation on two shapes under numpy's rule (last dimensions aligned). Null where no size that the
 * symbols could take makes it legal.
 *
 * What is known of open shapes:
 * - equal shapes give that shape, open ones too: `[n, ...]` with `[n, ...]` is taken for two tensors of one rank. Where the ranks
 *   differ after all, binding finds out; the discriminator's outputs and a batch of images never meet in one addition.
 * - a scalar never changes the other's shape, and shapes of ones only, of no higher rank than is known of the other, do not either;
 * - `[n, a, b, ...]` with a closed shape of rank 2 has at least one leading dimension that the other does not reach: `[n, ...]`;
 * - equal first dimensions stay first, whichever rank is the higher;
 * - otherwise nothing is known.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape | null {
  if (sameShape(a, b)) return a;
  if (!a.open && !b.open) {
    const dims = broadcastClosed(a.dims, b.dims);
    return dims === null ? null : { dims, open: false };
  }
  if (a.open && b.open) return { dims: sharedFirst(a, b), open: true };
  const [open, closed] = a.open ? [a, b] : [b, a];
  if (closed.dims.length <= open.dims.length && closed.dims.every((dim) => dim === 1)) return open;
  const beyondReach = open.dims.slice(0, Math.max(0, open.dims.length - closed.dims.length));
  return { dims: beyondReach.length > 0 ? beyondReach : sharedFirst(a, b), open: true };
}

function sharedFirst(a: Shape, b: Shape): readonly Dim[] {
  return a.dims.length > 0 && a.dims[0] === b.dims[0] ? [a.dims[0]] : [];
}

/** Length of one dimension under a sliding window (StableHLO's `num_windows`): 0 where no window fits. */
export function windowCount(
  size: number,
  window: number,
  options: { readonly stride: number; readonly low: number; readonly high: number; readonly baseDilation?: number; readonly windowDilation?: number },
): number {
  const base = dilatedSize(size, options.baseDilation ?? 1) + options.low + options.high;
  const extent = dilatedSize(window, options.windowDilation ?? 1);
  return base <= 0 || extent > base ? 0 : Math.floor((base - extent) / options.stride) + 1;
}

/** `size` elements with `dilation − 1` holes between each two. */
export function dilatedSize(size: number, dilation: number): number {
  return size === 0 ? 0 : (size - 1) * dilation + 1;
}

/** Where each letter (or spatial number) of dimension numbers such as `b01f` stands. */
export interface DimensionNumbers {
  /** The places of `b` and `f` (inputs, outputs) or of `i` and `o` (kernels). */
  readonly first: number;
  readonly second: number;
  /** The place of each spatial dimension, in the order of their numbers. */
  readonly spatial: readonly number[];
}

/** Reads `b01f` with letters `bf`, or `01io` with letters `io`. */
export function parseDimensionNumbers(text: string, letters: 'bf' | 'io'): DimensionNumbers {
  const first = text.indexOf(letters[0]);
  const second = text.indexOf(letters[1]);
  const spatial = Array.from({ length: text.length - 2 }, (_, i) => text.indexOf(String(i)));
  invariant(
    first >= 0 && second >= 0 && spatial.every((place) => place >= 0) && new Set(text).size === text.length,
    `dimension numbers '${text}' are not made of '${letters}' and the numbers of the spatial dimensions`,
  );
  return { first, second, spatial };
}
