import type { RandomSource } from '../random.ts';

/** A source for the layers that draw: their draws are kept apart from those that the objective names. */
export function layerSource({ uniform, normal, numbers }: RandomSource): RandomSource {
  return {
    uniform: (draw, shape) => uniform(`layer/${draw}`, shape),
    normal: (draw, shape) => normal(`layer/${draw}`, shape),
    numbers: (draw, length) => numbers(`layer/${draw}`, length),
  };
}
