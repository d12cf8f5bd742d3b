import { describe, expect, it } from 'vitest';
import { createBuilder } from '../../ir/builder.ts';
import { evaluate } from '../../ir/evaluate.ts';
import type { Graph } from '../../ir/graph.ts';
import { printGraph } from '../../ir/print.ts';
import { tensorType } from '../../ir/types.ts';
import { arrayValue } from '../../ir/values.ts';
import { verify } from '../../ir/verify.ts';
import { rewrite } from '../rewrite.ts';
import { gradientGraph } from '../differentiate.ts';
import { gradients } from '../gradients.ts';
import { differences } from '../testing/equivalence.ts';
import { RULE_CASES, type RuleCase } from '../testing/ruleCases.ts';
import { dataOf } from '../testing/tensors.ts';
import { ALL_RULES } from './allRules.ts';

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 5e-324, -5e-324, 1e-40, 1, -1, 2.5, 1e30];
const ORDINARY = [-3, -2.5, -1, -0.7, -0.1, -1e-3, 1e-3, 0.1, 0.5, 1, 2, 3.25];

/** Every pair of the twelve numbers, as two vectors. */
function pairs(numbers: readonly number[]) {
  const x = numbers.flatMap((a) => numbers.map(() => a));
  const y = numbers.flatMap(() => numbers);
  return new Map([
    ['x', arrayValue([144], x)],
    ['y', arrayValue([144], y)],
  ]);
}

function graphOf({ build, type = tensorType([144]) }: RuleCase): Graph {
  const b = createBuilder('test');
  return b.finish([{ name: 'loss', value: build(b, b.input('x', type), b.input('y', type)) }]);
}

/** The graph after the rules of this name, and how often they applied. */
function applied(name: string, graph: Graph, math: 'strict' | 'fast') {
  let times = 0;
  const result = rewrite(graph, ALL_RULES.filter((rule) => rule.name === name), 'test', { math, remark: () => (times += 1) });
  verify(result);
  return { result, times };
}

const NAMES = [...new Set(ALL_RULES.map(({ name }) => name))];

describe('rules of simplify', () => {
  it('each has cases', () => {
    expect(Object.keys(RULE_CASES).sort()).toEqual([...NAMES].sort());
  });

  for (const name of NAMES) {
    const { requires } = ALL_RULES.find((rule) => rule.name === name)!;
    RULE_CASES[name]?.forEach((test, i) => {
      const graph = graphOf(test);

      it(`${name} (${requires}), case ${i + 1}`, () => {
        const { result, times } = applied(name, graph, requires);
        expect(times).toBeGreaterThan(0);
        expect(printGraph(applied(name, result, requires).result)).toBe(printGraph(result));
        const inputs = pairs(requires === 'strict' ? SPECIAL : ORDINARY);
        // strict: not a bit differs
        expect(differences(graph, result, inputs, {}, requires === 'strict' ? 0 : 1e-12)).toEqual([]);
      });

      if (requires === 'fast') {
        it(`${name} does not apply under math strict, case ${i + 1}`, () => {
          expect(applied(name, graph, 'strict').times).toBe(0);
        });
      }

      it(`${name} keeps the gradient, case ${i + 1}`, () => {
        const withGradients = (one: Graph) => gradientGraph(one, 'loss', ['x', 'y']);
        const result = applied(name, graph, requires).result;
        expect(differences(withGradients(graph), withGradients(result), pairs(ORDINARY), {}, 1e-9)).toEqual([]);
      });
    });
  }

  it('the fast rules are needed: each changes some special value, or how a sum rounds', () => {
    const harmless = NAMES.filter((name) => {
      if (ALL_RULES.find((rule) => rule.name === name)!.requires === 'strict') return false;
      return RULE_CASES[name].every((test) => {
        const graph = graphOf(test);
        const inputs = pairs(SPECIAL);
        const before = dataOf(evaluate(graph, inputs).get('loss'));
        return dataOf(evaluate(applied(name, graph, 'fast').result, inputs).get('loss')).every((value, place) => Object.is(value, before[place]));
      });
    });
    expect(harmless).toEqual([]);
  });

  it('nothing looks through or replaces what a gradient is taken by', () => {
    const b = createBuilder('test');
    const x = b.input('x', tensorType([2]));
    const variable = b.emit('negate', [x]);
    const y = b.emit('add', [b.emit('negate', [variable]), x]);
    const graph = b.finish([{ name: 'loss', value: b.emit('gradient', [y, variable]) }]);
    const result = rewrite(graph, ALL_RULES, 'test', { math: 'fast', remark: () => undefined });
    expect(printGraph(result)).toBe(`graph @test(%x: f32[2]) -> f32[2] {
  %0 = negate %x : f32[2]
  %1 = subtract %x, %0 : f32[2]
  %2 = gradient %1, %0 : f32[2]
  return %2
}
`);
    expect(gradients(b, y, [variable])).toMatchObject({ kind: 'found', dependent: [true] });
  });
});
