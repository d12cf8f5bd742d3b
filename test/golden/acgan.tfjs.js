// acgan.ganloss, compiled by ganloss 0.1.0 (model acgan, reduction sum_by_nonzero_weights, math strict)
//   modified + acgan.generator + .5*acgan.discriminator
import * as tf from '@tensorflow/tfjs';
import { installGradients, sigmoidCrossEntropy, softmaxCrossEntropy, stopGradient } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, D(real), smoothing 0.25)] + E[sigmoid_ce(0, D(fake))] + 0.5·acgan
 *   acgan = E[softmax_ce(labels, D.classes(fake))] + E[softmax_ce(labels, D.classes(real))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z, labels }) {
  // 2:1 modified
  const output = D.outputs(real, z);
  const realLogits = output.head();
  const onReal = tf.mean(sigmoidCrossEntropy(0.875, realLogits));
  const output2 = D.outputs(fake, z);
  const fakeLogits = output2.head();
  const onFake = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const modified = tf.add(onReal, onFake);
  // 2:12 acgan
  const value = stopGradient(labels);
  const onFake2 = tf.mean(softmaxCrossEntropy(value, output2.head('classes')));
  const onReal2 = tf.mean(softmaxCrossEntropy(value, output.head('classes')));
  const acgan = tf.add(onFake2, onReal2);
  // 2:30 .5*acgan.discriminator
  const weightedAcgan = tf.mul(0.5, acgan);
  return { loss: tf.add(modified, weightedAcgan), terms: { modified, acgan } };
}

/**
 * Generator: E[sigmoid_ce(1, D(fake))] + acgan
 *   acgan = E[softmax_ce(labels, D.classes(fake))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z, labels }) {
  // 2:1 modified
  const output = D.outputs(fake, z);
  const fakeLogits = output.head();
  const modified = tf.mean(sigmoidCrossEntropy(1, fakeLogits));
  // 2:12 acgan
  const acgan = tf.mean(softmaxCrossEntropy(stopGradient(labels), output.head('classes')));
  return { loss: tf.add(modified, acgan), terms: { modified, acgan } };
}
