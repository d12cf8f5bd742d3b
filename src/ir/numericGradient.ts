import { invariant } from '../support/invariant.ts';
import type { Environment } from './evaluate.ts';
import { evaluateEquation } from './evaluate.ts';
import type { Equation, EquationOf, Graph, ValueId } from './graph.ts';
import type { OpKind } from './ops.ts';
import type { ArrayValue, Value } from './values.ts';
import { arrayValue } from './values.ts';

/** Ops whose value counts as constant when an operand moves. */
const CONSTANT_OPS: ReadonlySet<OpKind> = new Set(['stop_gradient', 'state_read', 'state_pool', 'rng_uniform', 'rng_normal', 'size']);

/** The equations before `end` through which a change of `x` reaches others, in order. */
function dependents(graph: Graph, x: ValueId, end: Equation): readonly Equation[] {
  const moved = new Set([x]);
  const found: Equation[] = [];
  for (const equation of graph.equations) {
    if (equation === end) break;
    if (equation.id === x || CONSTANT_OPS.has(equation.op) || !equation.operands.some((id) => moved.has(id))) continue;
    moved.add(equation.id);
    found.push(equation);
  }
  return found;
}

/**
 * An environment in which `gradient` equations have values: by central differences with one step of Richardson extrapolation, so
 * that graphs with opaque networks have a reference too. Good to about ten digits for one derivative and six for two where
 * functions are smooth and of ordinary size; meaningless at kinks.
 */
export function withNumericGradient(environment: Environment, step = 1e-3): Environment {
  const numeric: Environment = { ...environment, gradient, writeState: undefined };

  function gradient(graph: Graph, equation: EquationOf<'gradient'>, values: ReadonlyMap<ValueId, Value>): Value {
    const [y, x] = equation.operands;
    const point = values.get(x);
    invariant(point?.kind === 'array', 'gradient: only by a tensor');
    const between = dependents(graph, x, equation);
    const sumAt = (data: Float64Array): number => {
      const moved = new Map(values).set(x, { ...point, data });
      for (const dependent of between) moved.set(dependent.id, evaluateEquation(graph, dependent, moved, numeric));
      return (moved.get(y) as ArrayValue).data.reduce((sum, value) => sum + value, 0);
    };
    const partial = point.data.map((center, i) => {
      const slope = (h: number) => (sumAt(point.data.with(i, center + h)) - sumAt(point.data.with(i, center - h))) / (2 * h);
      const h = step * Math.max(1, Math.abs(center));
      return (4 * slope(h / 2) - slope(h)) / 3;
    });
    return arrayValue(point.shape, partial);
  }

  return { ...environment, gradient };
}
