import type { Graph } from '../ir/graph.ts';
import { differentiate } from './differentiate.ts';
import { eliminateDeadCode } from './eliminateDeadCode.ts';
import { eliminateDeadTerms } from './eliminateDeadTerms.ts';
import { foldConstants } from './foldConstants.ts';
import { mergeCommon } from './mergeCommon.ts';
import type { Pass, PassContext, Remark } from './pass.ts';
import { simplify } from './simplify.ts';

/** Every pass in the order in which it runs. One that enables an earlier one gets its turn in the next round. */
export const PASSES: readonly Pass[] = [differentiate, eliminateDeadTerms, simplify, foldConstants, mergeCommon, eliminateDeadCode];

/** Each pass shrinks the graph or leaves it: this many rounds are never reached, and end a mistake that would run for ever. */
const MOST_ROUNDS = 50;

/** Runs the passes in order, round after round until a round changes nothing. A remark that comes again in a later round is made once. */
export function runPasses(graph: Graph, passes: readonly Pass[], context: PassContext): Graph {
  const made = new Set<string>();
  const remark = (given: Remark) => {
    const key = [given.pass, given.rule, given.what, given.why, ...given.origin.map(({ source, start, end }) => `${source.name}:${start}:${end}`)].join('\n');
    if (made.has(key)) return;
    made.add(key);
    context.remark(given);
  };
  let current = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = current;
    for (const pass of passes) current = pass.run(current, { math: context.math, remark });
    if (current === before) break;
  }
  return current;
}
