import { createBuilder } from '../../../src/ir/builder.ts';
import { evaluateAll } from '../../../src/ir/evaluate.ts';
import type { Graph, GraphOutput, ValueId } from '../../../src/ir/graph.ts';
import { sameType } from '../../../src/ir/shapes.ts';
import type { Value } from '../../../src/ir/values.ts';
import { eliminateDeadCode } from '../../../src/passes/eliminateDeadCode.ts';
import { rebuild } from '../../../src/passes/rebuild.ts';
import { wrongOn, type Fault } from './findFault.ts';
import { caseOf, type FuzzCase } from './fuzzCase.ts';

interface Candidate {
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, Value>;
}

/** Without equations and inputs that no output needs. */
function tidied({ graph, inputs }: Candidate): Candidate {
  const alive = eliminateDeadCode.run(graph, { math: 'strict', remark: () => undefined });
  const used = new Set([...alive.equations.flatMap(({ operands }) => operands), ...alive.outputs.map(({ value }) => value)]);
  const kept = { ...alive, inputs: alive.inputs.filter(({ id }) => used.has(id)) };
  return { graph: rebuild(kept, (equation, operands, builder) => builder.copy(equation, operands)), inputs: new Map([...inputs].filter(([name]) => kept.inputs.some((input) => input.name === name))) };
}

/** The graph in which one value comes from outside. */
function cut({ graph, inputs }: Candidate, id: ValueId): Candidate {
  const builder = createBuilder(graph.name);
  const renamed = new Map<ValueId, ValueId>();
  for (const input of graph.inputs) renamed.set(input.id, builder.input(input.name, input.type));
  let name = `v${id}`;
  while (inputs.has(name)) name += '_';
  for (const equation of graph.equations) {
    const value = equation.id === id ? builder.input(name, equation.type) : builder.copy(equation, equation.operands.map((operand) => renamed.get(operand)!));
    renamed.set(equation.id, value);
  }
  const outputs = graph.outputs.map((output): GraphOutput => ({ ...output, value: renamed.get(output.value)! }));
  return { graph: builder.finish(outputs), inputs: new Map([...inputs, [name, evaluateAll(graph, inputs).get(id)!]]) };
}

/** The graph in which one equation is left out for an operand of its type. */
function bypass({ graph, inputs }: Candidate, id: ValueId, place: number): Candidate | null {
  const equation = graph.equations.find((made) => made.id === id)!;
  const operand = equation.operands[place];
  const type = [...graph.inputs, ...graph.equations].find((value) => value.id === operand)?.type;
  if (type === undefined || !sameType(type, equation.type)) return null;
  return { graph: rebuild(graph, (made, operands, builder) => (made.id === id ? operands[place] : builder.copy(made, operands))), inputs };
}

function* smaller(candidate: Candidate): Generator<Candidate> {
  const { graph, inputs } = candidate;
  if (graph.outputs.length > 1) for (const output of graph.outputs) yield { graph: { ...graph, outputs: [output] }, inputs };
  // an output in the middle cuts off all behind it
  for (const { id } of graph.equations) if (graph.outputs.length > 1 || graph.outputs[0].value !== id) yield { graph: { ...graph, outputs: [{ name: 'y0', value: id }] }, inputs };
  for (const { id, op, operands } of graph.equations) {
    for (let place = 0; place < operands.length; place++) {
      const without = bypass(candidate, id, place);
      if (without !== null) yield without;
    }
    if (op !== 'constant') yield cut(candidate, id);
  }
}

/** The smallest case found that is still wrong on the same way: by leaving out outputs and equations, and by cutting the graph. */
export async function shrink(fault: Fault): Promise<Fault> {
  let best = fault;
  for (let again = true; again; ) {
    again = false;
    for (const next of smaller({ graph: best.given.open, inputs: best.given.inputs })) {
      const found = await attempt(next, best);
      if (found === null) continue;
      best = found;
      again = true;
      break;
    }
  }
  return best;
}

async function attempt(candidate: Candidate, { way, given }: Fault): Promise<Fault | null> {
  const { graph, inputs } = tidied(candidate);
  const size = ({ equations, outputs }: Graph) => equations.length + outputs.length;
  if (size(graph) >= size(given.open)) return null;
  let made: FuzzCase;
  try {
    made = caseOf(graph, inputs);
  } catch {
    // no valid graph any more
    return null;
  }
  const wrong = await wrongOn(way, made);
  return wrong.length > 0 ? { way, given: made, wrong } : null;
}
