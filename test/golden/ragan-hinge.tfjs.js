// ragan-hinge.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   ragan_hinge
import * as tf from '@tensorflow/tfjs';
import { installGradients } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 − (D(real) − E[D(fake)]))] + E[relu(1 + D(fake) − E[D(real)])]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 ragan_hinge
  const output = D(real, z);
  const output2 = D(fake, z);
  const realExcess = tf.sub(output, tf.mean(output2));
  const fakeExcess = tf.sub(output2, tf.mean(output));
  const raganHinge = tf.add(tf.mean(tf.relu(tf.sub(1, realExcess))), tf.mean(tf.relu(tf.add(1, fakeExcess))));
  return { loss: raganHinge, terms: { ragan_hinge: raganHinge } };
}

/**
 * Generator: E[relu(1 + D(real) − E[D(fake)])] + E[relu(1 − (D(fake) − E[D(real)]))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { real, fake, z }) {
  // 2:1 ragan_hinge
  const output = D(real, z);
  const output2 = D(fake, z);
  const realExcess = tf.sub(output, tf.mean(output2));
  const fakeExcess = tf.sub(output2, tf.mean(output));
  const raganHinge = tf.add(tf.mean(tf.relu(tf.add(1, realExcess))), tf.mean(tf.relu(tf.sub(1, fakeExcess))));
  return { loss: raganHinge, terms: { ragan_hinge: raganHinge } };
}
