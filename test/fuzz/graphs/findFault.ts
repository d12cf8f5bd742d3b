import { differences } from '../../../src/ir/testing/reference.ts';
import type { FuzzCase } from './fuzzCase.ts';
import type { Way } from './ways.ts';

/** What is wrong on one way, as lines of text; empty where nothing is. */
export async function wrongOn(way: Way, given: FuzzCase): Promise<readonly string[]> {
  try {
    const outputs = await way.run(given);
    return outputs === null ? [] : differences(way.expected(given), outputs);
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`];
  }
}

export interface Fault {
  readonly way: Way;
  readonly given: FuzzCase;
  readonly wrong: readonly string[];
}

/** The first way on which a case comes out wrong. */
export async function findFault(ways: readonly Way[], given: FuzzCase): Promise<Fault | null> {
  for (const way of ways) {
    const wrong = await wrongOn(way, given);
    if (wrong.length > 0) return { way, given, wrong };
  }
  return null;
}
