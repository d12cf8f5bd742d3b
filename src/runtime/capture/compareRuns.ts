import type { Equation, Graph } from '../../ir/graph.ts';

/** How two runs of one program differ. */
export type Difference =
  | { readonly kind: 'none' }
  /** A constant of another value: numbers that the program draws by itself. */
  | { readonly kind: 'constant'; readonly equation: Equation }
  /** Other equations. */
  | { readonly kind: 'structure'; readonly equation: Equation | null };

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/** Compares two graphs, where they come from aside. */
export function compareRuns(first: Graph, second: Graph): Difference {
  for (const [i, equation] of first.equations.entries()) {
    const other = second.equations[i];
    if (other === undefined || other.op !== equation.op || !sameNumbers(other.operands, equation.operands)) return { kind: 'structure', equation };
    if (equation.op === 'constant' && other.op === 'constant') {
      if (equation.attributes.dtype !== other.attributes.dtype || !sameNumbers(equation.attributes.shape, other.attributes.shape)) return { kind: 'structure', equation };
      if (!sameNumbers(equation.attributes.data, other.attributes.data)) return { kind: 'constant', equation };
    } else if (JSON.stringify(equation.attributes) !== JSON.stringify(other.attributes)) return { kind: 'structure', equation };
  }
  if (second.equations.length > first.equations.length) return { kind: 'structure', equation: second.equations[first.equations.length] };
  const interfaceOf = ({ inputs, outputs }: Graph) => JSON.stringify([inputs, outputs]);
  return interfaceOf(first) === interfaceOf(second) ? { kind: 'none' } : { kind: 'structure', equation: null };
}
