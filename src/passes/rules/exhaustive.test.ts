import { describe, expect, it } from 'vitest';
import type { Graph, ValueId } from '../../ir/graph.ts';
import { formatValue, type ArrayValue } from '../../ir/values.ts';
import { applied, equationsOf, written, type Change } from '../testing/applied.ts';
import { createCodes } from '../testing/codes.ts';
import { compareAt, finitenessLost, strictDifference } from '../testing/compareColumns.ts';
import { createEightBits, DOMAINS, inFloat64, valuesBehind, type Domain, type Evaluate } from '../testing/domains.ts';
import { ALL_CODES, CODE_VALUES, CODES, codeOf, NAN_CODE } from '../testing/eightBits.ts';
import { expressionsOf } from '../testing/expressions.ts';
import { repeatedExpressions, SMALL_SHAPES, viewExpressions, type ViewExpressions } from '../testing/viewExpressions.ts';
import type { AnyRule } from '../rewrite.ts';
import { ALL_RULES } from './allRules.ts';
import { BROADCAST_RULES } from './broadcasts.ts';

const nameOf = ({ op, name }: AnyRule) => `${op}: ${name}`;

const evaluateEightBits = createEightBits();
const isFinite = (values: readonly ArrayValue[], i: number) => values.every(({ data }) => Number.isFinite(data[data.length === 1 ? 0 : i]));

interface Comparison {
  readonly graph: Graph;
  readonly result: Graph;
  readonly inputs: ReadonlyMap<string, ArrayValue>;
}

const indexes = new WeakMap<Graph, ReturnType<typeof equationsOf>>();

function valuesOf(graph: Graph, root: ValueId, inputs: Comparison['inputs'], evaluate: Evaluate): ReadonlyMap<ValueId, ArrayValue> {
  const index = indexes.get(graph) ?? equationsOf(graph);
  indexes.set(graph, index);
  return valuesBehind(graph, index, root, inputs, evaluate);
}

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

/** How many expressions that a fast rule changes are compared in float64, too: at all values of x, or at all pairs. */
const MOST = { x: 60, 'x and y': 4 } as const;

const codes = createCodes();

/** All expressions that a rule changes, at all values: bits of strict rules, finiteness of fast ones. */
function expectRight(rule: AnyRule, graph: Graph, inputs: ReadonlyMap<string, ArrayValue>): number {
  const { result, changes } = applied(rule, graph);
  const data = [...inputs.values()].map((value) => value.data);
  const points = data[0].length;
  const isFloat = [...inputs.values()].every(({ dtype }) => dtype === 'f32');
  const columns = isFloat ? compareAt(graph, result, new Map([...inputs].map(([name, value]) => [name, Uint8Array.from(value.data, codeOf)])), points) : null;
  const slow = (change: Change) => (rule.requires === 'strict' ? strictFault : fastFault)({ graph, result, inputs }, change);
  const inMathematics = new Set(rule.requires === 'strict' ? [] : spread(changes, MOST[inputs.size === 1 ? 'x' : 'x and y']));
  for (const change of changes) {
    const quick = columns === null ? null : (rule.requires === 'strict' ? strictDifference : finitenessLost)(codes, columns, change);
    const fault = quick === null || (quick < 0 && inMathematics.has(change)) ? slow(change) : quick;
    const at = [...inputs.keys()].map((name, i) => `${name} = ${data[i][fault]}`).join(', ');
    if (fault >= 0) expect.fail(`${written(graph, change.before)} became ${written(result, change.after)}, which differs at ${at}`);
  }
  return changes.length;
}

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
const expressions = new Map<string, Graph>();

/** Which rules the elementwise expressions have met. */
const met = new Set<string>();

describe.each(DOMAINS.map((domain) => [domain.dtype, domain] as const))('every rule at all values of %s', (_dtype, domain) => {
  // those that look for repeated scalars have views of their own below
  it.each(ALL_RULES.filter((rule) => !BROADCAST_RULES.includes(rule)).map((rule) => [nameOf(rule), rule] as const))('%s', (_name, rule) => {
    for (const variables of ['x', 'x and y'] as const) {
      const key = `${domain.dtype} ${rule.op} ${variables}`;
      const graph = expressions.get(key) ?? expressionsOf(domain, rule.op, variables).graph;
      expressions.set(key, graph);
      if (graph.outputs.length > 0 && expectRight(rule, graph, INPUTS[variables](domain)) > 0) met.add(nameOf(rule));
    }
  });
});

function expectSameValues(rule: AnyRule, { graph, inputs }: ViewExpressions): void {
  const { result, changes } = applied(rule, graph);
  if (changes.length > 0) met.add(nameOf(rule));
  for (const { before, after } of changes) {
    const old = valuesOf(graph, before, inputs, inFloat64);
    const [expected, found] = [old.get(before)!, valuesOf(result, after, inputs, inFloat64).get(after)!];
    const close = (x: number, y: number) => Object.is(x, y) || (rule.upTo === 'the sign of zero' && x === y);
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
