// ragan-least-squares.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   ragan_least_squares
import * as tf from '@tensorflow/tfjs';
import { installGradients } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[(D(real) − E[D(fake)] − 1)²] + E[(D(fake) − E[D(real)] + 1)²]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }) {
  // 2:1 ragan_least_squares
  const output = D(real, z);
  const output2 = D(fake, z);
  const realExcess = tf.sub(output, tf.mean(output2));
  const fakeExcess = tf.sub(output2, tf.mean(output));
  const raganLeastSquares = tf.add(
    tf.mean(tf.square(tf.sub(realExcess, 1))),
    tf.mean(tf.square(tf.add(fakeExcess, 1))),
  );
  return { loss: raganLeastSquares, terms: { ragan_least_squares: raganLeastSquares } };
}

/**
 * Generator: E[(D(real) − E[D(fake)] + 1)²] + E[(D(fake) − E[D(real)] − 1)²]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D }, { real, fake, z }) {
  // 2:1 ragan_least_squares
  const output = D(real, z);
  const output2 = D(fake, z);
  const realExcess = tf.sub(output, tf.mean(output2));
  const fakeExcess = tf.sub(output2, tf.mean(output));
  const raganLeastSquares = tf.add(
    tf.mean(tf.square(tf.add(realExcess, 1))),
    tf.mean(tf.square(tf.sub(fakeExcess, 1))),
  );
  return { loss: raganLeastSquares, terms: { ragan_least_squares: raganLeastSquares } };
}
