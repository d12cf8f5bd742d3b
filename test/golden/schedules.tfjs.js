// schedules.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   wasserstein + linear(0, 10, 1000)*gp + after(500)*cosine(1, 0.1, 5000)*centred
import * as tf from '@tensorflow/tfjs';
import { after, cosine, gradient, installGradients, linear, sumPerSample, uniformPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[D(fake)] − E[D(real)] + linear(0, 10, 1000)·gp
 *   gp = E[(√(‖∇D(point)‖² + 1e−10) − 1)²]
 *   point = real + α(fake − real)
 *   α ~ U[0, 1) per sample
 * No part for the discriminator: centred.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { random, step }) {
  // 10:13 wasserstein
  const wasserstein = tf.sub(tf.mean(D(fake, z)), tf.mean(D(real, z)));
  // 10:47 gp
  const point = tf.add(real, tf.mul(uniformPerSample(fake, random, 'gp.0'), tf.sub(fake, real)));
  const slopes = tf.sqrt(tf.add(sumPerSample(tf.square(gradient((point) => D(point, z), point))), 1e-10));
  const excess = tf.sub(slopes, 1);
  const gp = tf.mean(tf.square(excess));
  // 10:27 linear(0, 10, 1000)*gp
  const weightedGp = tf.mul(linear(step, 0, 10, 1000), gp);
  return { loss: tf.add(wasserstein, weightedGp), terms: { wasserstein, gp } };
}

/**
 * Generator: E[−D(fake)] + after(500)·cosine(1, 0.1, 5000)·centred
 *   centred = E[fake]²
 * No part for the generator: gp.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }, { step }) {
  // 10:13 wasserstein
  const wasserstein = tf.mean(tf.neg(D(fake, z)));
  // 7:15 mean(fake)^2
  const centred = tf.square(tf.mean(fake));
  // 10:52 after(500)*cosine(1, 0.1, 5000)*centred
  const weightedCentred = tf.mul(tf.mul(after(step, 500), cosine(step, 1, 0.1, 5000)), centred);
  return { loss: tf.add(wasserstein, weightedCentred), terms: { wasserstein, centred } };
}
