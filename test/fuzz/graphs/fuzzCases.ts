import { randomCase, type FuzzCase } from './fuzzCase.ts';
import { networkCase } from './networkCase.ts';

/** One in so many is a network. */
const NETWORKS = 10;

/** The case of a seed: a random graph, or a random network's loss and gradients. */
export function fuzzCase(seed: number): Promise<FuzzCase> {
  return seed % NETWORKS === 0 ? networkCase(seed) : Promise.resolve(randomCase(seed));
}
