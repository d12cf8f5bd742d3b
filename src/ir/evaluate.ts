import { invariant } from '../support/invariant.ts';
import { ARITY } from './arity.ts';
import { contractions } from './evaluate/contractions.ts';
import { elementwise } from './evaluate/elementwise.ts';
import { ganloss } from './evaluate/ganloss.ts';
import { reductions } from './evaluate/reductions.ts';
import type { Environment, EvaluateTable, RuleContext } from './evaluate/rule.ts';
import { structural } from './evaluate/structural.ts';
import type { Equation, Graph, GraphInput, ValueId } from './graph.ts';
import type { OpAttributes, OpKind } from './ops.ts';
import { formatType } from './types.ts';
import type { Value } from './values.ts';
import { typeOfValue } from './values.ts';

export type { Environment, NetworkFunction, RandomFunction } from './evaluate/rule.ts';

const EVALUATE: EvaluateTable = { ...elementwise, ...structural, ...reductions, ...contractions, ...ganloss };

const NOWHERE: RuleContext = { environment: {}, origin: [], gradient: null, evaluateOp: (op, operands, attributes) => evaluateOp(op, operands, attributes) };

/** The value of one op, in float64: what the op means. */
export function evaluateOp<K extends OpKind>(op: K, operands: readonly Value[], attributes: OpAttributes[K], context: RuleContext = NOWHERE): Value {
  const [least, most] = ARITY[op];
  invariant(operands.length >= least && operands.length <= most, `${op} does not take ${operands.length} operands`);
  return EVALUATE[op](operands, attributes, context);
}

/** Symbols stand for one size each, over all inputs. */
function bindInput(input: GraphInput, value: Value, sizes: Map<string, number>): void {
  if (input.type.kind === 'opaque') return;
  const { dims, open } = input.type.shape;
  const complaint = `input %${input.name} is declared ${formatType(input.type)} and given ${formatType(typeOfValue(value))}`;
  invariant(value.kind === 'array' && value.dtype === input.type.dtype, complaint);
  invariant(open ? value.shape.length >= dims.length : value.shape.length === dims.length, complaint);
  dims.forEach((dim, i) => {
    const size = value.shape[i];
    const expected = typeof dim === 'number' ? dim : (sizes.get(dim) ?? size);
    invariant(size === expected, `${complaint}${typeof dim === 'string' ? `, with ${dim} = ${expected}` : ''}`);
    if (typeof dim === 'string') sizes.set(dim, size);
  });
}

/**
 * The reference evaluation: the values of a graph's outputs, by plain loops in float64. Every pass and every code generator is
 * tested against it.
 *
 * @param inputs values by the names of the graph's inputs; one that no equation reads may be missing
 * @throws SpecError for what a user can cause (GL5003, GL5004); anything else is a compiler bug
 */
export function evaluate(graph: Graph, inputs: ReadonlyMap<string, Value>, environment: Environment = {}): ReadonlyMap<string, Value> {
  const values = evaluateAll(graph, inputs, environment);
  return new Map(
    graph.outputs.map(({ name, value }) => {
      const result = values.get(value);
      invariant(result, `output '${name}' has no value`);
      return [name, result];
    }),
  );
}

/** As `evaluate`, but gives the value of every input and equation, by id. */
export function evaluateAll(graph: Graph, inputs: ReadonlyMap<string, Value>, environment: Environment = {}): ReadonlyMap<ValueId, Value> {
  const values = new Map<ValueId, Value>();
  const names = new Map(graph.inputs.map((input) => [input.id, input.name]));
  const sizes = new Map<string, number>();
  for (const input of graph.inputs) {
    const value = inputs.get(input.name);
    if (value === undefined) continue;
    bindInput(input, value, sizes);
    values.set(input.id, value);
  }
  for (const equation of graph.equations) {
    for (const id of equation.operands) invariant(values.has(id), names.has(id) ? `input %${names.get(id)} has no value` : `${equation.op} reads %${id}, which has no value`);
    values.set(equation.id, evaluateEquation(graph, equation, values, environment));
  }
  return values;
}

/** The value of one equation, given those of its operands. */
export function evaluateEquation(graph: Graph, equation: Equation, values: ReadonlyMap<ValueId, Value>, environment: Environment): Value {
  const operands = equation.operands.map((id) => {
    const value = values.get(id);
    invariant(value, `${equation.op} reads %${id}, which has no value`);
    return value;
  });
  const ask = environment.gradient;
  const gradient = equation.op === 'gradient' && ask ? () => ask(graph, equation, values) : null;
  return evaluateOp(equation.op, operands, equation.attributes, { ...NOWHERE, environment, origin: equation.origin, gradient });
}
