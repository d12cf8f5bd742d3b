// lecam.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   hinge + after(1000)*0.3*lecam
import * as tf from '@tensorflow/tfjs';
import { after, installGradients, stateRead, stateWrite, stopGradient } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 + D(fake))] + E[relu(1 − D(real))] + 0.3·after(1000)·lecam
 *   lecam = E[(D(real) − ema(stop_gradient(E[D(fake)]), 0.99))²] + E[(ema(stop_gradient(E[D(real)]), 0.99) − D(fake))²]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { state, step }) {
  // 3:13 hinge
  const onFake = D(fake, z);
  const onFake2 = tf.mean(tf.relu(tf.add(1, onFake)));
  const onReal = D(real, z);
  const onReal2 = tf.mean(tf.relu(tf.sub(1, onReal)));
  const hinge = tf.add(onFake2, onReal2);
  // 3:37 lecam
  const value = stopGradient(tf.mean(onFake));
  const value2 = stateRead(state, 'discriminator/lecam.fake_anchor', value);
  const fakeAnchor = stateWrite(
    state,
    'discriminator/lecam.fake_anchor',
    tf.add(value2, tf.mul(0.00999999, tf.sub(value, value2))),
  );
  const above = tf.sub(onReal, fakeAnchor);
  const value3 = stopGradient(tf.mean(onReal));
  const value4 = stateRead(state, 'discriminator/lecam.real_anchor', value3);
  const realAnchor = stateWrite(
    state,
    'discriminator/lecam.real_anchor',
    tf.add(value4, tf.mul(0.00999999, tf.sub(value3, value4))),
  );
  const below = tf.sub(realAnchor, onFake);
  const lecam = tf.add(tf.mean(tf.square(above)), tf.mean(tf.square(below)));
  // 3:21 after(1000)*0.3*lecam
  const weightedLecam = tf.mul(tf.mul(0.3, after(step, 1000)), lecam);
  return { loss: tf.add(hinge, weightedLecam), terms: { hinge, lecam } };
}

/**
 * Generator: E[−D(fake)]
 * No part for the generator: lecam.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 3:13 hinge
  const hinge = tf.mean(tf.neg(D(fake, z)));
  return { loss: hinge, terms: { hinge } };
}
