import { describe, expect, it } from 'vitest';
import { createBuilder } from '../ir/builder.ts';
import { evaluate } from '../ir/evaluate.ts';
import { printGraph } from '../ir/print.ts';
import { t } from '../ir/testing/cases.ts';
import { tensorType } from '../ir/types.ts';
import { formatValue } from '../ir/values.ts';
import { verify } from '../ir/verify.ts';
import { describe as describeValues } from './describe.ts';
import { optimizeStatic } from './optimizeStatic.ts';
import type { Remark } from './pass.ts';
import { graphOf } from './testing/passHarness.ts';

const SILENT = { math: 'strict', remark: () => undefined } as const;

/** The body without the signature. */
const body = (text: string) => text.split('\n').slice(1, -2).map((line) => line.trim()).join('\n');

describe('optimizeStatic', () => {
  it('writes ranks as comparisons of all with all, earlier ones before later ones of the same value', () => {
    const b = createBuilder('test');
    const x = b.input('x', tensorType([2, 3]));
    const graph = b.finish([{ name: 'y', value: b.emit('descending_rank', [x]) }]);
    const result = optimizeStatic(graph, SILENT);
    verify(result);
    expect(result.equations.some(({ op }) => op === 'descending_rank')).toBe(false);
    for (const value of [t([[3, 5, 3], [5, -1, 3]]), t([[NaN, 1, 0], [-0, 0, Infinity]])]) {
      const at = new Map([['x', value]]);
      expect(formatValue(evaluate(result, at).get('y')!)).toBe(formatValue(evaluate(graph, at).get('y')!));
    }
  });

  it('makes gradients before it drops the marks that they read, and keeps names', () => {
    const graph = graphOf('%x: f32[3]', '(loss: f32[], slope: f32[3])', `
      %0 = multiply %x, %x : f32[3]   // square
      %1 = stop_gradient %x : f32[3]  // stopped
      %2 = multiply %0, %1 : f32[3]
      %3 = optimization_barrier %2 : f32[3]  // product
      %4 = reduce<add, all> %3 : f32[]
      %5 = gradient %4, %x : f32[3]
      return %4, %5`);
    const result = optimizeStatic(graph, SILENT);
    verify(result);
    expect(result.equations.filter(({ op }) => ['stop_gradient', 'optimization_barrier', 'gradient'].includes(op))).toEqual([]);
    expect(result.equations.map(({ name }) => name).filter((name) => name !== undefined)).toEqual(['square', 'product']);
    const values = evaluate(result, new Map([['x', t([1, 2, -3])]]));
    expect(formatValue(values.get('loss')!)).toBe('f32[] {-18}');
    // the second factor is a constant to it: 2x · x
    expect(formatValue(values.get('slope')!)).toBe('f32[3] {2, 8, 18}');
  });

  it('says nothing about what a trace leaves unused, and lets passes be left out', () => {
    const graph = graphOf('%x: f32[]', '(y: f32[])', `
      %0 = exponential %x : f32[]
      %1 = constant<2> : f32[]
      %2 = constant<3> : f32[]
      %3 = add %1, %2 : f32[]
      %4 = multiply %x, %3 : f32[]
      return %4`);
    const remarks: Remark[] = [];
    const remark = (each: Remark) => remarks.push(each);
    expect(body(printGraph(optimizeStatic(graph, { math: 'strict', remark })))).toBe('%0 = constant<5> : f32[]\n%1 = multiply %x, %0 : f32[]\nreturn %1');
    expect(remarks.filter(({ what }) => what.includes('exponential'))).toEqual([]);
    expect(remarks.map(({ pass }) => pass)).toContain('foldConstants');
    expect(printGraph(optimizeStatic(graph, SILENT, ['foldConstants']))).toContain('add');
  });

  it('gives a graph without marks the same equations', () => {
    const graph = graphOf('%x: f32[2]', '(y: f32[2])', '%0 = tanh %x : f32[2]\nreturn %0');
    expect(printGraph(optimizeStatic(graph, SILENT))).toBe(printGraph(graph));
  });
});

describe('values as short expressions', () => {
  it('show what an equation is about, not its numbers', () => {
    const b = createBuilder('test');
    const x = b.input('x', tensorType(['n'], { open: true }));
    const weights = b.emit('network_weights', [], { network: 'D', least_rank: 2 });
    const squares = b.emit('each', [weights, weights], { applied: { op: 'multiply', attributes: {} } });
    const hook = b.emit('hook_call', [x], { hook: 'augment', keeps_shape: true, draw: 'a.0' });
    const drawn = b.emit('rng_normal', [x], { draw: 'a.1' });
    const named = b.emit('add', [hook, drawn]);
    b.name(named, 'moved');
    const sum = b.emit('reduce', [named], { kind: 'add', axes: 'all' });
    const shown = [
      squares, hook, named, sum,
      b.emit('divide', [b.emit('sum_of_each', [squares]), b.constant(4)]),
      b.emit('compare', [b.emit('subtract', [x, drawn]), b.constant(0)], { direction: 'GE' }),
      b.emit('power', [b.emit('param', [], { name: 'lambda' }), b.emit('schedule', [], { fn: 'linear', args: [0, 1, 100] })]),
      b.emit('constant', [], { dtype: 'f32', shape: [4], data: [1, 2, 3, 4] }),
      b.emit('constant', [], { dtype: 'f32', shape: [3], data: [1, 2, 3] }),
      b.emit('every', [sum], { interval: 4 }),
      b.emit('state_read', [sum], { key: 'a.k' }),
      b.emit('state_write', [sum], { key: 'a.k' }),
      b.emit('state_pool', [x], { key: 'pool', size: 3 }),
      b.emit('rng_uniform', [x], { draw: 'a.2', each: 'sample' }),
      b.emit('optimization_barrier', [b.emit('custom_vjp', [x, drawn, drawn, x])]),
      b.emit('network_call', [x, drawn], { network: 'D', outputs: 'single' }),
      b.emit('tanh', [b.emit('tanh', [b.emit('tanh', [b.emit('tanh', [x])])])]),
    ];
    const graph = b.finish(shown.map((value, i) => ({ name: `y${i}`, value })));
    const text = describeValues(graph);
    expect(shown.map(text)).toEqual([
      'each<multiply>(network_weights<D>(), network_weights<D>())',
      'hook_call<augment>(x)',
      'hook_call<augment>(x) + rng_normal<a.1>(x)',
      'reduce<add>(moved)',
      'sum_of_each(each<multiply>(…, …)) / 4',
      '(x − rng_normal<a.1>(x)) ≥ 0',
      'lambda ^ linear(0, 1, 100)',
      '[1, 2, 3, …]',
      '[1, 2, 3]',
      'every<4>(reduce<add>(moved))',
      'state_read<a.k>(reduce<add>(moved))',
      'state_write<a.k>(reduce<add>(moved))',
      'state_pool<pool>(x)',
      'rng_uniform<a.2>(x)',
      'x',
      'D(x, rng_normal<a.1>(x))',
      'tanh(tanh(tanh(…)))',
    ]);
    expect(text(999)).toBe('?');
  });
});
