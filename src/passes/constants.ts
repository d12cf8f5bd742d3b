import type { Equation } from '../ir/graph.ts';

/** The number that every element of a constant is, or null where they differ or there are none. */
export function splat(equation: Equation | undefined): number | null {
  if (equation?.op !== 'constant' || equation.attributes.data.length === 0) return null;
  const [first] = equation.attributes.data;
  return equation.attributes.data.every((value) => Object.is(value, first)) ? first : null;
}
