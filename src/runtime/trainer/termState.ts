import type * as tf from '@tensorflow/tfjs';
import type { RandomSource } from '../random.ts';
import type { StateAccess } from '../state.ts';
import { tensorPool, type PoolAnswer } from '../tensorPool.ts';
import type { Memory } from './memory.ts';

/** TF-GAN's default: a full pool answers with a stored value half of the time. */
const POOLING_PROBABILITY = 0.5;

export interface TermState extends StateAccess {
  /** Makes the evaluation's writes the memory's contents. */
  readonly commit: () => void;
}

/** The named state of terms during one evaluation of a player's loss: what it reads is as it was before, whatever it writes. */
export function createTermState(memory: Memory, random: RandomSource): TermState {
  const before = memory.contents();
  const terms = new Map<string, tf.Tensor>();
  const pools = new Map<string, PoolAnswer>();
  return {
    read: (key, initial) => before.terms.get(key) ?? initial,
    write: (key, value) => void terms.set(key, memory.adopt(value)),
    pool(name, value, size) {
      // asked again in one evaluation (inside a gradient), a pool gives the same answer
      const answer = pools.get(name) ?? ask(name, memory.adopt(value), size);
      return answer.output[0];
    },
    commit() {
      memory.set({
        terms: new Map([...before.terms, ...terms]),
        termPools: new Map([...before.termPools, ...[...pools].map(([name, { items }]) => [name, items] as const)]),
      });
    },
  };

  function ask(name: string, value: tf.Tensor, size: number): PoolAnswer {
    const draws = random.numbers(`${name}/pool`, 2);
    let next = 0;
    const answer = tensorPool(before.termPools.get(name) ?? [], [value], { size, probability: POOLING_PROBABILITY }, () => draws[next++]);
    pools.set(name, answer);
    return answer;
  }
}
