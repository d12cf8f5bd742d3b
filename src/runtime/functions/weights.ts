import type * as tf from '@tensorflow/tfjs';
import { fail } from '../models/fail.ts';

/**
 * The trained variables of a network, those of at least that rank.
 *
 * @throws SpecError GL5001 for a function whose variables are not known
 */
export function weightsOf(network: { readonly variables?: readonly tf.Variable[] }, leastRank: number): readonly tf.Tensor[] {
  const variables = network.variables ?? fail('GL5001', 'the variables of a network are not known, and the objective reads them', "a network that is a function carries them as its property 'variables'");
  return variables.filter(({ trainable, rank }) => trainable && rank >= leastRank);
}
