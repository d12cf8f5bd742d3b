import { createBuilder } from '../ir/builder.ts';
import type { Graph, ValueId } from '../ir/graph.ts';

/** What the outputs and `roots` need, and what the next step reads: a state is written whether or not this step uses it. */
export function liveValues(graph: Graph, roots: Iterable<ValueId> = []): ReadonlySet<ValueId> {
  const live = new Set<ValueId>([...graph.outputs.map(({ value }) => value), ...roots]);
  for (const { id, op, operands } of [...graph.equations].reverse()) {
    if (op === 'state_write') live.add(id);
    if (live.has(id)) operands.forEach((operand) => live.add(operand));
  }
  return live;
}

/** The graph with only the equations in `live`, which holds all that they read. Inputs stay: they are the graph's interface. */
export function keepLive(graph: Graph, live: ReadonlySet<ValueId>): Graph {
  if (graph.equations.every(({ id }) => live.has(id))) return graph;
  const builder = createBuilder(graph.name);
  const values = new Map<ValueId, ValueId>();
  const renamed = (id: ValueId) => values.get(id)!;
  for (const { id, name, type } of graph.inputs) values.set(id, builder.input(name, type));
  for (const equation of graph.equations) {
    if (live.has(equation.id)) values.set(equation.id, builder.copy(equation, equation.operands.map(renamed)));
  }
  return builder.finish(graph.outputs.map(({ name, value }) => ({ name, value: renamed(value) })));
}
