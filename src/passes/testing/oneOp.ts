import { createBuilder } from '../../ir/builder.ts';
import type { Graph } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { createChoices } from '../../ir/testing/choices.ts';
import { GENERATORS } from '../../ir/testing/generators.ts';
import { createUniform } from '../../ir/testing/reference.ts';
import { createSite } from '../../ir/testing/site.ts';
import type { Value } from '../../ir/values.ts';

/** Small graphs that end in one op, with random operands, shapes and attributes. */
export function graphsOf(op: OpKind, count: number): readonly Graph[] {
  return Array.from({ length: count }, (_, seed) => oneOp(op, seed)).filter((graph) => graph !== null);
}

function oneOp(op: OpKind, seed: number): Graph | null {
  const uniform = createUniform(seed + 1);
  const builder = createBuilder(`${op}${seed}`);
  const site = createSite(builder, createChoices(Array.from({ length: 60 }, () => Math.floor(uniform() * (2 ** 31 - 1)))), { tame: false, largest: 200 });
  const value = GENERATORS[op](site);
  return value === null ? null : builder.finish([{ name: 'y', value }]);
}

/** The graph with constants in place of its inputs that are tensors. */
export function withConstants(graph: Graph, inputs: ReadonlyMap<string, Value>): Graph {
  const builder = createBuilder(graph.name);
  const renamed = new Map<number, number>();
  for (const { id, name, type } of graph.inputs) {
    const value = inputs.get(name);
    renamed.set(id, value?.kind === 'array' ? builder.emit('constant', [], { dtype: value.dtype, shape: value.shape, data: [...value.data] }) : builder.input(name, type));
  }
  for (const equation of graph.equations) renamed.set(equation.id, builder.copy(equation, equation.operands.map((id) => renamed.get(id)!)));
  return builder.finish(graph.outputs.map(({ name, value }) => ({ name, value: renamed.get(value)! })));
}
