// wgan-clip.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   wasserstein
import * as tf from '@tensorflow/tfjs';
import { installGradients } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[D(fake)] − E[D(real)]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 4:13 wasserstein
  const wasserstein = tf.sub(tf.mean(D(fake, z)), tf.mean(D(real, z)));
  return { loss: wasserstein, terms: { wasserstein } };
}

/**
 * Generator: E[−D(fake)]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 4:13 wasserstein
  const wasserstein = tf.mean(tf.neg(D(fake, z)));
  return { loss: wasserstein, terms: { wasserstein } };
}
