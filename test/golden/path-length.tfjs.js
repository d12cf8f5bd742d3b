// path-length.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   modified(label_smoothing: 0) + every(4, 2*path_length)
import * as tf from '@tensorflow/tfjs';
import { every, gradient, installGradients, normalLike, samplesSize, sigmoidCrossEntropy, size, stateRead, stateWrite, stopGradient, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, D(real))] + E[sigmoid_ce(0, D(fake))]
 * No part for the discriminator: path_length.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:13 modified(label_smoothing: 0)
  const realLogits = D(real, z);
  const onReal = tf.mean(sigmoidCrossEntropy(1, realLogits));
  const fakeLogits = D(fake, z);
  const onFake = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const modified = tf.add(onReal, onFake);
  return { loss: modified, terms: { modified } };
}

/**
 * Generator: E[sigmoid_ce(1, D(fake))] + 8·path_length
 *   path_length = E[(lengths − (average + 0.01·(E[lengths] − average)))²], every 4 steps
 *   average ← average + 0.01·(E[lengths] − average)
 *   lengths = √(‖∂(Σ[fake·(α/√(pixels(fake)))])/∂z‖²)
 *   α ~ N(0, 1)
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D, G }, { z }, { random, state, step }) {
  // 2:13 modified(label_smoothing: 0)
  const fake = G(z);
  const fakeLogits = D(fake, z);
  const modified = tf.mean(sigmoidCrossEntropy(1, fakeLogits));
  // 2:55 path_length
  const pathLength = every(step, 4, () => {
    const lengths = tf.sqrt(sumPerSample(tf.pow(gradient((z) => {
      const fake2 = G(z);
      return tf.sum(
        tf.mul(
          fake2,
          tf.div(
            normalLike(fake2, random, 'path_length.0'),
            tf.sqrt(tf.div(samplesSize(fake2), size(fake2, [-1]))),
          ),
        ),
      );
    }, z), 2)));
    const average = stateRead(state, 'path_length.average', 0);
    const aim = tf.add(average, tf.mul(0.01, tf.sub(tf.mean(lengths), average)));
    const nextAverage = stateWrite(state, 'path_length.average', stopGradient(aim));
    return tf.mean(tf.square(tf.sub(lengths, aim)));
  });
  // 2:44 every(4, 2*path_length)
  const weightedPathLength = tf.mul(8, pathLength);
  return { loss: tf.add(modified, weightedPathLength), terms: { modified, path_length: pathLength } };
}
