// state.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   balanced
import * as tf from '@tensorflow/tfjs';
import { installGradients, stateRead, stateWrite, stopGradient } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: on_real − k·on_fake
 *   k ← clip(k + 0.001·(0.5·on_real − on_fake), 0, 1)
 *   on_real = E[abs(D(real))]
 *   on_fake = E[abs(D(fake))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { state }) {
  // 9:17 mean(abs(D(real)))
  const onReal = tf.mean(tf.abs(D(real, z)));
  // 8:9 k
  const k = stateRead(state, 'balanced.k', 0);
  // 10:17 mean(abs(D(fake)))
  const onFake = tf.mean(tf.abs(D(fake, z)));
  // 11:19 on_real - k*on_fake
  const balanced = tf.sub(onReal, tf.mul(k, onFake));
  // 13:14 clip(k + lambda*(gamma*on_real - on_fake), 0, 1)
  const nextK = stateWrite(
    state,
    'balanced.k',
    stopGradient(tf.minimum(tf.maximum(tf.add(k, tf.mul(0.001, tf.sub(tf.mul(0.5, onReal), onFake))), 0), 1)),
  );
  return { loss: balanced, terms: { balanced }, state: { 'balanced.k': nextK } };
}

/**
 * Generator: E[abs(D(fake))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 10:17 mean(abs(D(fake)))
  const balanced = tf.mean(tf.abs(D(fake, z)));
  return { loss: balanced, terms: { balanced } };
}
