// r3gan.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   rpgan + r1(gamma: 0.1) + r2(gamma: 0.1)
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[softplus(−(D(real) − D(fake)))] + r1 + r2
 *   r1 = 0.05·E[‖∇D(real)‖²]
 *   r2 = 0.05·E[‖∇D(fake)‖²]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 rpgan
  const lead = tf.sub(D(real, z), D(fake, z));
  const rpgan = tf.mean(tf.softplus(tf.neg(lead)));
  // 2:9 r1(gamma: 0.1)
  const r1 = tf.mul(0.05, tf.mean(sumPerSample(tf.square(gradient((real) => D(real, z), real)))));
  // 2:26 r2(gamma: 0.1)
  const r2 = tf.mul(0.05, tf.mean(sumPerSample(tf.square(gradient((fake) => D(fake, z), fake)))));
  return { loss: tf.add(tf.add(rpgan, r1), r2), terms: { rpgan, r1, r2 } };
}

/**
 * Generator: E[softplus(D(real) − D(fake))]
 * No part for the generator: r1, r2.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { real, fake, z }) {
  // 2:1 rpgan
  const lead = tf.sub(D(real, z), D(fake, z));
  const rpgan = tf.mean(tf.softplus(lead));
  return { loss: rpgan, terms: { rpgan } };
}
