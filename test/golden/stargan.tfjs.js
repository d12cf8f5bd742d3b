// stargan.ganloss, compiled by ganloss 0.1.0 (model stargan, reduction sum_by_nonzero_weights, math strict)
//   wasserstein + 10*gp + 10*reconstruction + classification
import * as tf from '@tensorflow/tfjs';
import { gradient, installGradients, softmaxCrossEntropy, stopGradient, sumPerSample, uniformPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[D(fake)] − E[D(real)] + 10·gp + classification
 *   gp = E[(√(‖∇D(point)‖² + 1e−10) − 1)²]
 *   classification = E[softmax_ce(label, D.classes(x))]
 *   point = real + α(fake − real)
 *   α ~ U[0, 1) per sample
 * No part for the discriminator: reconstruction.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { fake, x, label, domains }, { random }) {
  // 2:1 wasserstein
  const output = D.outputs(x, domains);
  const wasserstein = tf.sub(tf.mean(D.outputs(fake, domains).head()), tf.mean(output.head()));
  // 2:18 gp
  const point = tf.add(x, tf.mul(uniformPerSample(fake, random, 'gp.0'), tf.sub(fake, x)));
  const slopes = tf.sqrt(
    tf.add(sumPerSample(tf.square(gradient((point) => D.outputs(point, domains).head(), point))), 1e-10),
  );
  const excess = tf.sub(slopes, 1);
  const gp = tf.mean(tf.square(excess));
  // 2:15 10*gp
  const weightedGp = tf.mul(10, gp);
  // 2:43 classification
  const classification = tf.mean(softmaxCrossEntropy(stopGradient(label), output.head('classes')));
  return {
    loss: tf.add(tf.add(wasserstein, weightedGp), classification),
    terms: { wasserstein, gp, classification },
  };
}

/**
 * Generator: E[−D(fake)] + 10·reconstruction + classification
 *   reconstruction = E[abs(x − reconstructed)]
 *   classification = E[softmax_ce(target, D.classes(fake))]
 * No part for the generator: gp.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D, G }, { fake, x, label, target, domains }) {
  // 2:1 wasserstein
  const output = D.outputs(fake, domains);
  const wasserstein = tf.mean(tf.neg(output.head()));
  // 2:26 reconstruction
  const reconstructed = G(fake, label);
  const reconstruction = tf.mean(tf.abs(tf.sub(x, reconstructed)));
  // 2:23 10*reconstruction
  const weightedReconstruction = tf.mul(10, reconstruction);
  // 2:43 classification
  const classification = tf.mean(softmaxCrossEntropy(stopGradient(target), output.head('classes')));
  return {
    loss: tf.add(tf.add(wasserstein, weightedReconstruction), classification),
    terms: { wasserstein, reconstruction, classification },
  };
}
