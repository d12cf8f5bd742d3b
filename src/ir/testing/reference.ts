import { evaluateAll, evaluateEquation } from '../evaluate.ts';
import type { Equation, Graph, ValueId } from '../graph.ts';
import type { OpKind } from '../ops.ts';
import type { ArrayValue, Value } from '../values.ts';

/**
 * What a target may give for a graph's outputs: the reference evaluation, and how far rounding can move each element. The condition is
 * estimated by stochastic arithmetic: the graph is evaluated again and again, each time with every rounded result moved by a random
 * part of its last places. An element whose samples disagree on NaN, on infinity or by more than its own size is not `decided`.
 */
export interface Reference {
  readonly outputs: ReadonlyMap<string, ExpectedTensor>;
}

export interface ExpectedTensor {
  readonly value: ArrayValue;
  /** The greatest distance of an element that is right. */
  readonly tolerance: Float64Array;
  readonly decided: readonly boolean[];
}

/** Ops whose float result is exact: it is an operand's element, or a small whole number. */
const EXACT: ReadonlySet<OpKind> = new Set<OpKind>([
  'negate', 'abs', 'sign', 'floor', 'maximum', 'minimum', 'select', 'constant', 'iota', 'reshape', 'transpose', 'broadcast_in_dim', 'slice', 'pad', 'concatenate', 'reverse', 'gather',
  'stop_gradient', 'optimization_barrier', 'iota_like', 'append', 'broadcast_like', 'broadcast_weights', 'size', 'descending_rank', 'is_finite', 'not', 'and', 'or', 'compare',
]);

/** Ops that add up: targets round on the way, which counts as if the summands were rounded. */
const SUMS: ReadonlySet<OpKind> = new Set<OpKind>(['reduce', 'reduce_window', 'dot_general', 'convolution', 'scatter', 'select_and_scatter']);

/** Twice the unit of float32's last place: rounding moves a result by half of one, a kernel's exp or tanh by two. */
const UNIT = 2 ** -22;

/** The sum of so many samples' errors that a right result is never refused, as 100,000 graphs showed. */
const SLACK = 16;

type Perturb = (value: number) => number;

type Rounding = 'exact' | 'rounded' | 'sum';

function roundingOf(equation: Equation): Rounding {
  // the greatest of some numbers is one of them
  if ((equation.op === 'reduce' || equation.op === 'reduce_window') && equation.attributes.kind !== 'add') return 'exact';
  return EXACT.has(equation.op) ? 'exact' : SUMS.has(equation.op) ? 'sum' : 'rounded';
}

function rounded(value: Value, perturb: Perturb | null): Value {
  if (value.kind !== 'array' || value.dtype !== 'f32') return value;
  return { ...value, data: value.data.map((x) => Math.fround(perturb === null ? x : perturb(x))) };
}

/** The reference evaluation with every float rounded to float32, as targets keep them. */
export function evaluateRounded(graph: Graph, inputs: ReadonlyMap<string, Value>, perturb: Perturb | null = null): ReadonlyMap<string, ArrayValue> {
  const values = new Map<ValueId, Value>();
  for (const { id, name } of graph.inputs) {
    const value = inputs.get(name);
    if (value !== undefined) values.set(id, rounded(value, null));
  }
  for (const equation of graph.equations) {
    const rounding = roundingOf(equation);
    const operands = rounding === 'sum' && perturb !== null ? new Map(equation.operands.map((id) => [id, rounded(values.get(id)!, perturb)])) : values;
    values.set(equation.id, rounded(evaluateEquation(graph, equation, operands, {}), rounding === 'exact' ? null : perturb));
  }
  return new Map(graph.outputs.map(({ name, value }) => [name, values.get(value) as ArrayValue]));
}

/** Whether an op of this kind meets a number that is not finite. */
export function meetsNonFinite(graph: Graph, inputs: ReadonlyMap<string, Value>, op: OpKind): boolean {
  if (!graph.equations.some((equation) => equation.op === op)) return false;
  const values = evaluateAll(graph, inputs);
  const isFinite = (id: ValueId) => {
    const value = values.get(id);
    return value?.kind === 'array' && value.data.every((x) => Math.abs(x) < 1e38);
  };
  return graph.equations.some((equation) => equation.op === op && !equation.operands.every(isFinite));
}

/** Numbers of [0, 1), the same for the same seed. */
export function createUniform(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 0;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const same = (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b));

export function referenceOf(graph: Graph, inputs: ReadonlyMap<string, Value>, samples = 4): Reference {
  const center = evaluateRounded(graph, inputs);
  const uniform = createUniform(graph.equations.length);
  // small results get an absolute error, too: subnormal numbers have fewer places
  const perturb: Perturb = (x) => x * (1 + UNIT * (2 * uniform() - 1)) + 2 ** -148 * (2 * uniform() - 1) * Number(x !== 0);
  const others = Array.from({ length: samples }, () => evaluateRounded(graph, inputs, perturb));
  const outputs = [...center].map(([name, value]): [string, ExpectedTensor] => {
    const tolerance = new Float64Array(value.data.length);
    const decided = Array.from(value.data, (x, i) => {
      const found = others.map((other) => other.get(name)!.data[i]);
      if (!Number.isFinite(x)) return found.every((y) => same(x, y));
      if (!found.every(Number.isFinite)) return false;
      const spread = found.reduce((most, y) => Math.max(most, Math.abs(y - x)), 0);
      tolerance[i] = value.dtype === 'f32' ? SLACK * spread + 2 * UNIT * Math.abs(x) + 2 ** -140 : 0;
      return value.dtype === 'f32' ? SLACK * spread <= Math.abs(x) + 1e-3 : spread === 0;
    });
    return [name, { value, tolerance, decided }];
  });
  return { outputs: new Map(outputs) };
}

/** The values of the one, for computations that round as either of them does. */
export function looser(values: Reference, other: Reference): Reference {
  const outputs = [...values.outputs].map(([name, expected]): [string, ExpectedTensor] => {
    const { tolerance, decided } = other.outputs.get(name)!;
    return [name, { ...expected, tolerance: expected.tolerance.map((x, i) => Math.max(x, tolerance[i])), decided: expected.decided.map((flag, i) => flag && decided[i]) }];
  });
  return { outputs: new Map(outputs) };
}

/** What is wrong with outputs, as text; empty where nothing is. NaN is right for NaN, an infinity for the same infinity. */
export function differences({ outputs }: Reference, found: ReadonlyMap<string, ArrayLike<number>>): readonly string[] {
  return [...outputs].flatMap(([name, { value, tolerance, decided }]) => {
    const data = found.get(name);
    if (data === undefined || data.length !== value.data.length) return [`${name}: ${data?.length ?? 'no'} numbers in place of ${value.data.length}`];
    return Array.from(value.data).flatMap((expected, i) => {
      if (!decided[i] || same(expected, data[i]) || Math.abs(expected - data[i]) <= tolerance[i]) return [];
      return [`${name}[${i}]: ${data[i]} in place of ${expected}, give or take ${tolerance[i].toPrecision(2)}`];
    });
  });
}

/** How many elements the comparison decides, of how many. */
export function coverageOf({ outputs }: Reference): { readonly decided: number; readonly all: number } {
  const flags = [...outputs.values()].flatMap(({ decided }) => decided);
  return { decided: flags.filter(Boolean).length, all: flags.length };
}
