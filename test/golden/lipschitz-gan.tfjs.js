// lipschitz-gan.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   nonsaturating + 10*max_gp
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, sumPerSample, uniformPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[softplus(−D(real))] + E[softplus(D(fake))] + 10·max_gp
 *   max_gp = max(‖∇D(point)‖²)
 *   point = real + α(fake − real)
 *   α ~ U[0, 1) per sample
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { random }) {
  // 2:1 nonsaturating
  const onReal = tf.mean(tf.softplus(tf.neg(D(real, z))));
  const onFake = tf.mean(tf.softplus(D(fake, z)));
  const nonsaturating = tf.add(onReal, onFake);
  // 2:20 max_gp
  const point = tf.add(real, tf.mul(uniformPerSample(fake, random, 'max_gp.0'), tf.sub(fake, real)));
  const maxGp = tf.max(sumPerSample(tf.square(gradient((point) => D(point, z), point))));
  // 2:17 10*max_gp
  const weightedMaxGp = tf.mul(10, maxGp);
  return { loss: tf.add(nonsaturating, weightedMaxGp), terms: { nonsaturating, max_gp: maxGp } };
}

/**
 * Generator: E[softplus(−D(fake))]
 * No part for the generator: max_gp.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:1 nonsaturating
  const nonsaturating = tf.mean(tf.softplus(tf.neg(D(fake, z))));
  return { loss: nonsaturating, terms: { nonsaturating } };
}
