import type * as tf from '@tensorflow/tfjs';
import type { PoolItem } from '../tensorPool.ts';
import { share } from './share.ts';

/** What a trainer remembers beside weights and optimiser slots. Never changed in place: a step makes a new one. */
export interface MemoryContents {
  /** The objective's pools, by group of the model. */
  readonly pools: readonly (readonly PoolItem[])[];
  /** Named state of terms (`ema`), by key. */
  readonly terms: ReadonlyMap<string, tf.Tensor>;
  /** Pools of terms (`pool(x, size: n)`), by key. */
  readonly termPools: ReadonlyMap<string, readonly PoolItem[]>;
  /** Moving averages of the generator's variables, in their order; null when none are kept. */
  readonly ema: readonly tf.Tensor[] | null;
}

export interface Memory {
  readonly contents: () => MemoryContents;
  /** A copy of a tensor that the memory owns from now on. It lives for as long as contents hold it when they settle. */
  readonly adopt: (tensor: tf.Tensor) => tf.Tensor;
  readonly set: (change: Partial<MemoryContents>) => void;
  /** Frees what the contents no longer hold. Contents read before can not be set again after it. */
  readonly settle: () => void;
  readonly dispose: () => void;
}

export function createMemory(): Memory {
  const empty: MemoryContents = { pools: [], terms: new Map(), termPools: new Map(), ema: null };
  let contents = empty;
  let owned = new Set<tf.Tensor>();
  const settle = (): void => {
    const held = new Set(tensorsOf(contents));
    for (const tensor of owned) if (!held.has(tensor)) tensor.dispose();
    owned = held;
  };
  return {
    contents: () => contents,
    adopt(tensor) {
      const copy = share(tensor);
      owned.add(copy);
      return copy;
    },
    set(change) {
      contents = { ...contents, ...change };
    },
    settle,
    dispose() {
      contents = empty;
      settle();
    },
  };
}

function tensorsOf({ pools, terms, termPools, ema }: MemoryContents): readonly tf.Tensor[] {
  return [...pools.flat(2), ...terms.values(), ...[...termPools.values()].flat(2), ...(ema ?? [])];
}
