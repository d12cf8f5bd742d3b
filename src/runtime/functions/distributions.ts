import * as tf from '@tensorflow/tfjs';
import { invariant } from '../../support/invariant.ts';
import { asList } from './lists.ts';
import { isDistribution, type Distribution } from '../distributions.ts';

/** The log-probability of a value, or of each value of a list under the distribution at its place. */
export function logProb(distributions: Distribution | readonly Distribution[], values: tf.Tensor | readonly tf.Tensor[]): readonly tf.Tensor[] {
  const dists = isDistribution(distributions) ? [distributions] : distributions;
  const list = values instanceof tf.Tensor ? [values] : values;
  invariant(dists.length === list.length, `${dists.length} distributions for ${list.length} codes; binding checks that`);
  return dists.map((distribution, index) => distribution.logProb(list[index]));
}

/** The mean of each element, as a vector [K]; an empty list has the mean 0, as in TF-GAN. */
export function meanOfEach(list: tf.Tensor | readonly tf.Tensor[]): tf.Tensor {
  const elements = asList(list);
  return elements.length === 0 ? tf.zeros([0]) : tf.stack(elements.map((element) => tf.mean(element)));
}
