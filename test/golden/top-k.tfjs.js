// top-k.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   nonsaturating.discriminator + top_k(fraction: linear(1, 0.5, steps: 10_000))
import * as tf from '@tensorflow/tfjs';
import { descendingRank, installGradients, linear, size } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[softplus(−D(real))] + E[softplus(D(fake))]
 * No part for the discriminator: top_k.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 nonsaturating
  const onReal = tf.mean(tf.softplus(tf.neg(D(real, z))));
  const onFake = tf.mean(tf.softplus(D(fake, z)));
  const nonsaturating = tf.add(onReal, onFake);
  return { loss: nonsaturating, terms: { nonsaturating } };
}

/**
 * Generator: Σ[chosen·softplus(−D(fake))]/Σ[chosen]
 *   chosen = where(descending_rank(D(fake)) < max(linear(1, 0.5, 10000)·Σ[1], 1), 1, 0)
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }, { step }) {
  // 2:31 top_k(fraction: linear(1, 0.5, steps: 10_000))
  const logits = D(fake, z);
  const count = tf.maximum(tf.mul(linear(step, 1, 0.5, 10000), size(logits)), 1);
  const chosen = tf.where(tf.less(descendingRank(logits), count), 1, 0);
  const topK = tf.div(tf.sum(tf.mul(chosen, tf.softplus(tf.neg(logits)))), tf.sum(chosen));
  return { loss: topK, terms: { top_k: topK } };
}
