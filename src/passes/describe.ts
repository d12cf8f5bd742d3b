import { printSchedule } from '../support/schedules.ts';
import type { Equation, Graph, ValueId } from '../ir/graph.ts';

const DEPTH = 3;

/** Infix where readers expect it. */
const INFIX: Readonly<Record<string, string>> = { add: '+', subtract: '−', multiply: '·', divide: '/', power: '^' };

const COMPARE = { EQ: '=', NE: '≠', LT: '<', LE: '≤', GT: '>', GE: '≥' } as const;

function attributesOf(equation: Equation): string {
  switch (equation.op) {
    case 'reduce':
      return `<${equation.attributes.kind}>`;
    case 'each':
      return `<${equation.attributes.applied.op}>`;
    case 'hook_call':
      return `<${equation.attributes.hook}>`;
    case 'network_weights':
      return `<${equation.attributes.network}>`;
    case 'state_read':
    case 'state_write':
    case 'state_pool':
      return `<${equation.attributes.key}>`;
    case 'every':
      return `<${equation.attributes.interval}>`;
    case 'rng_uniform':
    case 'rng_normal':
      return `<${equation.attributes.draw}>`;
    default:
      return '';
  }
}

/** Values of a graph as short expressions for remarks: `D(real, z)`, `0 · reduce<add>(…)`. Independent of ids. */
export function describe(graph: Graph): (id: ValueId) => string {
  const equations = new Map(graph.equations.map((equation) => [equation.id, equation]));
  const inputs = new Map(graph.inputs.map(({ id, name }) => [id, name]));

  const text = (id: ValueId, depth: number, nested: boolean): string => {
    const equation = equations.get(id);
    if (equation === undefined) return inputs.get(id) ?? '?';
    if (nested && equation.name !== undefined) return equation.name;
    if (equation.op === 'param') return equation.attributes.name;
    if (equation.op === 'schedule') return printSchedule(equation.attributes);
    if (equation.op === 'constant') {
      const { data } = equation.attributes;
      return data.length === 1 ? String(data[0]) : `[${data.slice(0, 3).join(', ')}${data.length > 3 ? ', …' : ''}]`;
    }
    // neither says anything to readers
    if (equation.op === 'optimization_barrier' || equation.op === 'custom_vjp') return text(equation.operands[0], depth, nested);
    if (depth === 0) return '…';
    const parts = equation.operands.map((operand) => text(operand, depth - 1, true));
    if (equation.op === 'network_call') return `${equation.attributes.network}(${parts.join(', ')})`;
    const infix = equation.op === 'compare' ? COMPARE[equation.attributes.direction] : INFIX[equation.op];
    if (infix !== undefined) return nested ? `(${parts.join(` ${infix} `)})` : parts.join(` ${infix} `);
    return `${equation.op}${attributesOf(equation)}(${parts.join(', ')})`;
  };
  return (id) => text(id, DEPTH, false);
}
