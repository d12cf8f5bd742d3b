import { ALL_CODES, CODE_VALUES } from '../passes/testing/eightBits.ts';
import { describe, expect, it } from 'vitest';
import { createBuilder } from '../ir/builder.ts';
import { evaluate } from '../ir/evaluate.ts';
import type { Graph } from '../ir/graph.ts';
import { tensorType } from '../ir/types.ts';
import { arrayValue, type ArrayValue, type Value } from '../ir/values.ts';
import { verify } from '../ir/verify.ts';
import { runPasses, PASSES } from '../passes/pipeline.ts';
import { assembleApply } from './assembleApply.ts';
import { assembleCheck } from './assembleCheck.ts';
import { assembleEvaluate } from './assembleEvaluate.ts';

const context = { math: 'strict', remark: () => undefined } as const;

const numbersOf = (values: ReadonlyMap<string, Value>, name: string) => [...(values.get(name) as ArrayValue).data];

/** loss = Σ exp(w·x)·v; `unused` is an input that it does not read. */
function exponential(name: string, weight: string): Graph {
  const builder = createBuilder(name);
  const [w, x, v] = [builder.input(weight, tensorType([2])), builder.input('x', tensorType([2])), builder.input('v', tensorType([]))];
  builder.input('unused', tensorType([2]));
  const shared = builder.emit('exponential', [x]);
  const spread = builder.emit('broadcast_in_dim', [v], { shape: [2], broadcast_dimensions: [] });
  const product = builder.emit('multiply', [builder.emit('exponential', [builder.emit('multiply', [w, shared])]), spread]);
  return builder.finish([{ name: 'loss', value: builder.emit('reduce', [product], { kind: 'add', axes: [0] }) }]);
}

describe('assembleEvaluate', () => {
  it('has the losses and the gradients of both players, and computes once what they share', () => {
    const { graph, reached } = assembleEvaluate(
      'step',
      [
        { name: 'a', graph: exponential('a', 'w'), loss: 'loss', by: ['w', 'unused', 'absent'] },
        { name: 'b', graph: exponential('b', 'u'), loss: 'loss', by: ['u', 'v'] },
      ],
      context,
    );
    verify(graph);
    expect([...reached]).toEqual([['a', ['w']], ['b', ['u', 'v']]]);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['w', 'x', 'v', 'unused', 'u']);
    const optimized = runPasses(graph, PASSES, context);
    const exponentials = optimized.equations.filter(({ op }) => op === 'exponential');
    expect(exponentials).toHaveLength(3);
    const values = evaluate(graph, new Map([['w', [1, 2]], ['u', [0, -1]], ['x', [0, 0]], ['v', [3]]].map(([name, data]) => [name as string, arrayValue(name === 'v' ? [] : [2], data as number[])])));
    expect(numbersOf(values, 'a/loss')[0]).toBeCloseTo(3 * (Math.E + Math.E ** 2), 12);
    expect(numbersOf(values, 'a/gradient.w')).toEqual([3 * Math.exp(1), 3 * Math.exp(2)]);
    expect(numbersOf(values, 'b/gradient.v')[0]).toBeCloseTo(1 + Math.exp(-1), 12);
  });

  it('differentiates a gradient inside the loss', () => {
    const builder = createBuilder('penalty');
    const [w, x] = [builder.input('w', tensorType([])), builder.input('x', tensorType([]))];
    const at = builder.emit('optimization_barrier', [x]);
    const y = builder.emit('multiply', [w, builder.emit('multiply', [at, at])]);
    const slope = builder.emit('gradient', [y, at]);
    const graph = builder.finish([{ name: 'loss', value: builder.emit('multiply', [slope, slope]) }]);
    const evaluated = assembleEvaluate('step', [{ name: 'd', graph, loss: 'loss', by: ['w', 'x'] }], context).graph;
    // (2wx)², whose derivatives are 8wx² and 8w²x
    const values = evaluate(evaluated, new Map([['w', arrayValue([], [3])], ['x', arrayValue([], [5])]]));
    expect(numbersOf(values, 'd/loss')).toEqual([900]);
    expect(numbersOf(values, 'd/gradient.w')).toEqual([600]);
    expect(numbersOf(values, 'd/gradient.x')).toEqual([360]);
  });
});

describe('assembleCheck', () => {
  const graph = assembleCheck('check', [
    { name: 'r', length: 3, reached: true },
    { name: 'none', length: 2, reached: false },
  ]);
  const finite = (loss: number, gradient: readonly number[]) => numbersOf(evaluate(graph, new Map([['loss', arrayValue([], [loss])], ['gradient.r', arrayValue([3], gradient)]])), 'finite')[0];

  it('is 1 exactly where all numbers are finite', () => {
    expect(finite(-1, [1e38, 3e38, -3e38])).toBe(1);
    for (const bad of [NaN, Infinity, -Infinity]) {
      expect(finite(bad, [0, 0, 0])).toBe(0);
      for (let place = 0; place < 3; place += 1) expect(finite(0, [0, 1, 2].map((index) => (index === place ? bad : 1)))).toBe(0);
    }
  });
});

const ALL = ALL_CODES.map((code) => CODE_VALUES[code]);

describe('at all pairs of values of 8 bits', () => {
  it('the check is 1 exactly where both loss and gradient are finite', () => {
    const graph = assembleCheck('check', [{ name: 'r', length: 1, reached: true }]);
    for (const loss of ALL) for (const gradient of ALL) {
      const found = numbersOf(evaluate(graph, new Map([['loss', arrayValue([], [loss])], ['gradient.r', arrayValue([1], [gradient])]])), 'finite')[0];
      if (found !== Number(Number.isFinite(loss) && Number.isFinite(gradient))) expect.fail(`loss ${loss}, gradient ${gradient}: ${found}`);
    }
  });

  it('clipping keeps what is within the limit to the bit, moves all else to it, and leaves NaN', () => {
    for (const limit of ALL.filter((value) => value > 0 && Number.isFinite(value))) {
      const graph = assembleApply({ name: 'apply', groups: [{ name: 'g', optimizer: 'sgd', runs: [{ name: 'a', length: ALL.length, reached: false }] }], ema: null, weightClip: limit });
      const found = numbersOf(evaluate(graph, new Map([['weight.a', arrayValue([ALL.length], ALL)]])), 'weight.a');
      expect(found).toEqual(ALL.map((value) => (Math.abs(value) > limit ? Math.sign(value) * limit : value)));
    }
  });
});

describe('assembleApply', () => {
  it('clips every variable, averages the new values, and passes over what has no gradient', () => {
    const graph = assembleApply({
      name: 'apply',
      groups: [{ name: 'g', optimizer: 'sgd', runs: [{ name: 'a', length: 2, reached: true }, { name: 'b', length: 1, reached: false }] }],
      ema: 0.25,
      weightClip: 1,
    });
    verify(graph);
    const inputs = { 'weight.a': [0.5, -3], 'weight.b': [4], 'gradient.a': [1, 1], 'ema.a': [0, 0], 'ema.b': [0], 'number.g.minusLearningRate': [-2] };
    const values = evaluate(graph, new Map(Object.entries(inputs).map(([name, data]) => [name, arrayValue(name.startsWith('number') ? [] : [data.length], data)])));
    expect(numbersOf(values, 'weight.a')).toEqual([-1, -1]);
    expect(numbersOf(values, 'weight.b')).toEqual([1]);
    expect(numbersOf(values, 'ema.a')).toEqual([-0.25, -0.25]);
    expect(numbersOf(values, 'ema.b')).toEqual([0.25]);
  });
});
