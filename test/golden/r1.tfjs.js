// r1.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   modified(label_smoothing: 0) + r1(gamma: 1)
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, sigmoidCrossEntropy, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, D(real))] + E[sigmoid_ce(0, D(fake))] + r1
 *   r1 = 0.5·E[‖∇D(real)‖²]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 7:13 modified(label_smoothing: 0)
  const realLogits = D(real, z);
  const onReal = tf.mean(sigmoidCrossEntropy(1, realLogits));
  const fakeLogits = D(fake, z);
  const onFake = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const modified = tf.add(onReal, onFake);
  // 4:19 gamma/2 * mean(sum_per_sample(grad(D(real), real)^2))
  const r1 = tf.mul(0.5, tf.mean(sumPerSample(tf.square(gradient((real) => D(real, z), real)))));
  return { loss: tf.add(modified, r1), terms: { modified, r1 } };
}

/**
 * Generator: E[sigmoid_ce(1, D(fake))]
 * No part for the generator: r1.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 7:13 modified(label_smoothing: 0)
  const fakeLogits = D(fake, z);
  const modified = tf.mean(sigmoidCrossEntropy(1, fakeLogits));
  return { loss: modified, terms: { modified } };
}
