// consistency.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   hinge + 10*consistency(balanced: true)
import * as tf from '@tensorflow/tfjs';
import { callShapedHook, installGradients, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 + D(fake))] + E[relu(1 − D(real))] + 10·consistency
 *   consistency = E[‖D(augment(real)) − D(real)‖²] + E[‖D(augment(fake)) − D(fake)‖²]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { random, hooks }) {
  // 4:13 hinge
  const output = D(fake, z);
  const onFake = tf.mean(tf.relu(tf.add(1, output)));
  const output2 = D(real, z);
  const onReal = tf.mean(tf.relu(tf.sub(1, output2)));
  const hinge = tf.add(onFake, onReal);
  // 4:24 consistency(balanced: true)
  const onReal2 = tf.mean(
    sumPerSample(
      tf.square(tf.sub(D(callShapedHook(hooks, 'augment', real, random, 'consistency.0'), z), output2)),
    ),
  );
  const consistency = tf.add(
    onReal2,
    tf.mean(
      sumPerSample(
        tf.square(tf.sub(D(callShapedHook(hooks, 'augment', fake, random, 'consistency.1'), z), output)),
      ),
    ),
  );
  // 4:21 10*consistency(balanced: true)
  const weightedConsistency = tf.mul(10, consistency);
  return { loss: tf.add(hinge, weightedConsistency), terms: { hinge, consistency } };
}

/**
 * Generator: E[−D(fake)]
 * No part for the generator: consistency.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 4:13 hinge
  const hinge = tf.mean(tf.neg(D(fake, z)));
  return { loss: hinge, terms: { hinge } };
}
