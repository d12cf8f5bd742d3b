// r1.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   nonsaturating + r1(gamma: 1)
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[softplus(−D(real))] + E[softplus(D(fake))] + r1
 *   r1 = 0.5·E[‖∇D(real)‖²]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 nonsaturating
  const onReal = tf.mean(tf.softplus(tf.neg(D(real, z))));
  const onFake = tf.mean(tf.softplus(D(fake, z)));
  const nonsaturating = tf.add(onReal, onFake);
  // 2:17 r1(gamma: 1)
  const r1 = tf.mul(0.5, tf.mean(sumPerSample(tf.square(gradient((real) => D(real, z), real)))));
  return { loss: tf.add(nonsaturating, r1), terms: { nonsaturating, r1 } };
}

/**
 * Generator: E[softplus(−D(fake))]
 * No part for the generator: r1.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:1 nonsaturating
  const nonsaturating = tf.mean(tf.softplus(tf.neg(D(fake, z))));
  return { loss: nonsaturating, terms: { nonsaturating } };
}
