// minimax.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   minimax(label_smoothing: 0)
import * as tf from '@tensorflow/tfjs';
import { broadcastLike, installGradients, sigmoidCrossEntropy } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, D(real))] + E[sigmoid_ce(0, D(fake))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 minimax(label_smoothing: 0)
  const realLogits = D(real, z);
  const onReal = tf.mean(sigmoidCrossEntropy(1, realLogits));
  const fakeLogits = D(fake, z);
  const onFake = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const minimax = tf.add(onReal, onFake);
  return { loss: minimax, terms: { minimax } };
}

/**
 * Generator: −(E[sigmoid_ce(1, ones)] + E[sigmoid_ce(0, D(fake))])
 *   ones = 1
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:1 minimax(label_smoothing: 0)
  const fakeLogits = D(fake, z);
  const noReal = tf.mean(broadcastLike(0.3132617, fakeLogits));
  const unmasked = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const minimax = tf.neg(tf.add(noReal, unmasked));
  return { loss: minimax, terms: { minimax } };
}
