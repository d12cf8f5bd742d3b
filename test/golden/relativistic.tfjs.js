// relativistic.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   relativistic
import * as tf from '@tensorflow/tfjs';
import { installGradients, sigmoidCrossEntropy } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, real_excess)] + E[sigmoid_ce(0, fake_excess)]
 *   real_excess = D(real) − E[D(fake)]
 *   fake_excess = D(fake) − E[D(real)]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 relativistic
  const realLogits = D(real, z);
  const fakeLogits = D(fake, z);
  const realExcess = tf.sub(realLogits, tf.mean(fakeLogits));
  const fakeExcess = tf.sub(fakeLogits, tf.mean(realLogits));
  const relativistic = tf.add(
    tf.mean(sigmoidCrossEntropy(1, realExcess)),
    tf.mean(sigmoidCrossEntropy(0, fakeExcess)),
  );
  return { loss: relativistic, terms: { relativistic } };
}

/**
 * Generator: E[sigmoid_ce(0, real_excess)] + E[sigmoid_ce(1, fake_excess)]
 *   real_excess = D(real) − E[D(fake)]
 *   fake_excess = D(fake) − E[D(real)]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { real, fake, z }) {
  // 2:1 relativistic
  const realLogits = D(real, z);
  const fakeLogits = D(fake, z);
  const realExcess = tf.sub(realLogits, tf.mean(fakeLogits));
  const fakeExcess = tf.sub(fakeLogits, tf.mean(realLogits));
  const relativistic = tf.add(
    tf.mean(sigmoidCrossEntropy(0, realExcess)),
    tf.mean(sigmoidCrossEntropy(1, fakeExcess)),
  );
  return { loss: relativistic, terms: { relativistic } };
}
