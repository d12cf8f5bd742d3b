// contragan.ganloss, compiled by ganloss 0.1.0 (model acgan, reduction sum_by_nonzero_weights, math strict)
//   hinge + contrastive
import * as tf from '@tensorflow/tfjs';
import { broadcastLeading, installGradients, iotaLike, maxPerSample, similarities, stopGradient, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 + D(fake))] + E[relu(1 − D(real))] + contrastive
 *   contrastive = E[log_sum_exp(real_logits) − log_sum_exp(real_logits, same)]
 *   real_logits = where(identity_like(same) > 0, similarities(real_points, l2_normalize(D.proxy(real))), similarities(real_points, real_points))
 *   same = similarities(labels, labels)
 *   real_points = l2_normalize(D.embedding(real))
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z, labels }) {
  // 2:1 hinge
  const onFake = tf.mean(tf.relu(tf.add(1, D.outputs(fake, z).head())));
  const output = D.outputs(real, z);
  const onReal = tf.mean(tf.relu(tf.sub(1, output.head())));
  const hinge = tf.add(onFake, onReal);
  // 2:9 contrastive
  const same = similarities(labels, labels);
  const own = tf.greater(tf.cast(tf.equal(iotaLike(same, 0), iotaLike(same, -1)), 'float32'), 0);
  const head = output.head('embedding');
  const realPoints = tf.mul(
    head,
    broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head)), 1e-12)), head),
  );
  const head2 = output.head('proxy');
  const realLogits = tf.where(
    own,
    similarities(
      realPoints,
      tf.mul(head2, broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head2)), 1e-12)), head2)),
    ),
    similarities(realPoints, realPoints),
  );
  const value = stopGradient(maxPerSample(realLogits));
  const value2 = tf.exp(tf.sub(realLogits, broadcastLeading(value, realLogits)));
  const contrastive = tf.mean(
    tf.sub(
      tf.add(tf.log(sumPerSample(value2)), value),
      tf.add(tf.log(sumPerSample(tf.mul(same, value2))), value),
    ),
  );
  return { loss: tf.add(hinge, contrastive), terms: { hinge, contrastive } };
}

/**
 * Generator: E[−D(fake)] + contrastive
 *   contrastive = E[log_sum_exp(fake_logits) − log_sum_exp(fake_logits, same)]
 *   fake_logits = where(identity_like(same) > 0, similarities(fake_points, l2_normalize(D.proxy(fake))), similarities(fake_points, fake_points))
 *   same = similarities(labels, labels)
 *   fake_points = l2_normalize(D.embedding(fake))
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z, labels }) {
  // 2:1 hinge
  const output = D.outputs(fake, z);
  const hinge = tf.mean(tf.neg(output.head()));
  // 2:9 contrastive
  const same = similarities(labels, labels);
  const own = tf.greater(tf.cast(tf.equal(iotaLike(same, 0), iotaLike(same, -1)), 'float32'), 0);
  const head = output.head('embedding');
  const fakePoints = tf.mul(
    head,
    broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head)), 1e-12)), head),
  );
  const head2 = output.head('proxy');
  const fakeLogits = tf.where(
    own,
    similarities(
      fakePoints,
      tf.mul(head2, broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head2)), 1e-12)), head2)),
    ),
    similarities(fakePoints, fakePoints),
  );
  const value = stopGradient(maxPerSample(fakeLogits));
  const value2 = tf.exp(tf.sub(fakeLogits, broadcastLeading(value, fakeLogits)));
  const contrastive = tf.mean(
    tf.sub(
      tf.add(tf.log(sumPerSample(value2)), value),
      tf.add(tf.log(sumPerSample(tf.mul(same, value2))), value),
    ),
  );
  return { loss: tf.add(hinge, contrastive), terms: { hinge, contrastive } };
}
