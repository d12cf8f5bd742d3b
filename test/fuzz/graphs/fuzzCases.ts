import { randomCase, type FuzzCase } from './fuzzCase.ts';
import { networkCase } from './networkCase.ts';

/** One in so many is a network. */
const NETWORKS = 10;

/** The case of a seed: a random graph, or a random network's loss and gradients. */
export async function fuzzCase(seed: number): Promise<FuzzCase> {
  try {
    return seed % NETWORKS === 0 ? await networkCase(seed) : randomCase(seed);
  } catch (error) {
    throw new Error(`seed ${seed} has no case: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
