import { evaluateAll, evaluateEquation } from '../../src/ir/evaluate.ts';
import type { Equation, Graph, ValueId } from '../../src/ir/graph.ts';
import { arrayValue, sizeOf, type ArrayValue, type Value } from '../../src/ir/values.ts';
import { capture, type CapturedDraw } from '../../src/runtime/capture/capture.ts';
import { numbersOfDraw } from '../../src/runtime/capture/testing/compareModes.ts';
import { EPSILON, score, type Instance } from './penalty.ts';

/** `score`, `penalty`, and the gradients of the penalty: `x`, `weight.0`, … */
export type Results = ReadonlyMap<string, ArrayLike<number>>;

export const weightName = (index: number): string => `weight.${index}`;

/** Of the central differences; each is taken at half of it, too, and both are extrapolated (Richardson). */
const STEP = 1e-3;

/** By how much of the largest number both may differ: more, and a kink lies within the step. */
const SMOOTH = 1e-3;

/** The numbers of every input of a captured graph. */
export function inputsOf({ shape, x, variables }: Instance, draws: readonly CapturedDraw[]): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['x', arrayValue(shape, x)],
    ...variables.map((variable, i): [string, Value] => [weightName(i), arrayValue(variable.shape, variable.dataSync())]),
    ...draws.map((draw): [string, Value] => [draw.input, arrayValue(draw.shape, numbersOfDraw(draw))]),
  ]);
}

/** Evaluates the score at moved inputs; what no input that moves reaches is computed once. */
function createScore(graph: Graph, given: ReadonlyMap<string, Value>): (moved: ReadonlyMap<string, Float64Array>) => number {
  const base = evaluateAll(graph, given);
  const inputs = graph.inputs.map(({ id, name }) => [name, id] as const);
  const output = graph.outputs.find(({ name }) => name === 'score')!.value;
  const reachedFrom = new Map<string, readonly Equation[]>();
  const reached = (names: readonly string[]): readonly Equation[] => {
    const key = names.join();
    const known = reachedFrom.get(key);
    if (known !== undefined) return known;
    const ids = new Set<ValueId>(inputs.filter(([name]) => names.includes(name)).map(([, id]) => id));
    const found = graph.equations.filter(({ id, operands }) => {
      const depends = operands.some((operand) => ids.has(operand));
      if (depends) ids.add(id);
      return depends;
    });
    reachedFrom.set(key, found);
    return found;
  };
  return (moved) => {
    const values = new Map(base);
    for (const [name, id] of inputs) {
      const data = moved.get(name);
      if (data !== undefined) values.set(id, { ...(base.get(id) as ArrayValue), data });
    }
    for (const equation of reached([...moved.keys()])) values.set(equation.id, evaluateEquation(graph, equation, values, {}));
    return (values.get(output) as ArrayValue).data[0];
  };
}

/** A difference quotient of each element, extrapolated to no step at all. Throws at kinks. */
function extrapolated(count: number, name: string, quotient: (i: number, h: number) => number): Float64Array {
  const coarse = Float64Array.from({ length: count }, (_, i) => quotient(i, STEP));
  const fine = Float64Array.from({ length: count }, (_, i) => quotient(i, STEP / 2));
  const largest = fine.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  fine.forEach((value, i) => {
    if (Math.abs(value - coarse[i]) > SMOOTH * largest) throw new Error(`${name}: a kink lies within the step at element ${i} (${coarse[i]}, ${value})`);
  });
  return fine.map((value, i) => (4 * value - coarse[i]) / 3);
}

/**
 * The penalty and its gradients in float64, without any rule of differentiation: the score is captured as a graph, evaluated by the
 * reference evaluation, and differentiated by central differences. With g = ∂score/∂x and c = ∂penalty/∂g (a formula of g alone), the
 * penalty's gradient by θ is the derivative of ∂score/∂θ when x moves along c.
 */
export function oracle(instance: Instance): Results {
  const { shape, variables } = instance;
  const captured = capture((tracer) => ({ score: score(instance, tracer.argument('x', shape, 'float32')) }), {
    variables: variables.map((variable, i) => ({ name: weightName(i), variable })),
  });
  const given = inputsOf(instance, captured.draws);
  const scoreAt = createScore(captured.graph, given);
  const data = (name: string): Float64Array => (given.get(name) as ArrayValue).data;
  const x = data('x');

  const shifted = (values: Float64Array, i: number, by: number) => values.with(i, values[i] + by);
  const slopes = extrapolated(x.length, 'x, first order', (i, h) => (scoreAt(new Map([['x', shifted(x, i, h)]])) - scoreAt(new Map([['x', shifted(x, i, -h)]]))) / (2 * h));
  const batch = shape[0];
  const size = sizeOf(shape) / batch;
  const norms = Array.from({ length: batch }, (_, n) => Math.sqrt(slopes.subarray(n * size, (n + 1) * size).reduce((sum, g) => sum + g * g, EPSILON)));
  const direction = slopes.map((g, i) => { const norm = norms[Math.floor(i / size)]; return (2 * (norm - 1) * g) / norm / batch; });
  const length = Math.max(1e-12, Math.sqrt(direction.reduce((sum, c) => sum + c * c, 0)));

  const results = new Map<string, ArrayLike<number>>([
    ['score', [scoreAt(new Map())]],
    ['penalty', [norms.reduce((sum, norm) => sum + (norm - 1) ** 2, 0) / batch]],
  ]);
  // a unit of the direction, so that the step is of one size whatever the slopes are
  const along = (by: number) => x.map((value, i) => value + (by * direction[i]) / length);
  for (const name of ['x', ...variables.map((_, i) => weightName(i))]) {
    const values = data(name);
    if (!captured.graph.inputs.some((input) => input.name === name)) {
      results.set(name, new Float64Array(values.length));
      continue;
    }
    const at = (position: Float64Array, i: number, h: number): number => scoreAt(name === 'x'
      ? new Map([['x', shifted(position, i, h)]])
      : new Map([['x', position], [name, shifted(values, i, h)]]));
    results.set(name, extrapolated(values.length, name, (i, h) => {
      const [ahead, behind] = [along(h), along(-h)];
      return ((at(ahead, i, h) - at(ahead, i, -h) - at(behind, i, h) + at(behind, i, -h)) / (4 * h * h)) * length;
    }));
  }
  return results;
}

