import { describe, expect, it } from 'vitest';
import type { Equation, Graph, ValueId } from '../../ir/graph.ts';
import { formatValue, type ArrayValue } from '../../ir/values.ts';
import { createEightBits, DOMAINS, inFloat64, valuesBehind, type Domain, type Evaluate } from '../testing/domains.ts';
import { ALL_CODES, CODE_VALUES, CODES, codeOf, NAN_CODE } from '../testing/eightBits.ts';
import { expressionsOf, type Expressions } from '../testing/expressions.ts';
import { repeatedExpressions, SMALL_SHAPES, viewExpressions, type ViewExpressions } from '../testing/viewExpressions.ts';
import { rewrite, type AnyRule } from '../rewrite.ts';
import { ALL_RULES } from './allRules.ts';
import { BROADCAST_RULES } from './broadcasts.ts';

const nameOf = ({ op, name }: AnyRule) => `${op}: ${name}`;

/** Each value as an expression: equal texts mean equal values. */
function texts(graph: Graph): (id: ValueId) => string {
  const known = new Map<ValueId, string>(graph.inputs.map(({ id, name }) => [id, name]));
  const numbers = new Map<string, string>();
  for (const { id, op, attributes, operands } of graph.equations) {
    const text = `${op} ${JSON.stringify(attributes, (_key, part: unknown) => (typeof part === 'number' && (Object.is(part, -0) || !Number.isFinite(part)) ? `${Object.is(part, -0) ? '-0' : part}` : part))} ${operands.map((operand) => known.get(operand)).join(' ')}`;
    const short = numbers.get(text) ?? `#${numbers.size}`;
    numbers.set(text, short);
    known.set(id, short);
  }
  // the same table for another graph gives the same texts: see sameNumbering
  return (id) => known.get(id)!;
}

/** An expression as a reader writes it. */
function written(graph: Graph, root: ValueId): string {
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

interface Change {
  readonly before: ValueId;
  readonly after: ValueId;
}

/** The graph with one rule applied wherever it can be, and which outputs that changes. */
function applied(rule: AnyRule, graph: Graph): { readonly result: Graph; readonly changes: readonly Change[] } {
  const result = rewrite(graph, [rule], 'test', { math: 'fast', remark: () => undefined });
  if (result === graph) return { result, changes: [] };
  const joined = texts({ ...graph, equations: [...graph.equations, ...shifted(result, graph)] });
  const offset = offsetOf(graph);
  const changes = graph.outputs.flatMap(({ value }, i): readonly Change[] => {
    const after = result.outputs[i].value;
    const isInput = result.inputs.some(({ id }) => id === after);
    return joined(value) === joined(isInput ? after : after + offset) ? [] : [{ before: value, after }];
  });
  return { result, changes };
}

const offsetOf = ({ equations }: Graph) => (equations.at(-1)?.id ?? 0) + 1;

/** A graph's equations behind those of another on the same inputs. */
function shifted(graph: Graph, other: Graph): readonly Equation[] {
  const offset = offsetOf(other);
  const inputs = new Set(graph.inputs.map(({ id }) => id));
  return graph.equations.map((equation) => ({ ...equation, id: equation.id + offset, operands: equation.operands.map((id) => (inputs.has(id) ? id : id + offset)) }));
}

const evaluateEightBits = createEightBits();
const isFinite = (values: readonly ArrayValue[], i: number) => values.every(({ data }) => Number.isFinite(data[data.length === 1 ? 0 : i]));

interface Comparison {
  readonly graph: Graph;
  readonly result: Graph;
  readonly inputs: ReadonlyMap<string, ArrayValue>;
}

const indexes = new WeakMap<Graph, ReadonlyMap<ValueId, Equation>>();

function indexOf(graph: Graph): ReadonlyMap<ValueId, Equation> {
  const index = indexes.get(graph) ?? new Map(graph.equations.map((equation) => [equation.id, equation]));
  indexes.set(graph, index);
  return index;
}

const valuesOf = (graph: Graph, root: ValueId, inputs: Comparison['inputs'], evaluate: Evaluate) => valuesBehind(graph, indexOf(graph), root, inputs, evaluate);

const sameType = (a: ArrayValue, b: ArrayValue) => a.dtype === b.dtype && a.shape.join() === b.shape.join();

/** Where a strict rule changes a value: a bit of it; NaN is NaN. −1 where nowhere. */
function strictFault({ graph, result, inputs }: Comparison, { before, after }: Change): number {
  const [old, made] = [valuesOf(graph, before, inputs, evaluateEightBits).get(before)!, valuesOf(result, after, inputs, evaluateEightBits).get(after)!];
  return sameType(old, made) ? old.data.findIndex((x, i) => !Object.is(x, made.data[i])) : 0;
}

/**
 * Where a fast rule breaks its promise: wherever every value on the way of the original is finite, the new value is finite, too, and
 * the two are one number in mathematics (equal in float64, up to its rounding). What a rule computes from constants alone it judges
 * in float32, so where such a number overflows 8 bits nothing is said.
 */
function fastFault({ graph, result, inputs }: Comparison, { before, after }: Change): number {
  const old = [evaluateEightBits, inFloat64].map((evaluate) => valuesOf(graph, before, inputs, evaluate));
  const made = [evaluateEightBits, inFloat64].map((evaluate) => valuesOf(result, after, inputs, evaluate));
  if (!sameType(old[0].get(before)!, made[0].get(after)!)) return 0;
  if ([...made[0].values()].some(({ shape, data }) => shape.length === 0 && !Number.isFinite(data[0]))) return -1;
  const onTheWay = old.flatMap((values) => [...values.values()].filter(({ dtype }) => dtype === 'f32'));
  return made[0].get(after)!.data.findIndex((z, i) => {
    if (!isFinite(onTheWay, i)) return false;
    const [x, y] = [old[1].get(before)!.data[i], made[1].get(after)!.data[i]];
    return !Number.isFinite(z) || Math.abs(x - y) > 1e-12 * Math.max(1e-3, Math.abs(x));
  });
}

/** So many of a list, from all of it. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, list.length / most);
  return Array.from({ length: Math.min(most, list.length) }, (_, i) => list[Math.floor(i * step)]);
}

const INPUTS: { readonly [V in 'x' | 'x and y']: (domain: Domain) => ReadonlyMap<string, ArrayValue> } = {
  x: ({ single }) => new Map([['x', single]]),
  'x and y': ({ x, y }) => new Map([['x', x], ['y', y]]),
};

/** How many expressions are evaluated where a rule changes more: at all values of x, or at all pairs. */
const MOST = { x: 150, 'x and y': 6 } as const;

describe('floats of 8 bits', () => {
  it('are 242 numbers and NaN, each its own code', () => {
    expect(ALL_CODES.length).toBe(243);
    for (const code of ALL_CODES) expect(codeOf(CODE_VALUES[code])).toBe(code);
    expect(Math.max(...CODE_VALUES.filter(Number.isFinite))).toBe(240);
  });

  it('round to the nearest value, of two as near to the even one', () => {
    const numbers = CODE_VALUES.slice(0, 0x78);
    for (let i = 0; i + 1 < numbers.length; i++) {
      const middle = (numbers[i] + numbers[i + 1]) / 2;
      expect(codeOf(middle)).toBe(i % 2 === 0 ? i : i + 1);
      expect(codeOf(middle - 1e-6)).toBe(i);
      expect(codeOf(-(middle + 1e-6))).toBe(0x80 | (i + 1));
    }
    expect([247.9, 248, 1e30, NaN, -0].map(codeOf)).toEqual([0x77, 0x78, 0x78, NAN_CODE, 0x80]);
    expect(CODES).toBe(256);
  });
});

/** Made once for all rules on one op. */
const expressions = new Map<string, Expressions>();

/** Which rules the elementwise expressions have met. */
const met = new Set<string>();

describe.each(DOMAINS.map((domain) => [domain.dtype, domain] as const))('every rule at all values of %s', (_dtype, domain) => {

  // those that look for repeated scalars have views of their own below
  it.each(ALL_RULES.filter((rule) => !BROADCAST_RULES.includes(rule)).map((rule) => [nameOf(rule), rule] as const))('%s', (_name, rule) => {
    for (const variables of ['x', 'x and y'] as const) {
      const key = `${domain.dtype} ${rule.op} ${variables}`;
      const { graph } = expressions.get(key) ?? expressionsOf(domain, rule.op, variables);
      expressions.set(key, { domain, graph });
      if (graph.outputs.length === 0) continue;
      const { result, changes } = applied(rule, graph);
      if (changes.length > 0) met.add(nameOf(rule));
      const inputs = INPUTS[variables](domain);
      for (const change of spread(changes, MOST[variables])) {
        const fault = (rule.requires === 'strict' ? strictFault : fastFault)({ graph, result, inputs }, change);
        const at = [...inputs].map(([name, { data }]) => `${name} = ${data[fault]}`).join(', ');
        if (fault >= 0) expect.fail(`${written(graph, change.before)} became ${written(result, change.after)}, which differs at ${at}`);
      }
    }
  });
});

/** What TensorFlow leaves out, too: a sum of one number, which the reference adds to 0. */
const UP_TO_THE_SIGN_OF_ZERO: ReadonlySet<string> = new Set(['sum_like: sum to the same shape']);

function expectSameValues(rule: AnyRule, { graph, inputs }: ViewExpressions): void {
  const { result, changes } = applied(rule, graph);
  if (changes.length > 0) met.add(nameOf(rule));
  for (const { before, after } of changes) {
    const old = valuesOf(graph, before, inputs, inFloat64);
    const [expected, found] = [old.get(before)!, valuesOf(result, after, inputs, inFloat64).get(after)!];
    const close = (x: number, y: number) => Object.is(x, y) || (UP_TO_THE_SIGN_OF_ZERO.has(nameOf(rule)) && x === y);
    const isFiniteEverywhere = [...old.values()].every(({ data }) => data.every(Number.isFinite));
    const right =
      sameType(expected, found) &&
      (rule.requires === 'strict'
        ? expected.data.every((x, i) => close(x, found.data[i]))
        : !isFiniteEverywhere || expected.data.every((x, i) => Math.abs(x - found.data[i]) <= 1e-12 * Math.max(1, Math.abs(x))));
    if (!right) expect.fail(`${written(graph, before)} became ${written(result, after)}: ${formatValue(expected)} became ${formatValue(found)}`);
  }
}

describe('every rule on views of small tensors of all shapes', () => {
  const views = new Map<string, readonly ViewExpressions[]>();
  const viewsWith = (op: AnyRule['op']) => {
    const made = views.get(op) ?? [...SMALL_SHAPES.map((shape) => viewExpressions(shape, op)), ...[[], [2], [1, 3], [0, 2]].map((shape) => repeatedExpressions(shape, op))];
    views.set(op, made);
    return made;
  };

  it.each(ALL_RULES.map((rule) => [nameOf(rule), rule] as const))('%s', (_name, rule) => {
    for (const made of viewsWith(rule.op)) if (made.graph.outputs.length > 0) expectSameValues(rule, made);
  });

  it('with the expressions of values, meets every rule', () => {
    expect(ALL_RULES.map(nameOf).filter((name) => !met.has(name))).toEqual([]);
  });
});
