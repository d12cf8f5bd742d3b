import type { Source, Span } from '../support/source.ts';
import { formatStart } from '../support/source.ts';
import type { Equation, Graph, ValueId } from './graph.ts';
import { formatAttributes } from './text/attributes.ts';
import { formatName } from './text/tokens.ts';
import { formatType } from './types.ts';

export interface PrintOptions {
  /** The source whose positions are printed without its name; by default that of the first equation that has an origin. */
  readonly source?: Source;
}

/** Lines longer than this do not move the column of positions. */
const WIDEST = 80;

/** `%fake` for inputs, `%0` … for equations in their order; `%?7` for an id that the graph does not have. */
export function createNames(graph: Graph): (id: ValueId) => string {
  const names = new Map<ValueId, string>();
  for (const input of graph.inputs) names.set(input.id, `%${formatName(input.name)}`);
  graph.equations.forEach((equation, i) => names.set(equation.id, `%${i}`));
  return (id) => names.get(id) ?? `%?${id}`;
}

/** `reduce<add, all> %1`: the right-hand side of an equation. */
export function formatApplication(equation: Equation, nameOf: (id: ValueId) => string): string {
  const operands = equation.operands.map(nameOf).join(', ');
  if (equation.op === 'network_call') {
    const attributes = formatAttributes(equation.op, equation.attributes, ['network']);
    return `${equation.op}${attributes} @${formatName(equation.attributes.network)}(${operands})`;
  }
  const attributes = formatAttributes(equation.op, equation.attributes);
  return `${equation.op}${attributes}${operands === '' ? '' : ` ${operands}`}`;
}

/** `%2 = reduce<add, all> %1 : f32[]`. */
export function printEquation(equation: Equation, nameOf: (id: ValueId) => string): string {
  return `${nameOf(equation.id)} = ${formatApplication(equation, nameOf)} : ${formatType(equation.type)}`;
}

/** `1:18`, or `prelude/gp.ganloss:4:7` for a span of another source than `main`. */
export function formatReference(span: Span, main: Source | undefined): string {
  if (span.source === main || span.source.name === main?.name) return formatStart(span);
  const { name } = span.source;
  return `${/^[^\s,"]+$/.test(name) ? name : JSON.stringify(name)}:${formatStart(span)}`;
}

/**
 * A graph as text, one equation a line, with the position that each comes from and the name that the `.ganloss` text gives it.
 * `parseGraph` reads it back.
 */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  const nameOf = createNames(graph);
  const main = options.source ?? graph.equations.find((equation) => equation.origin.length > 0)?.origin[0].source;
  const lines = graph.equations.map((equation) => `  ${printEquation(equation, nameOf)}`);
  const column = Math.max(0, ...lines.filter((line) => line.length <= WIDEST).map((line) => line.length)) + 4;
  const withOrigins = lines.map((line, i) => {
    const { origin, name } = graph.equations[i];
    const tail = [
      ...(origin.length > 0 ? [`ref ${origin.map((span) => formatReference(span, main)).join(', ')}`] : []),
      ...(name === undefined ? [] : [`// ${formatName(name)}`]),
    ].join('   ');
    return tail === '' ? line : `${line.padEnd(column - 2)}  ${tail}`;
  });

  const inputs = graph.inputs.map((input) => `${nameOf(input.id)}: ${formatType(input.type)}`).join(', ');
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, formatType(type)]));
  const typeOf = (id: ValueId) => types.get(id) ?? 'any';
  const [first] = graph.outputs;
  const plain = graph.outputs.length === 1 && first.name === 'loss';
  const results = plain ? typeOf(first.value) : `(${graph.outputs.map(({ name, value }) => `${formatName(name)}: ${typeOf(value)}`).join(', ')})`;
  const returned = graph.outputs.map(({ value }) => ` ${nameOf(value)}`).join(',');
  return [`graph @${formatName(graph.name)}(${inputs}) -> ${results} {`, ...withOrigins, `  return${returned}`, '}', ''].join('\n');
}
