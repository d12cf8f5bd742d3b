import type * as tf from '@tensorflow/tfjs';
import { fail } from './models/fail.ts';

/** What a pool remembers of one call: tensors that belong together. */
export type PoolItem = readonly tf.Tensor[];

export interface PoolOptions {
  /** How many items it keeps; a fraction is cut off. 0 makes it let everything through. */
  readonly size: number;
  /** How probably a full pool answers with an item it kept: at 0 or below never, at 1 or above always. */
  readonly probability: number;
}

export interface PoolAnswer {
  /** What the pool holds afterwards, the input (the very tensors) among it. */
  readonly items: readonly PoolItem[];
  /** The input, or an item that the pool no longer holds. */
  readonly output: PoolItem;
}

/**
 * One call of TF-GAN's `tensor_pool`, as a function of what the pool holds. Until it is full it keeps each input and lets it
 * through. A full one always exchanges a random item for the input, and answers with the one or the other.
 *
 * @param uniform draws from [0, 1): first the item, then whether it is the answer
 * @throws SpecError GL3013 for a negative size
 */
export function tensorPool(items: readonly PoolItem[], input: PoolItem, options: PoolOptions, uniform: () => number): PoolAnswer {
  const size = Math.trunc(options.size);
  if (size < 0) return fail('GL3013', `the size of a pool is ${options.size}: it must not be negative`);
  if (size === 0) return { items, output: input };
  if (items.length < size) return { items: [...items, input], output: input };
  const chosen = Math.floor(uniform() * items.length);
  const output = uniform() < options.probability ? items[chosen] : input;
  return { items: [...items.filter((_, index) => index !== chosen), input], output };
}
