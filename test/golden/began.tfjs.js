// began.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   began(gamma: 0.7)
import * as tf from '@tensorflow/tfjs';
import { installGradients, stateRead, stateWrite, stopGradient } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: on_real − k·on_fake
 *   k ← clip(k + 0.001·(0.7·on_real − on_fake), 0, 1)
 *   on_real = E[abs(real − D(real))]
 *   on_fake = E[abs(fake − D(fake))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { state }) {
  // 2:13 began(gamma: 0.7)
  const realError = tf.abs(tf.sub(real, D(real, z)));
  const onReal = tf.mean(realError);
  const k = stateRead(state, 'began.k', 0);
  const fakeError = tf.abs(tf.sub(fake, D(fake, z)));
  const onFake = tf.mean(fakeError);
  const began = tf.sub(onReal, tf.mul(k, onFake));
  const nextK = stateWrite(
    state,
    'began.k',
    stopGradient(tf.minimum(tf.maximum(tf.add(k, tf.mul(0.001, tf.sub(tf.mul(0.7, onReal), onFake))), 0), 1)),
  );
  return { loss: began, terms: { began }, state: { 'began.k': nextK } };
}

/**
 * Generator: E[abs(fake − D(fake))]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:13 began(gamma: 0.7)
  const fakeError = tf.abs(tf.sub(fake, D(fake, z)));
  const began = tf.mean(fakeError);
  return { loss: began, terms: { began } };
}
