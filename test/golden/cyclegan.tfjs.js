// cyclegan.ganloss, compiled by ganloss 0.1.0 (model cyclegan, reduction sum_by_nonzero_weights, math strict)
//   least_squares + 10*cycle + 5*identity
import * as tf from '@tensorflow/tfjs';
import { installGradients } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[(D(real) − 1)²/2] + E[(D(fake) − 0)²/2]
 * No part for the discriminator: cycle, identity.
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ Dx, Dy }, { x, y, fake_x, fake_y }) {
  // 2:1 least_squares
  const onReal = tf.mean(tf.div(tf.square(tf.sub(Dy(y, x), 1)), 2));
  const onFake = tf.mean(tf.div(tf.square(Dy(fake_y, x)), 2));
  const x2yLeastSquares = tf.add(onReal, onFake);
  const onReal2 = tf.mean(tf.div(tf.square(tf.sub(Dx(x, y), 1)), 2));
  const onFake2 = tf.mean(tf.div(tf.square(Dx(fake_x, y)), 2));
  const y2xLeastSquares = tf.add(onReal2, onFake2);
  return {
    loss: tf.add(x2yLeastSquares, y2xLeastSquares),
    losses: { x2y: x2yLeastSquares, y2x: y2xLeastSquares },
    terms: { 'x2y.least_squares': x2yLeastSquares, 'y2x.least_squares': y2xLeastSquares },
  };
}

/**
 * Generator: E[(D(fake) − 1)²/2] + 10·cycle + 5·identity
 *   cycle = (E[abs(x − F(G(x)))] + E[abs(y − G(F(y)))])/2
 *   identity = E[abs(G(y) − y)] + E[abs(F(x) − x)]
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ Dx, Dy, F, G }, { x, y, fake_x, fake_y }) {
  // 2:1 least_squares
  const x2yLeastSquares = tf.mean(tf.div(tf.square(tf.sub(Dy(fake_y, x), 1)), 2));
  const y2xLeastSquares = tf.mean(tf.div(tf.square(tf.sub(Dx(fake_x, y), 1)), 2));
  // 2:20 cycle
  const xAgain = tf.mean(tf.abs(tf.sub(x, F(fake_y))));
  const yAgain = tf.mean(tf.abs(tf.sub(y, G(fake_x))));
  const cycle = tf.div(tf.add(xAgain, yAgain), 2);
  // 2:17 10*cycle
  const weightedCycle = tf.mul(10, cycle);
  // 2:30 identity
  const identity = tf.add(tf.mean(tf.abs(tf.sub(G(y), y))), tf.mean(tf.abs(tf.sub(F(x), x))));
  // 2:28 5*identity
  const weightedIdentity = tf.mul(5, identity);
  return {
    loss: tf.add(tf.add(tf.add(x2yLeastSquares, y2xLeastSquares), weightedCycle), weightedIdentity),
    losses: { x2y: tf.add(tf.add(x2yLeastSquares, weightedCycle), weightedIdentity), y2x: tf.add(tf.add(y2xLeastSquares, weightedCycle), weightedIdentity) },
    terms: { 'x2y.least_squares': x2yLeastSquares, 'y2x.least_squares': y2xLeastSquares, cycle, identity },
  };
}
