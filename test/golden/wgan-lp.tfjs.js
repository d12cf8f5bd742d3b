// wgan-lp.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   wasserstein + 10*lp
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, sumPerSample, uniformPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[D(fake)] − E[D(real)] + 10·lp
 *   lp = E[max(0, √(‖∇D(point)‖² + 1e−10) − 1)²]
 *   point = real + α(fake − real)
 *   α ~ U[0, 1) per sample
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { random }) {
  // 2:1 wasserstein
  const wasserstein = tf.sub(tf.mean(D(fake, z)), tf.mean(D(real, z)));
  // 2:18 lp
  const point = tf.add(real, tf.mul(uniformPerSample(fake, random, 'lp.0'), tf.sub(fake, real)));
  const slopes = tf.sqrt(tf.add(sumPerSample(tf.square(gradient((point) => D(point, z), point))), 1e-10));
  const lp = tf.mean(tf.square(tf.relu(tf.sub(slopes, 1))));
  // 2:15 10*lp
  const weightedLp = tf.mul(10, lp);
  return { loss: tf.add(wasserstein, weightedLp), terms: { wasserstein, lp } };
}

/**
 * Generator: E[−D(fake)]
 * No part for the generator: lp.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:1 wasserstein
  const wasserstein = tf.mean(tf.neg(D(fake, z)));
  return { loss: wasserstein, terms: { wasserstein } };
}
