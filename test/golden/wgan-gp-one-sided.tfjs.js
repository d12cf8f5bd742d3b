// wgan-gp-one-sided.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   wasserstein + lambda*gp(one_sided: true)
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, sumPerSample, uniformPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[D(fake)] − E[D(real)] + lambda·gp
 *   gp = E[max(0, √(‖∇D(point)‖² + 1e−10) − 1)²]
 *   point = real + α(fake − real)
 *   α ~ U[0, 1) per sample
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { random, params }) {
  // 6:13 wasserstein
  const wasserstein = tf.sub(tf.mean(D(fake, z)), tf.mean(D(real, z)));
  // 6:34 gp(one_sided: true)
  const point = tf.add(real, tf.mul(uniformPerSample(fake, random, 'gp.0'), tf.sub(fake, real)));
  const slopes = tf.sqrt(tf.add(sumPerSample(tf.square(gradient((point) => D(point, z), point))), 1e-10));
  const excess = tf.sub(slopes, 1);
  const gp = tf.mean(tf.square(tf.relu(excess)));
  // 6:27 lambda*gp(one_sided: true)
  const weightedGp = tf.mul(params.lambda, gp);
  return { loss: tf.add(wasserstein, weightedGp), terms: { wasserstein, gp } };
}

/**
 * Generator: E[−D(fake)]
 * No part for the generator: gp.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 6:13 wasserstein
  const wasserstein = tf.mean(tf.neg(D(fake, z)));
  return { loss: wasserstein, terms: { wasserstein } };
}
