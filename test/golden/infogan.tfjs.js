// infogan.ganloss, compiled by ganloss 0.1.0 (model infogan, reduction sum_by_nonzero_weights, math strict)
//   modified(label_smoothing: 0) + mi
import * as tf from '@tensorflow/tfjs';
import { installGradients, logProb, meanOfEach, sigmoidCrossEntropy } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, D(real))] + E[sigmoid_ce(0, D(fake))] + mi
 *   mi = −E[mean_of_each(log_prob(D.codes(fake), codes))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z, codes }) {
  // 2:1 modified(label_smoothing: 0)
  const realLogits = D.outputs(real, z).head();
  const onReal = tf.mean(sigmoidCrossEntropy(1, realLogits));
  const output = D.outputs(fake, z);
  const fakeLogits = output.head();
  const onFake = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const modified = tf.add(onReal, onFake);
  // 2:32 mi
  const likelihood = tf.mean(meanOfEach(logProb(output.head('codes'), codes)));
  const mi = tf.neg(likelihood);
  return { loss: tf.sub(modified, likelihood), terms: { modified, mi } };
}

/**
 * Generator: E[sigmoid_ce(1, D(fake))] + mi
 *   mi = −E[mean_of_each(log_prob(D.codes(fake), codes))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z, codes }) {
  // 2:1 modified(label_smoothing: 0)
  const output = D.outputs(fake, z);
  const fakeLogits = output.head();
  const modified = tf.mean(sigmoidCrossEntropy(1, fakeLogits));
  // 2:32 mi
  const likelihood = tf.mean(meanOfEach(logProb(output.head('codes'), codes)));
  const mi = tf.neg(likelihood);
  return { loss: tf.sub(modified, likelihood), terms: { modified, mi } };
}
