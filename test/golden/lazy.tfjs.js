// lazy.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   modified + every(16, real_slopes)
import * as tf from '@tensorflow/tfjs';
import { every, gradient, installGradients, sigmoidCrossEntropy, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, D(real), smoothing 0.25)] + E[sigmoid_ce(0, D(fake))] + 16·real_slopes
 *   real_slopes = 5·E[‖∇D(real)‖²], every 16 steps
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { step }) {
  // 12:13 modified
  const realLogits = D(real, z);
  const onReal = tf.mean(sigmoidCrossEntropy(0.875, realLogits));
  const fakeLogits = D(fake, z);
  const onFake = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const modified = tf.add(onReal, onFake);
  // 12:34 real_slopes
  const realSlopes = every(step, 16, () => {
    const slopes = gradient((real) => D(real, z), real);
    return tf.mul(5, tf.mean(sumPerSample(tf.square(slopes))));
  });
  // 12:24 every(16, real_slopes)
  const weightedRealSlopes = tf.mul(16, realSlopes);
  return { loss: tf.add(modified, weightedRealSlopes), terms: { modified, real_slopes: realSlopes } };
}

/**
 * Generator: E[sigmoid_ce(1, D(fake))]
 * No part for the generator: real_slopes.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 12:13 modified
  const fakeLogits = D(fake, z);
  const modified = tf.mean(sigmoidCrossEntropy(1, fakeLogits));
  return { loss: modified, terms: { modified } };
}
