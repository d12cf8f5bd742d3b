import * as tf from '@tensorflow/tfjs';
import { LAYER_STREAM } from '../../src/runtime/capture/capture.ts';
import { sizeOf } from '../../src/ir/values.ts';
import { createRandom, normals, type RandomSource } from '../../src/runtime/random.ts';
import type { Part, SecondOrderCase } from './secondOrderCase.ts';

const SEED = 7;

/** The source of the draws of Dropout and its kin, the same in every way of running. */
export const layerSource: RandomSource = createRandom(SEED, LAYER_STREAM);

/** A case made for one size of batch. */
export interface Instance extends Part {
  readonly shape: readonly number[];
  readonly x: Float32Array;
  readonly variables: readonly tf.Variable[];
}

export function instantiate({ shape, part, seed }: SecondOrderCase, batch: number): Instance {
  const full = [batch, ...shape];
  return { variables: [], ...part(batch), shape: full, x: normals(seed, 'x', sizeOf(full)) };
}

/** The critic's output: Σ w·(y + y²/2) over all outputs, with fixed normal weights; the bend gives linear layers a second derivative. */
export function score({ f }: Part, x: tf.Tensor): tf.Tensor {
  const sums = [f(x, {})].flat().map((part, i) => {
    const y = part as tf.Tensor;
    const pattern = tf.tensor(normals(SEED, `pattern ${i}`, y.size), y.shape);
    return tf.sum(tf.mul(tf.add(y, tf.div(tf.square(y), 2)), pattern));
  });
  return sums.reduce((sum, part) => tf.add(sum, part));
}

export const EPSILON = 1e-10;

/** The penalty of WGAN-GP on the score: the mean of (‖∂score/∂xᵢ‖ − 1)² over the samples. */
export function penalty(part: Part, x: tf.Tensor): tf.Tensor {
  const slopes = tf.grad((at: tf.Tensor) => score(part, at))(x);
  const norms = tf.sqrt(tf.add(tf.sum(tf.square(tf.reshape(slopes, [x.shape[0], -1])), 1), EPSILON));
  return tf.mean(tf.square(tf.sub(norms, 1)));
}
