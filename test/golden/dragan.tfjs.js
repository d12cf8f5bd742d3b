// dragan.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   nonsaturating + 10*dragan
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, sumPerSample, uniformLike, uniformPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[softplus(−D(real))] + E[softplus(D(fake))] + 10·dragan
 *   dragan = E[(√(‖∇D(point)‖² + 1e−10) − 1)²]
 *   point = real + α·(0.5·√(E[(real − E[real])²])·β)
 *   α ~ U[0, 1) per sample
 *   β ~ U[0, 1) per element
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { random }) {
  // 2:1 nonsaturating
  const onReal = tf.mean(tf.softplus(tf.neg(D(real, z))));
  const onFake = tf.mean(tf.softplus(D(fake, z)));
  const nonsaturating = tf.add(onReal, onFake);
  // 2:20 dragan
  const noise = tf.mul(
    tf.mul(0.5, tf.sqrt(tf.mean(tf.square(tf.sub(real, tf.mean(real)))))),
    uniformLike(real, random, 'dragan.0'),
  );
  const point = tf.add(real, tf.mul(uniformPerSample(real, random, 'dragan.1'), noise));
  const slopes = tf.sqrt(tf.add(sumPerSample(tf.square(gradient((point) => D(point, z), point))), 1e-10));
  const dragan = tf.mean(tf.square(tf.sub(slopes, 1)));
  // 2:17 10*dragan
  const weightedDragan = tf.mul(10, dragan);
  return { loss: tf.add(nonsaturating, weightedDragan), terms: { nonsaturating, dragan } };
}

/**
 * Generator: E[softplus(−D(fake))]
 * No part for the generator: dragan.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:1 nonsaturating
  const nonsaturating = tf.mean(tf.softplus(tf.neg(D(fake, z))));
  return { loss: nonsaturating, terms: { nonsaturating } };
}
