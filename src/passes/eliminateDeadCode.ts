import { describe } from './describe.ts';
import { keepLive, liveValues } from './liveness.ts';
import type { Pass } from './pass.ts';

const PASS = 'eliminateDeadCode';

/** Removes equations that no output needs, with a remark for each expression that nothing else used. */
export const eliminateDeadCode: Pass = {
  name: PASS,
  run(graph, context) {
    const live = liveValues(graph);
    const dead = graph.equations.filter(({ id }) => !live.has(id));
    const usedByDead = new Set(dead.flatMap(({ operands }) => operands));
    const describeValue = describe(graph);
    for (const { id, op, origin } of dead) {
      if (usedByDead.has(id) || op === 'constant') continue;
      context.remark({ pass: PASS, rule: 'unused', what: describeValue(id), why: 'it does not reach an output', origin });
    }
    return keepLive(graph, live);
  },
};
