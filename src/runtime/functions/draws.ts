import type * as tf from '@tensorflow/tfjs';
import { toTensor, type Operand } from './toTensor.ts';
import type { RandomSource } from '../random.ts';

/** One uniform number of [0, 1) a sample, of shape [N, 1, …, 1] with like's rank. `draw` names the draw within a step. */
export function uniformPerSample(like: Operand, random: RandomSource, draw: string): tf.Tensor {
  const { shape } = toTensor(like);
  return random.uniform(draw, shape.map((size, axis) => (axis === 0 ? size : 1)));
}

/** Uniform numbers of [0, 1) of like's shape. */
export function uniformLike(like: Operand, random: RandomSource, draw: string): tf.Tensor {
  return random.uniform(draw, toTensor(like).shape);
}

/** Standard normals of like's shape. */
export function normalLike(like: Operand, random: RandomSource, draw: string): tf.Tensor {
  return random.normal(draw, toTensor(like).shape);
}
