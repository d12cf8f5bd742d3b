import type { Equation, Graph } from './graph.ts';
import { formatAttributes } from './text/attributes.ts';
import { formatType } from './types.ts';

/** Longer labels are cut: a constant may have thousands of numbers. */
const LONGEST = 48;

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function describe(equation: Equation): string {
  const text = equation.op === 'network_call' ? `@${equation.attributes.network}` : `${equation.op}${formatAttributes(equation.op, equation.attributes)}`;
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  return equation.name === undefined ? short : `${equation.name}\n${short}`;
}

/** A graph as Graphviz text: inputs as ellipses, equations as boxes, networks as octagons, outputs as double circles. */
export function dotGraph(graph: Graph): string {
  const node = (id: string, label: string, shape: string) => `  ${id} [label=${quote(label)}, shape=${shape}];`;
  const lines = [
    ...graph.inputs.map(({ id, name, type }) => node(`v${id}`, `${name}\n${formatType(type)}`, 'ellipse')),
    ...graph.equations.map((equation) =>
      node(`v${equation.id}`, `${describe(equation)}\n${formatType(equation.type)}`, equation.op === 'network_call' ? 'octagon' : 'box'),
    ),
    ...graph.outputs.map(({ name }, i) => node(`out${i}`, name, 'doublecircle')),
    ...graph.equations.flatMap(({ id, operands }) =>
      operands.map((operand, i) => `  v${operand} -> v${id}${operands.length > 1 ? ` [label=${quote(String(i))}]` : ''};`),
    ),
    ...graph.outputs.map(({ value }, i) => `  v${value} -> out${i};`),
  ];
  return [`digraph ${quote(graph.name)} {`, '  rankdir=TB;', '  node [fontname="monospace"];', ...lines, '}', ''].join('\n');
}
