import { createBuilder, type Builder } from '../ir/builder.ts';
import type { Equation, Graph, GraphOutput, ValueId } from '../ir/graph.ts';
import { invariant } from '../support/invariant.ts';

/** Makes the new graph's value for an equation of the old one; `operands` are values of the new graph. */
export type RebuildEquation = (equation: Equation, operands: readonly ValueId[], builder: Builder, renamed: (id: ValueId) => ValueId) => ValueId;

/** Copies a graph, its inputs and outputs, equation by equation through `each`; `more` may append equations and outputs. */
export function rebuild(graph: Graph, each: RebuildEquation, more?: (builder: Builder, renamed: (id: ValueId) => ValueId) => readonly GraphOutput[]): Graph {
  const builder = createBuilder(graph.name);
  const values = new Map<ValueId, ValueId>();
  const renamed = (id: ValueId): ValueId => {
    const value = values.get(id);
    invariant(value !== undefined, `%${id} is read before it is made`);
    return value;
  };
  for (const { id, name, type } of graph.inputs) values.set(id, builder.input(name, type));
  for (const equation of graph.equations) {
    values.set(equation.id, each(equation, equation.operands.map(renamed), builder, renamed));
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: renamed(value) }));
  return builder.finish([...outputs, ...(more?.(builder, renamed) ?? [])]);
}
