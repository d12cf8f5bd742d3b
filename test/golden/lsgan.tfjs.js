// lsgan.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   least_squares
import * as tf from '@tensorflow/tfjs';
import { installGradients } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[(D(real) − 1)²/2] + E[(D(fake) − 0)²/2]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z, pooled_z }) {
  // 4:13 least_squares
  const onReal = tf.mean(tf.div(tf.square(tf.sub(D(real, z), 1)), 2));
  const onFake = tf.mean(tf.div(tf.square(D(fake, pooled_z)), 2));
  const leastSquares = tf.add(onReal, onFake);
  return { loss: leastSquares, terms: { least_squares: leastSquares } };
}

/**
 * Generator: E[(D(fake) − 1)²/2]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 4:13 least_squares
  const leastSquares = tf.mean(tf.div(tf.square(tf.sub(D(fake, z), 1)), 2));
  return { loss: leastSquares, terms: { least_squares: leastSquares } };
}
