// feature-matching.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   modified.discriminator + feature_matching
import * as tf from '@tensorflow/tfjs';
import { asList, each, installGradients, sigmoidCrossEntropy, size, sumOfEach } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, D(real), smoothing 0.25)] + E[sigmoid_ce(0, D(fake))]
 * No part for the discriminator: feature_matching.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 3:13 modified
  const realLogits = D(real, z);
  const onReal = tf.mean(sigmoidCrossEntropy(0.875, realLogits));
  const fakeLogits = D(fake, z);
  const onFake = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const modified = tf.add(onReal, onFake);
  return { loss: modified, terms: { modified } };
}

/**
 * Generator: feature_matching
 *   feature_matching = Σ[sum_of_each((mean_over_samples(list(D.features(real))) − mean_over_samples(list(D.features(fake))))²)]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { real, fake, z }) {
  // 3:38 feature_matching
  const value = asList(D.outputs(real, z).head('features'));
  const onReal = each(
    (a, b) => tf.div(a, b),
    each((a) => tf.sum(a, [0]), value),
    each((a) => size(a, [0]), value),
  );
  const value2 = asList(D.outputs(fake, z).head('features'));
  const onFake = each(
    (a, b) => tf.div(a, b),
    each((a) => tf.sum(a, [0]), value2),
    each((a) => size(a, [0]), value2),
  );
  const featureMatching = tf.sum(
    sumOfEach(each((a) => tf.square(a), each((a, b) => tf.sub(a, b), onReal, onFake))),
  );
  return { loss: featureMatching, terms: { feature_matching: featureMatching } };
}
