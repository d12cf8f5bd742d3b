// multi-hinge.ganloss, compiled by ganloss 0.1.0 (model acgan, reduction sum_by_nonzero_weights, math strict)
//   multi_hinge
import * as tf from '@tensorflow/tfjs';
import { append, installGradients, maxPerSample, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 − sum_per_sample(label·D.classes(real)) + max_per_sample(where(label > 0, −1e+30, D.classes(real))))] + E[relu(1 − sum_per_sample(generated·D.classes(fake)) + max_per_sample(where(generated > 0, −1e+30, D.classes(fake))))]
 *   label = append(labels, 0)
 *   generated = append(0, 1)
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z, labels }) {
  // 2:1 multi_hinge
  const label = append(labels, 0);
  const onReal = D.outputs(real, z).head('classes');
  const realRival = maxPerSample(tf.where(tf.greater(label, 0), -1e+30, onReal));
  const generated = append(tf.zerosLike(labels), 1);
  const onFake = D.outputs(fake, z).head('classes');
  const fakeRival = maxPerSample(tf.where(tf.greater(generated, 0), -1e+30, onFake));
  const multiHinge = tf.add(
    tf.mean(tf.relu(tf.add(tf.sub(1, sumPerSample(tf.mul(label, onReal))), realRival))),
    tf.mean(tf.relu(tf.add(tf.sub(1, sumPerSample(tf.mul(generated, onFake))), fakeRival))),
  );
  return { loss: multiHinge, terms: { multi_hinge: multiHinge } };
}

/**
 * Generator: E[relu(1 − sum_per_sample(label·D.classes(fake)) + max_per_sample(where(label > 0, −1e+30, D.classes(fake))))]
 *   label = append(labels, 0)
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z, labels }) {
  // 2:1 multi_hinge
  const label = append(labels, 0);
  const onFake = D.outputs(fake, z).head('classes');
  const labelRival = maxPerSample(tf.where(tf.greater(label, 0), -1e+30, onFake));
  const multiHinge = tf.mean(tf.relu(tf.add(tf.sub(1, sumPerSample(tf.mul(label, onFake))), labelRival)));
  return { loss: multiHinge, terms: { multi_hinge: multiHinge } };
}
