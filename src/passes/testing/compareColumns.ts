import type { Equation, Graph, ValueId } from '../../ir/graph.ts';
import { behind, equationsOf, type Change } from './applied.ts';
import { at, isFiniteCode, type CodeEvaluator, type Column } from './codes.ts';

/** Two graphs on the same inputs, and what their values come to at so many points. */
export interface Comparison {
  readonly points: number;
  readonly before: Side;
  readonly after: Side;
}

interface Side {
  readonly made: ReadonlyMap<ValueId, Equation>;
  readonly columns: Map<ValueId, Column>;
}

/** @param inputs columns by the inputs' names */
export function compareAt(graph: Graph, result: Graph, inputs: ReadonlyMap<string, Column>, points: number): Comparison {
  const side = (one: Graph): Side => ({ made: equationsOf(one), columns: new Map(one.inputs.map(({ id, name }) => [id, inputs.get(name)!])) });
  return { points, before: side(graph), after: side(result) };
}

/** The point at which the two values differ by a bit (NaN is NaN); −1 where there is none, null where they are no bytes. */
export function strictDifference(codes: CodeEvaluator, { points, before, after }: Comparison, change: Change): number | null {
  const [old, made] = [codes.columnOf(before.made, change.before, before.columns), codes.columnOf(after.made, change.after, after.columns)];
  if (old === null || made === null) return null;
  if (typeof old !== 'number' && typeof made !== 'number') {
    for (let i = 0; i < points; i++) if (old[i] !== made[i]) return i;
    return -1;
  }
  for (let i = 0; i < points; i++) if (at(old, i) !== at(made, i)) return i;
  return -1;
}

/**
 * The point at which everything on the way of the original is finite and the new value is not; −1 where there is none, null where
 * values are no bytes. What a rule computes from constants alone it judges in float32: where such a number overflows 8 bits nothing is
 * said.
 */
export function finitenessLost(codes: CodeEvaluator, { points, before, after }: Comparison, change: Change): number | null {
  const [old, made] = [codes.columnOf(before.made, change.before, before.columns), codes.columnOf(after.made, change.after, after.columns)];
  if (old === null || made === null) return null;
  const floats = (side: Side, root: ValueId) => behind(side.made, root).filter((id) => isFloat(side.made.get(id))).map((id) => side.columns.get(id)!);
  if (floats(after, change.after).some((column) => typeof column === 'number' && !isFiniteCode(column))) return -1;
  const onTheWay = floats(before, change.before);
  if (onTheWay.some((column) => typeof column === 'number' && !isFiniteCode(column))) return -1;
  const columns = onTheWay.filter((column): column is Uint8Array => typeof column !== 'number');
  for (let i = 0; i < points; i++) {
    if (isFiniteCode(at(made, i))) continue;
    if (columns.every((column) => isFiniteCode(column[i]))) return i;
  }
  return -1;
}

/** Inputs are floats. */
function isFloat(equation: Equation | undefined): boolean {
  return equation === undefined || (equation.type.kind === 'tensor' && equation.type.dtype === 'f32');
}
