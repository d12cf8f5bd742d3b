// reacgan.ganloss, compiled by ganloss 0.1.0 (model acgan, reduction sum_by_nonzero_weights, math strict)
//   hinge + 0.5*d2d_ce
import * as tf from '@tensorflow/tfjs';
import { broadcastLeading, installGradients, iotaLike, maxPerSample, similarities, stopGradient, sumPerSample } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[relu(1 + D(fake))] + E[relu(1 − D(real))] + 0.5·d2d_ce
 *   d2d_ce = E[log_sum_exp(real_logits, 1 − similarities(labels, labels) + own) − sum_per_sample(own·real_logits)]
 *   real_logits = where(own > 0, min(similarities(real_points, l2_normalize(D.proxy(real))) − 0.98, 0), max(similarities(real_points, real_points) − 0.02, 0))/0.5
 *   own = identity_like(similarities(labels, labels))
 *   real_points = l2_normalize(D.embedding(real))
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z, labels }) {
  // 2:1 hinge
  const onFake = tf.mean(tf.relu(tf.add(1, D.outputs(fake, z).head())));
  const output = D.outputs(real, z);
  const onReal = tf.mean(tf.relu(tf.sub(1, output.head())));
  const hinge = tf.add(onFake, onReal);
  // 2:13 d2d_ce
  const value = similarities(labels, labels);
  const own = tf.cast(tf.equal(iotaLike(value, 0), iotaLike(value, -1)), 'float32');
  const counted = tf.add(tf.sub(1, value), own);
  const head = output.head('embedding');
  const realPoints = tf.mul(
    head,
    broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head)), 1e-12)), head),
  );
  const head2 = output.head('proxy');
  const realPull = tf.minimum(
    tf.sub(
      similarities(
        realPoints,
        tf.mul(head2, broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head2)), 1e-12)), head2)),
      ),
      0.98,
    ),
    0,
  );
  const realLogits = tf.div(
    tf.where(tf.greater(own, 0), realPull, tf.maximum(tf.sub(similarities(realPoints, realPoints), 0.02), 0)),
    0.5,
  );
  const value2 = stopGradient(maxPerSample(realLogits));
  const d2dCe = tf.mean(
    tf.sub(
      tf.add(
        tf.log(
          sumPerSample(tf.mul(counted, tf.exp(tf.sub(realLogits, broadcastLeading(value2, realLogits))))),
        ),
        value2,
      ),
      sumPerSample(tf.mul(own, realLogits)),
    ),
  );
  // 2:9 0.5*d2d_ce
  const weightedD2dCe = tf.mul(0.5, d2dCe);
  return { loss: tf.add(hinge, weightedD2dCe), terms: { hinge, d2d_ce: d2dCe } };
}

/**
 * Generator: E[−D(fake)] + 0.5·d2d_ce
 *   d2d_ce = E[log_sum_exp(fake_logits, 1 − similarities(labels, labels) + own) − sum_per_sample(own·fake_logits)]
 *   fake_logits = where(own > 0, min(similarities(fake_points, l2_normalize(D.proxy(fake))) − 0.98, 0), max(similarities(fake_points, fake_points) − 0.02, 0))/0.5
 *   own = identity_like(similarities(labels, labels))
 *   fake_points = l2_normalize(D.embedding(fake))
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { fake, z, labels }) {
  // 2:1 hinge
  const output = D.outputs(fake, z);
  const hinge = tf.mean(tf.neg(output.head()));
  // 2:13 d2d_ce
  const value = similarities(labels, labels);
  const own = tf.cast(tf.equal(iotaLike(value, 0), iotaLike(value, -1)), 'float32');
  const counted = tf.add(tf.sub(1, value), own);
  const head = output.head('embedding');
  const fakePoints = tf.mul(
    head,
    broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head)), 1e-12)), head),
  );
  const head2 = output.head('proxy');
  const fakePull = tf.minimum(
    tf.sub(
      similarities(
        fakePoints,
        tf.mul(head2, broadcastLeading(tf.rsqrt(tf.maximum(sumPerSample(tf.square(head2)), 1e-12)), head2)),
      ),
      0.98,
    ),
    0,
  );
  const fakeLogits = tf.div(
    tf.where(tf.greater(own, 0), fakePull, tf.maximum(tf.sub(similarities(fakePoints, fakePoints), 0.02), 0)),
    0.5,
  );
  const value2 = stopGradient(maxPerSample(fakeLogits));
  const d2dCe = tf.mean(
    tf.sub(
      tf.add(
        tf.log(
          sumPerSample(tf.mul(counted, tf.exp(tf.sub(fakeLogits, broadcastLeading(value2, fakeLogits))))),
        ),
        value2,
      ),
      sumPerSample(tf.mul(own, fakeLogits)),
    ),
  );
  // 2:9 0.5*d2d_ce
  const weightedD2dCe = tf.mul(0.5, d2dCe);
  return { loss: tf.add(hinge, weightedD2dCe), terms: { hinge, d2d_ce: d2dCe } };
}
