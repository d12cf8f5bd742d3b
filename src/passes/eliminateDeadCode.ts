import type { Graph, ValueId } from '../ir/graph.ts';
import { describe } from './describe.ts';
import type { Pass } from './pass.ts';
import { createBuilder } from '../ir/builder.ts';

const PASS = 'eliminateDeadCode';

/** What the outputs need, and what the next step reads: a state is written whether or not this step uses it. */
function liveValues(graph: Graph): ReadonlySet<ValueId> {
  const live = new Set<ValueId>(graph.outputs.map(({ value }) => value));
  for (const { id, op, operands } of [...graph.equations].reverse()) {
    if (op === 'state_write') live.add(id);
    if (live.has(id)) operands.forEach((operand) => live.add(operand));
  }
  return live;
}

/** Removes equations that no output needs. Inputs stay: they are the graph's interface. */
export const eliminateDeadCode: Pass = {
  name: PASS,
  run(graph, context) {
    const live = liveValues(graph);
    const dead = graph.equations.filter(({ id }) => !live.has(id));
    if (dead.length === 0) return graph;
    const usedByDead = new Set(dead.flatMap(({ operands }) => operands));
    const describeValue = describe(graph);
    for (const { id, op, origin } of dead) {
      if (usedByDead.has(id) || op === 'constant') continue;
      context.remark({ pass: PASS, rule: 'unused', what: describeValue(id), why: 'it does not reach an output', origin });
    }

    const builder = createBuilder(graph.name);
    const values = new Map<ValueId, ValueId>();
    for (const { id, name, type } of graph.inputs) values.set(id, builder.input(name, type));
    for (const equation of graph.equations) {
      if (live.has(equation.id)) values.set(equation.id, builder.copy(equation, equation.operands.map((id) => values.get(id)!)));
    }
    return builder.finish(graph.outputs.map(({ name, value }) => ({ name, value: values.get(value)! })));
  },
};
