// zero-gp.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   nonsaturating + 10*zero_centered_gp
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, sumPerSample, uniformPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[softplus(−D(real))] + E[softplus(D(fake))] + 10·zero_centered_gp
 *   zero_centered_gp = E[‖∇D(point)‖²]
 *   point = real + α(fake − real)
 *   α ~ U[0, 1) per sample
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { random }) {
  // 2:1 nonsaturating
  const onReal = tf.mean(tf.softplus(tf.neg(D(real, z))));
  const onFake = tf.mean(tf.softplus(D(fake, z)));
  const nonsaturating = tf.add(onReal, onFake);
  // 2:20 zero_centered_gp
  const point = tf.add(
    real,
    tf.mul(uniformPerSample(fake, random, 'zero_centered_gp.0'), tf.sub(fake, real)),
  );
  const zeroCenteredGp = tf.mean(sumPerSample(tf.square(gradient((point) => D(point, z), point))));
  // 2:17 10*zero_centered_gp
  const weightedZeroCenteredGp = tf.mul(10, zeroCenteredGp);
  return {
    loss: tf.add(nonsaturating, weightedZeroCenteredGp),
    terms: { nonsaturating, zero_centered_gp: zeroCenteredGp },
  };
}

/**
 * Generator: E[softplus(−D(fake))]
 * No part for the generator: zero_centered_gp.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:1 nonsaturating
  const nonsaturating = tf.mean(tf.softplus(tf.neg(D(fake, z))));
  return { loss: nonsaturating, terms: { nonsaturating } };
}
