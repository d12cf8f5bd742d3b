import type { Equation, Graph, ValueId } from '../../ir/graph.ts';
import { rewrite, type AnyRule } from '../rewrite.ts';

/** Each value as an expression: equal texts mean equal values. */
function texts(equations: readonly Equation[], inputs: Graph['inputs']): (id: ValueId) => string {
  const known = new Map<ValueId, string>(inputs.map(({ id, name }) => [id, name]));
  const numbers = new Map<string, string>();
  for (const equation of equations) {
    const text = `${equation.op} ${attributesOf(equation)} ${equation.operands.map((operand) => known.get(operand)).join(' ')}`;
    const short = numbers.get(text) ?? `#${numbers.size}`;
    numbers.set(text, short);
    known.set(equation.id, short);
  }
  return (id) => known.get(id)!;
}

/** JSON has no NaN, infinities or −0; it takes long for the thousands of constants and ops without attributes. */
function attributesOf({ op, attributes }: Equation): string {
  if (op === 'constant') return `${attributes.dtype} ${attributes.shape.join()} ${attributes.data.map((x) => (Object.is(x, -0) ? '-0' : x)).join()}`;
  if (op === 'compare') return attributes.direction;
  for (const _ in attributes) return JSON.stringify(attributes);
  return '';
}

/** An expression as a reader writes it. */
export function written(graph: Graph, root: ValueId): string {
  const equations = new Map(graph.equations.map((equation) => [equation.id, equation]));
  const text = (id: ValueId): string => {
    const equation: Equation | undefined = equations.get(id);
    if (equation === undefined) return graph.inputs.find((input) => input.id === id)!.name;
    if (equation.op === 'constant') return equation.attributes.data.map((x) => (Object.is(x, -0) ? '-0' : String(x))).join();
    const detail = equation.op === 'compare' ? ` ${equation.attributes.direction}` : '';
    return `${equation.op}${detail}(${equation.operands.map(text).join(', ')})`;
  };
  return text(root);
}

/** An output's value before and after. */
export interface Change {
  readonly before: ValueId;
  readonly after: ValueId;
}

/** The graph with one rule applied wherever it can be, and which outputs that changes. */
export function applied(rule: AnyRule, graph: Graph): { readonly result: Graph; readonly changes: readonly Change[] } {
  const result = rewrite(graph, [rule], 'test', { math: 'fast', remark: () => undefined });
  if (result === graph) return { result, changes: [] };
  // both in one table, so that equal numbers mean equal expressions
  const joined = texts([...graph.equations, ...shifted(result, graph)], graph.inputs);
  const offset = offsetOf(graph);
  const changes = graph.outputs.flatMap(({ value }, i): readonly Change[] => {
    const after = result.outputs[i].value;
    const isInput = result.inputs.some(({ id }) => id === after);
    return joined(value) === joined(isInput ? after : after + offset) ? [] : [{ before: value, after }];
  });
  return { result, changes };
}

/** A graph's equations by their ids. */
export function equationsOf(graph: Graph): ReadonlyMap<ValueId, Equation> {
  return new Map(graph.equations.map((equation) => [equation.id, equation]));
}

/** The ids of the equations behind a value, and its own. */
export function behind(made: ReadonlyMap<ValueId, Equation>, root: ValueId): readonly ValueId[] {
  const found = new Set<ValueId>([root]);
  for (const id of found) for (const operand of made.get(id)?.operands ?? []) found.add(operand);
  return [...found];
}

const offsetOf = ({ equations }: Graph) => (equations.at(-1)?.id ?? 0) + 1;

/** A graph's equations behind those of another on the same inputs. */
function shifted(graph: Graph, other: Graph): readonly Equation[] {
  const offset = offsetOf(other);
  const inputs = new Set(graph.inputs.map(({ id }) => id));
  return graph.equations.map((equation) => ({ ...equation, id: equation.id + offset, operands: equation.operands.map((id) => (inputs.has(id) ? id : id + offset)) }));
}
