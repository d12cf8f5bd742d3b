import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { flattenNest, packNest, type Nest } from '../../runtime/nest.ts';
import { anySeed, createRandom, type RandomSource } from '../../runtime/random.ts';
import { tensorPool as exchange, type PoolItem } from '../../runtime/tensorPool.ts';
import { prefixDraws } from '../prefixDraws.ts';
import { share } from '../../runtime/trainer/share.ts';
import type { Snapshot } from '../../runtime/trainer/snapshot.ts';

export interface TensorPoolOptions {
  /** How many values it keeps; 50 by default. A fraction is cut off; 0 lets everything through. */
  readonly poolSize?: number;
  /** How probably a full pool answers with a value it kept: at 0 or below never, at 1 or above always; 0.5 by default. */
  readonly poolingProbability?: number;
  /** Whole number that the pool's draws derive from; by default one of `Math.random`. */
  readonly seed?: number;
  /** Where draws come from, in place of a seed. */
  readonly random?: RandomSource;
}

/** A history of what a generator made: the `tensorPoolFn` of a loss. */
export interface TensorPool {
  /** The values, or ones that went in before, in the same structure; all tensors of an answer went in together. */
  <N extends Nest>(values: N): N;
  /** A pool of its own with the same settings, as each call of TF-GAN's function makes one; its draws are others. */
  readonly another: () => TensorPool;
  /** What the pool holds, to be put back when what asked it fails. */
  readonly snapshot: () => Snapshot;
  /** Frees what the pool keeps. */
  readonly dispose: () => void;
}

/**
 * TF-GAN's `tensor_pool`. There it is an operation of the graph, whose queue the session owns; here it is made once and owns its
 * queue: `ganLoss(model, { tensorPoolFn: tensorPool({ poolSize: 50 }) })`.
 *
 * Until it is full it keeps each value and lets it through. A full one exchanges a random value for the new one at each call, and
 * answers with the one or the other. What it answers belongs to the tidy around the call. (Shrivastava et al., 2017, "Learning from
 * simulated and unsupervised images through adversarial training".)
 *
 * @throws SpecError GL3013 for a negative size
 */
export function tensorPool({ poolSize = 50, poolingProbability = 0.5, seed, random }: TensorPoolOptions = {}): TensorPool {
  const size = Math.trunc(poolSize);
  if (Number.isNaN(size)) return fail('GL3013', `\`poolSize\` is ${poolSize}: it must be a number`);
  if (size < 0) return fail('GL3013', `\`poolSize\` is negative: ${poolSize}`);
  const source = random ?? createRandom(seed ?? anySeed(), 'tensor_pool');
  let calls = 0;
  let items: readonly PoolItem[] = [];
  let others = 0;
  const snapshots = new Set<readonly PoolItem[]>();

  /** Frees what neither the pool nor anything that may be put back into it holds. */
  const settle = (candidates: readonly PoolItem[]): void => {
    const held = new Set([items, ...snapshots].flat());
    for (const item of candidates) if (!held.has(item)) tf.dispose([...item]);
  };

  const pool = <N extends Nest>(values: N): N => {
    if (size === 0) return values;
    const draws = source.numbers(`${calls}`, 2);
    let next = 0;
    const before = items;
    const input: PoolItem = flattenNest(values).map(share);
    const answer = exchange(before, input, { size, probability: poolingProbability }, () => draws[next++]);
    // what is let through keeps its gradient, as in TF-GAN
    const shown = answer.output === input ? flattenNest(values) : answer.output;
    const output = packNest(values, shown.map((tensor) => tf.reshape(tensor, tensor.shape)));
    items = answer.items;
    calls += 1;
    settle(before);
    return output;
  };

  return Object.assign(pool, {
    another(): TensorPool {
      others += 1;
      return tensorPool({ poolSize, poolingProbability, random: prefixDraws(source, `${others}/`) });
    },
    snapshot(): Snapshot {
      const then = { items: [...items], calls };
      snapshots.add(then.items);
      const release = (): void => {
        snapshots.delete(then.items);
        settle(then.items);
      };
      return {
        restore() {
          const now = items;
          ({ items, calls } = then);
          settle(now);
          release();
        },
        release,
      };
    },
    dispose(): void {
      const before = items;
      items = [];
      settle(before);
    },
  });
}
