// ebgan.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   ebgan(margin: 1) + 0.1*pulling_away
import * as tf from '@tensorflow/tfjs';
import { broadcastLeading, installGradients, iotaLike, similarities, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[D(real)] + E[relu(1 − D(fake))]
 * No part for the discriminator: pulling_away.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 ebgan(margin: 1)
  const ebgan = tf.add(tf.mean(D(real, z)), tf.mean(tf.relu(tf.sub(1, D(fake, z)))));
  return { loss: ebgan, terms: { ebgan } };
}

/**
 * Generator: E[D(fake)] + 0.1·pulling_away
 *   pulling_away = Σ[others·cosines²]/Σ[others]
 *   others = 1 − identity_like(cosines)
 *   cosines = similarities(directions, directions)
 *   directions = l2_normalize(D.embedding(fake))
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z }) {
  // 2:1 ebgan(margin: 1)
  const output = D.outputs(fake, z);
  const ebgan = tf.mean(output.head());
  // 2:24 pulling_away
  const head = output.head('embedding');
  const directions = tf.mul(
    head,
    broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head)), 1e-12)), head),
  );
  const cosines = similarities(directions, directions);
  const others = tf.sub(1, tf.cast(tf.equal(iotaLike(cosines, 0), iotaLike(cosines, -1)), 'float32'));
  const pullingAway = tf.div(tf.sum(tf.mul(others, tf.square(cosines))), tf.sum(others));
  // 2:20 0.1*pulling_away
  const weightedPullingAway = tf.mul(0.1, pullingAway);
  return { loss: tf.add(ebgan, weightedPullingAway), terms: { ebgan, pulling_away: pullingAway } };
}
