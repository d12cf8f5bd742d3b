// spectral-norm.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   hinge + 0.1*spectral_norm_penalty
import * as tf from '@tensorflow/tfjs';
import { each, installGradients, singularStart, singularVector, spectralNorm, stateRead, stateWrite, sumOfEach, weightsOf } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 + D(fake))] + E[relu(1 − D(real))] + 0.1·spectral_norm_penalty
 *   spectral_norm_penalty = Σ[sum_of_each(spectral_norm(kernels(D))²)]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { state }) {
  // 3:13 hinge
  const onFake = tf.mean(tf.relu(tf.add(1, D(fake, z))));
  const onReal = tf.mean(tf.relu(tf.sub(1, D(real, z))));
  const hinge = tf.add(onFake, onReal);
  // 3:25 spectral_norm_penalty
  const value = weightsOf(D, 2);
  const norms = each(
    (a, b) => spectralNorm(a, b),
    value,
    stateWrite(
      state,
      'discriminator/spectral_norm_penalty.norms',
      each(
        (a, b, c) => singularVector(a, b, c),
        value,
        stateRead(state, 'discriminator/spectral_norm_penalty.norms', each((a) => singularStart(a), value)),
        1,
      ),
    ),
  );
  const spectralNormPenalty = tf.sum(sumOfEach(each((a) => tf.square(a), norms)));
  // 3:21 0.1*spectral_norm_penalty
  const weightedSpectralNormPenalty = tf.mul(0.1, spectralNormPenalty);
  return {
    loss: tf.add(hinge, weightedSpectralNormPenalty),
    terms: { hinge, spectral_norm_penalty: spectralNormPenalty },
  };
}

/**
 * Generator: E[−D(fake)]
 * No part for the generator: spectral_norm_penalty.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 3:13 hinge
  const hinge = tf.mean(tf.neg(D(fake, z)));
  return { loss: hinge, terms: { hinge } };
}
