// weighted.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_over_batch_size, math strict)
//   hinge(real_weights: importance) + 2*least_squares.generator
import * as tf from '@tensorflow/tfjs';
import { broadcastWeights, installGradients, size } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 + D(fake))] + E[relu(1 − D(real)); weights importance]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z, importance }) {
  // 7:13 hinge(real_weights: importance)
  const onFake = tf.mean(tf.relu(tf.add(1, D(fake, z))));
  const value = tf.relu(tf.sub(1, D(real, z)));
  const onReal = tf.div(tf.sum(tf.mul(value, broadcastWeights(importance, value))), size(value));
  const hinge = tf.add(onFake, onReal);
  return { loss: hinge, terms: { hinge } };
}

/**
 * Generator: E[−D(fake)] + 2·least_squares
 *   least_squares = E[(D(fake) − 1)²/2]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 7:13 hinge(real_weights: importance)
  const output = D(fake, z);
  const hinge = tf.mean(tf.neg(output));
  // 7:49 least_squares
  const leastSquares = tf.mean(tf.div(tf.square(tf.sub(output, 1)), 2));
  // 7:47 2*least_squares.generator
  const weightedLeastSquares = tf.mul(2, leastSquares);
  return { loss: tf.add(hinge, weightedLeastSquares), terms: { hinge, least_squares: leastSquares } };
}
