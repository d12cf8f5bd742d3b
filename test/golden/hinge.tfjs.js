// hinge.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   hinge
import * as tf from '@tensorflow/tfjs';
import { installGradients } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 + D(fake))] + E[relu(1 − D(real))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 hinge
  const onFake = tf.mean(tf.relu(tf.add(1, D(fake, z))));
  const onReal = tf.mean(tf.relu(tf.sub(1, D(real, z))));
  const hinge = tf.add(onFake, onReal);
  return { loss: hinge, terms: { hinge } };
}

/**
 * Generator: E[−D(fake)]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:1 hinge
  const hinge = tf.mean(tf.neg(D(fake, z)));
  return { loss: hinge, terms: { hinge } };
}
