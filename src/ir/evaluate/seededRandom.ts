import { sizeOf } from '../values.ts';
import type { RandomFunction } from './rule.ts';

/** 32 bits that look random, from a counter (the finaliser of MurmurHash3). */
function scramble(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hashName(name: string, seed: number): number {
  let hash = scramble(seed ^ 0x9e3779b9);
  for (let i = 0; i < name.length; i++) hash = scramble(hash ^ name.charCodeAt(i));
  return hash;
}

/**
 * Random numbers that are a function of the seed, the draw's name and the place: the same draw always gives the same numbers.
 * For the reference evaluation; not the generator that training uses.
 */
export function seededRandom(seed: number): RandomFunction {
  return (draw, distribution, shape) => {
    const key = hashName(draw, seed);
    const uniform = (counter: number) => scramble(key + Math.imul(counter + 1, 0x9e3779b9)) / 2 ** 32;
    return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
      if (distribution === 'uniform') return uniform(i);
      // Box and Muller, 1958; 1 − u lies in (0, 1]
      return Math.sqrt(-2 * Math.log(1 - uniform(2 * i))) * Math.cos(2 * Math.PI * uniform(2 * i + 1));
    });
  };
}
