// historical-averaging.ganloss, compiled by ganloss 0.1.0 (model gan, reduction sum_by_nonzero_weights, math strict)
//   modified + 0.01*historical_averaging
import * as tf from '@tensorflow/tfjs';
import { each, installGradients, sigmoidCrossEntropy, stateRead, stateWrite, stopGradient, sumOfEach, weightsOf } from 'ganloss/runtime';

// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.
installGradients();

/**
 * Discriminator: E[sigmoid_ce(1, D(real), smoothing 0.25)] + E[sigmoid_ce(0, D(fake))] + 0.01·historical_averaging
 *   historical_averaging = Σ[sum_of_each((judge − running_mean(stop_gradient(judge)))²)]
 *   judge = variables(D)
 * @returns the loss, a scalar, and its terms before their weights
 */
export function discriminatorLoss({ D }, { real, fake, z }, { state }) {
  // 2:13 modified
  const realLogits = D(real, z);
  const onReal = tf.mean(sigmoidCrossEntropy(0.875, realLogits));
  const fakeLogits = D(fake, z);
  const onFake = tf.mean(sigmoidCrossEntropy(0, fakeLogits));
  const modified = tf.add(onReal, onFake);
  // 2:29 historical_averaging
  const judge = weightsOf(D, 0);
  const list = each((a) => stopGradient(a), judge);
  const value = stateRead(state, 'discriminator/historical_averaging.past_judge', list);
  const pastJudge = stateWrite(
    state,
    'discriminator/historical_averaging.past_judge',
    each(
      (a, b) => tf.add(a, b),
      value,
      each(
        (a, b) => tf.div(a, b),
        each((a, b) => tf.sub(a, b), list, value),
        stateWrite(
          state,
          'discriminator/historical_averaging.past_judge.steps',
          tf.add(stateRead(state, 'discriminator/historical_averaging.past_judge.steps', 0), 1),
        ),
      ),
    ),
  );
  const historicalAveraging = tf.sum(
    sumOfEach(each((a) => tf.square(a), each((a, b) => tf.sub(a, b), judge, pastJudge))),
  );
  // 2:24 0.01*historical_averaging
  const weightedHistoricalAveraging = tf.mul(0.01, historicalAveraging);
  return {
    loss: tf.add(modified, weightedHistoricalAveraging),
    terms: { modified, historical_averaging: historicalAveraging },
  };
}

/**
 * Generator: E[sigmoid_ce(1, D(fake))] + 0.01·historical_averaging
 *   historical_averaging = Σ[sum_of_each((maker − running_mean(stop_gradient(maker)))²)]
 *   maker = variables(G)
 * @returns the loss, a scalar, and its terms before their weights
 */
export function generatorLoss({ D, G }, { fake, z }, { state }) {
  // 2:13 modified
  const fakeLogits = D(fake, z);
  const modified = tf.mean(sigmoidCrossEntropy(1, fakeLogits));
  // 2:29 historical_averaging
  const maker = weightsOf(G, 0);
  const list = each((a) => stopGradient(a), maker);
  const value = stateRead(state, 'generator/historical_averaging.past_maker', list);
  const pastMaker = stateWrite(
    state,
    'generator/historical_averaging.past_maker',
    each(
      (a, b) => tf.add(a, b),
      value,
      each(
        (a, b) => tf.div(a, b),
        each((a, b) => tf.sub(a, b), list, value),
        stateWrite(
          state,
          'generator/historical_averaging.past_maker.steps',
          tf.add(stateRead(state, 'generator/historical_averaging.past_maker.steps', 0), 1),
        ),
      ),
    ),
  );
  const historicalAveraging = tf.sum(
    sumOfEach(each((a) => tf.square(a), each((a, b) => tf.sub(a, b), maker, pastMaker))),
  );
  // 2:24 0.01*historical_averaging
  const weightedHistoricalAveraging = tf.mul(0.01, historicalAveraging);
  return {
    loss: tf.add(modified, weightedHistoricalAveraging),
    terms: { modified, historical_averaging: historicalAveraging },
  };
}
