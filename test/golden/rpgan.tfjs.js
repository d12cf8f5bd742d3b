// rpgan.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   rpgan
import * as tf from '@tensorflow/tfjs';
import { installGradients } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[softplus(−(D(real) − D(fake)))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 3:14 D(real) - D(fake)
  const lead = tf.sub(D(real, z), D(fake, z));
  // 4:19 mean(softplus(-lead))
  const rpgan = tf.mean(tf.softplus(tf.neg(lead)));
  return { loss: rpgan, terms: { rpgan } };
}

/**
 * Generator: E[softplus(D(real) − D(fake))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { real, fake, z }) {
  // 3:14 D(real) - D(fake)
  const lead = tf.sub(D(real, z), D(fake, z));
  // 5:15 mean(softplus(lead))
  const rpgan = tf.mean(tf.softplus(lead));
  return { loss: rpgan, terms: { rpgan } };
}
