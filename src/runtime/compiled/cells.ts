import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../ir/values.ts';
import type { Machine } from './machine.ts';
import { download, upload, type TensorDtype } from './transfer.ts';

/** A tensor of tfjs's side that has a place in the memory. */
export interface CellSource {
  readonly shape: readonly number[];
  readonly dtype: TensorDtype;
  /** What tells whether another value was set there: the identity of its data; null where there is no tensor yet. */
  readonly identity: () => object | null;
  /** The tensor itself; called only where there is one. */
  readonly read: () => tf.Tensor;
  /** Takes over a value from the memory; the tensor is freed afterwards. */
  readonly write: (value: tf.Tensor) => void;
  /** Takes away a tensor that was not there before; needed of tensors that may be missing. */
  readonly remove?: () => void;
  /** What fills the place where there is no tensor yet. */
  readonly start: () => number;
}

/** A place in the memory that stands for a tensor: while training goes on, the place holds the value that counts. */
export interface Cell {
  /** Bytes from the start of the memory. */
  readonly place: number;
  readonly size: number;
  /** Whether another value was set on tfjs's side. */
  readonly outdated: () => boolean;
  /** Fetches the value if another was set on tfjs's side. */
  readonly pull: () => void;
  /** Hands the value to tfjs's side if the memory has a newer one. */
  readonly push: () => void;
  /** The value in the memory counts from now on, whatever tfjs's side holds. */
  readonly touch: () => void;
  /**
   * Who holds the value that counts, as it is now. Once the memory has its value back, the result says so again: whatever was handed over
   * meanwhile does not count.
   */
  readonly snapshot: () => () => void;
}

export function createCell(machine: Machine, place: number, source: CellSource): Cell {
  const size = sizeOf(source.shape);
  let known: object | null | undefined;
  let newer = false;
  return {
    place,
    size,
    outdated: () => source.identity() !== known,
    pull() {
      const identity = source.identity();
      if (identity === known) return;
      if (identity === null) machine.floats().fill(source.start(), place / 4, place / 4 + size);
      else upload(machine, source.read(), place);
      // what was set from outside counts, not what the memory held until then; an upload that failed is tried again
      newer = false;
      known = identity;
    },
    push() {
      // a value that was set from outside is not overwritten
      if (!newer || source.identity() !== known) return;
      // first, since writing asks for the identity, and that for the newest value
      newer = false;
      try {
        const value = download(machine, place, source.shape, source.dtype);
        try {
          source.write(value);
        } finally {
          value.dispose();
        }
      } catch (error) {
        newer = true;
        throw error;
      }
      known = source.identity();
    },
    touch() {
      newer = true;
      known = source.identity();
    },
    snapshot() {
      const [knownBefore, newerBefore] = [known, newer];
      return () => {
        const identity = source.identity();
        if (knownBefore === null && identity !== null) source.remove?.();
        newer = newerBefore || (knownBefore !== null && identity !== knownBefore);
        known = source.identity();
      };
    },
  };
}
