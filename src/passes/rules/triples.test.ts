import { describe, expect, it } from 'vitest';
import { createBuilder } from '../../ir/builder.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import { tensorType } from '../../ir/types.ts';
import { applied, written } from '../testing/applied.ts';
import { createCodes, isFiniteCode, type Column } from '../testing/codes.ts';
import { compareAt, finitenessLost, strictDifference } from '../testing/compareColumns.ts';
import { ALL_CODES, CODE_VALUES, codeOf } from '../testing/eightBits.ts';
import { tripleExpressions } from '../testing/tripleExpressions.ts';
import type { AnyRule, View } from '../rewrite.ts';
import { ALL_RULES } from './allRules.ts';
import { BROADCAST_RULES } from './broadcasts.ts';
import { madeBy, rule } from './match.ts';

/** `TRIPLES=all`: every triple of the 243 values of 8 bits. Otherwise all pairs beside each of these, in turn for each variable. */
const ALL = process.env.TRIPLES === 'all';
const SPECIAL = ALL ? ALL_CODES : [NaN, -Infinity, -0, 240].map(codeOf);
const VARIABLES = ALL ? ['z'] : ['z', 'x'];

const SIZE = ALL_CODES.length;
const POINTS = SIZE ** 2;
const FIRST = Uint8Array.from({ length: POINTS }, (_, i) => ALL_CODES[Math.floor(i / SIZE)]);
const SECOND = Uint8Array.from({ length: POINTS }, (_, i) => ALL_CODES[i % SIZE]);

const codes = createCodes();

/** The variables' columns where one of them has one value and the two others all pairs. */
function slab(fixed: string, code: number): ReadonlyMap<string, Column> {
  const [first, second] = ['x', 'y', 'z'].filter((name) => name !== fixed);
  return new Map<string, Column>([[fixed, code], [first, FIRST], [second, SECOND]]);
}

const numberAt = (column: Column, point: number) => CODE_VALUES[typeof column === 'number' ? column : column[point]];

/** How many expressions of three variables a rule changes; fails where it changes a value that it must not. */
function expectRight(rule: AnyRule, graph: Graph): number {
  const { result, changes } = applied(rule, graph);
  for (const fixed of changes.length === 0 ? [] : VARIABLES) {
    for (const code of SPECIAL) {
      const inputs = slab(fixed, code);
      const columns = compareAt(graph, result, inputs, POINTS);
      for (const change of changes) {
        const fault = (rule.requires === 'strict' ? strictDifference : finitenessLost)(codes, columns, change);
        if (fault === -1) continue;
        const at = [...inputs].map(([name, column]) => `${name} = ${fault === null ? '?' : numberAt(column, fault)}`).join(', ');
        expect.fail(`${written(graph, change.before)} became ${written(result, change.after)}, which differs at ${at}`);
      }
    }
  }
  return changes.length;
}

describe(`every rule on expressions of three variables, at ${ALL ? 'all triples' : 'all pairs beside special values'}`, () => {
  const graphs = new Map<string, Graph>();
  let changed = 0;

  // those that look for repeated scalars read views: exhaustive.test.ts has them
  it.each(ALL_RULES.filter((rule) => !BROADCAST_RULES.includes(rule)).map((rule) => [`${rule.op}: ${rule.name}`, rule] as const))('%s', (_name, rule) => {
    const graph = graphs.get(rule.op) ?? tripleExpressions(rule.op);
    graphs.set(rule.op, graph);
    if (graph.outputs.length > 0) changed += expectRight(rule, graph);
  }, ALL ? 600_000 : undefined);

  it('changes hundreds of them', () => {
    expect(changed).toBeGreaterThan(900);
  });
});

describe('mistakes', () => {
  const added = (id: ValueId, view: View) => madeBy(view, id, 'add');
  const regrouped = (requires: 'strict' | 'fast') =>
    rule('add', 'regrouped', requires, 'wrong under math strict', ({ operands: [sum, z] }, view) => {
      const inner = added(sum, view);
      return inner === null ? null : view.emit('add', [inner.operands[0], view.emit('add', [inner.operands[1], z])]);
    });

  it('a sum that is grouped otherwise does not have the same bits, and may overflow', () => {
    const graph = tripleExpressions('add');
    expect(() => expectRight(regrouped('strict'), graph)).toThrow('which differs at');
    expect(() => expectRight(regrouped('fast'), graph)).toThrow('which differs at');
  });

  it('a factor that is distributed does not either', () => {
    const distributed = rule('multiply', 'distributed', 'strict', 'wrong', ({ operands: [sum, z] }, view) => {
      const inner = added(sum, view);
      return inner === null ? null : view.emit('add', [view.emit('multiply', [inner.operands[0], z]), view.emit('multiply', [inner.operands[1], z])]);
    });
    expect(() => expectRight(distributed, tripleExpressions('multiply'))).toThrow('which differs at');
  });
});

it('joins any two constants beside any value of 8 bits without losing finiteness', () => {
  const rule = ALL_RULES.find(({ name }) => name === 'join constant factors')!;
  const x = Uint8Array.from(ALL_CODES);
  let joined = 0;
  for (const first of ALL_CODES.filter(isFiniteCode)) {
    const builder = createBuilder('factors');
    const input = builder.input('x', tensorType([SIZE]));
    const product = builder.emit('multiply', [input, builder.constant(CODE_VALUES[first])]);
    const outputs = ALL_CODES.filter(isFiniteCode).map((second) => ({ name: `y${second}`, value: builder.emit('multiply', [builder.constant(CODE_VALUES[second]), product]) }));
    const graph = builder.finish(outputs);
    const { result, changes } = applied(rule, graph);
    const columns = compareAt(graph, result, new Map([['x', x]]), SIZE);
    joined += changes.length;
    for (const change of changes) {
      const fault = finitenessLost(codes, columns, change);
      if (fault !== -1) expect.fail(`${written(graph, change.before)} became ${written(result, change.after)}, which is no longer finite at ${CODE_VALUES[x[fault ?? 0]]}`);
    }
  }
  expect(joined).toBeGreaterThan(10_000);
});
