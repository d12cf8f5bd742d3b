import type { RandomSource } from '../runtime/random.ts';

/** A source whose draws have other names than those of the same source under another prefix: `x2y.gp.0`. */
export function prefixDraws(random: RandomSource, prefix: string): RandomSource {
  return {
    uniform: (draw, shape) => random.uniform(`${prefix}${draw}`, shape),
    normal: (draw, shape) => random.normal(`${prefix}${draw}`, shape),
    numbers: (draw, length) => random.numbers(`${prefix}${draw}`, length),
  };
}
