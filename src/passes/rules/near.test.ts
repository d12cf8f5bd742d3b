import { describe, expect, it } from 'vitest';
import type { Builder } from '../../ir/builder.ts';
import { createBuilder } from '../../ir/builder.ts';
import type { ValueId } from '../../ir/graph.ts';
import { tensorType } from '../../ir/types.ts';
import { runPasses } from '../pipeline.ts';
import { simplify } from '../simplify.ts';

const OPEN = tensorType(['n'], { open: true });

type Make = (b: Builder, x: ValueId, y: ValueId) => ValueId;

/** The rules that apply to a value of x and y, both of the type. */
function rulesAt(make: Make, math: 'strict' | 'fast' = 'strict', type = tensorType([2, 3])): readonly string[] {
  const b = createBuilder('test');
  const [x, y] = [b.input('x', type), b.input('y', type)];
  const graph = b.finish([{ name: 'z', value: make(b, x, y) }]);
  const applied: string[] = [];
  runPasses(graph, [simplify], { math, remark: ({ rule }) => applied.push(rule) });
  return applied;
}

/** Whether x + 0 may go: only where x is never −0. */
const addsNothing = (make: Make, type = tensorType([2, 3])) => rulesAt((b, x, y) => b.emit('add', [make(b, x, y), b.constant(0)]), 'strict', type).includes('add zero');
const truth = (b: Builder, x: ValueId) => b.emit('compare', [x, b.constant(1)], { direction: 'LT' });

describe('what is never −0', () => {
  it.each<[string, Make, boolean]>([
    ['abs', (b, x) => b.emit('abs', [x]), true],
    ['exponential', (b, x) => b.emit('exponential', [x]), true],
    ['logistic', (b, x) => b.emit('logistic', [x]), true],
    ['softplus', (b, x) => b.emit('softplus', [x]), true],
    ['uniform draws', (b, x) => b.emit('rng_uniform', [x], { draw: 'a', each: 'element' }), true],
    ['normal draws', (b, x) => b.emit('rng_normal', [x], { draw: 'a' }), false],
    ['a square', (b, x) => b.emit('multiply', [x, x]), true],
    ['a product', (b, x, y) => b.emit('multiply', [x, y]), false],
    ['a product of one nonnegative value', (b, x, y) => b.emit('multiply', [b.emit('abs', [x]), y]), false],
    ['a product of nonnegative values', (b, x, y) => b.emit('multiply', [b.emit('abs', [x]), b.emit('exponential', [y])]), true],
    ['a sum of nonnegative values', (b, x, y) => b.emit('add', [b.emit('abs', [x]), b.emit('exponential', [y])]), true],
    ['a sum with one that may be −0', (b, x, y) => b.emit('add', [b.emit('abs', [x]), y]), false],
    ['a quotient of nonnegative values', (b, x, y) => b.emit('divide', [b.emit('abs', [x]), b.emit('abs', [y])]), true],
    ['a quotient by any value', (b, x, y) => b.emit('divide', [b.emit('abs', [x]), y]), false],
    ['a difference', (b, x, y) => b.emit('subtract', [b.emit('abs', [x]), b.emit('abs', [y])]), false],
    ['what is broadcast to a shape', (b, x) => b.emit('broadcast_in_dim', [b.emit('abs', [x])], { shape: [4, 2, 3], broadcast_dimensions: [1, 2] }), true],
    ['any value broadcast', (b, x) => b.emit('broadcast_in_dim', [x], { shape: [4, 2, 3], broadcast_dimensions: [1, 2] }), false],
    ['what is broadcast like any value', (b, x, y) => b.emit('broadcast_like', [b.emit('reduce', [b.emit('abs', [x])], { kind: 'maximum', axes: [0] }), y], { align: 'trailing' }), false],
    ['a sum broadcast', (b, x, y) => b.emit('broadcast_like', [b.emit('reduce', [b.emit('abs', [x])], { kind: 'add', axes: [0] }), y], { align: 'trailing' }), true],
    ['a reshape', (b, x) => b.emit('reshape', [b.emit('abs', [x])], { shape: [6] }), true],
    ['a transpose', (b, x) => b.emit('transpose', [b.emit('abs', [x])], { permutation: [1, 0] }), false],
    ['a sum of any values', (b, x) => b.emit('reduce', [x], { kind: 'add', axes: [0] }), true],
    ['a maximum', (b, x) => b.emit('reduce', [x], { kind: 'maximum', axes: [0] }), false],
    ['a truth value as a number', (b, x) => b.emit('convert', [truth(b, x)], { dtype: 'f32' }), true],
    ['a float as a float', (b, x) => b.emit('convert', [b.emit('convert', [x], { dtype: 'i32' })], { dtype: 'f32' }), false],
    ['a negated value', (b, x) => b.emit('negate', [x]), false],
    ['a root', (b, x) => b.emit('sqrt', [x]), false],
  ])('%s: %#', (_name, make, expected) => {
    expect(addsNothing(make)).toBe(expected);
  });

  it('in integers there is none, but squares wrap', () => {
    const integers = tensorType([2], { dtype: 'i32' });
    const root = (make: Make) => rulesAt((b, x, y) => b.emit('abs', [make(b, x, y)]), 'strict', integers);
    expect(root((b, x) => b.emit('multiply', [x, x]))).toEqual([]);
  });

  it('of constants are all but −0', () => {
    const plus = (value: number) => rulesAt((b, x) => b.emit('broadcast_like', [b.emit('reduce', [b.constant(value)], { kind: 'add', axes: [] }), x], { align: 'trailing' }));
    expect([2, 0, -1].map((value) => plus(value).includes('reduction over no axis'))).toEqual([true, true, true]);
    expect(plus(-0)).toEqual([]);
  });
});

describe('what looks like a rule’s case and is none', () => {
  const none = (make: Make, math: 'strict' | 'fast' = 'strict', type = tensorType([2, 3])) => expect(rulesAt(make, math, type)).toEqual([]);

  it('views that move elements', () => {
    none((b, x) => b.emit('reshape', [x], { shape: [3, 2] }));
    none((b, x) => b.emit('transpose', [x], { permutation: [1, 0] }));
    none((b, x) => b.emit('transpose', [x], { permutation: [0, 2, 1] }), 'strict', tensorType([2, 3, 3]));
    none((b, x) => b.emit('reverse', [x], { dimensions: [1] }));
    none((b, x) => b.emit('reverse', [b.emit('reverse', [x], { dimensions: [0] })], { dimensions: [1] }));
    none((b, x) => b.emit('reverse', [b.emit('reverse', [x], { dimensions: [0, 1] })], { dimensions: [1] }));
    none((b, x) => b.emit('broadcast_in_dim', [x], { shape: [2, 2], broadcast_dimensions: [1, 0] }), 'strict', tensorType([2, 2]));
    none((b, x) => b.emit('broadcast_in_dim', [x], { shape: [4, 2, 3], broadcast_dimensions: [1, 2] }));
    none((b, x) => b.emit('slice', [x], { start_indices: [0, 0], limit_indices: [2, 2], strides: [1, 1] }));
    none((b, x) => b.emit('slice', [x], { start_indices: [0, 0], limit_indices: [2, 3], strides: [1, 2] }));
    none((b, x) => b.emit('slice', [x], { start_indices: [0, 1], limit_indices: [2, 3], strides: [1, 1] }));
    for (const part of ['low', 'high', 'interior'] as const) none((b, x) => b.emit('pad', [x, b.constant(1)], { low: [0, 0], high: [0, 0], interior: [0, 0], [part]: [0, 1] }));
    none((b, x, y) => b.emit('concatenate', [x, y], { dimension: 0 }));
  });

  it('double reversals in another order of dimensions are one', () => {
    expect(rulesAt((b, x) => b.emit('reverse', [b.emit('reverse', [x], { dimensions: [0, 1] })], { dimensions: [1, 0] }))).toEqual(['double reversal']);
  });

  it('reductions of some of the axes, or of another kind', () => {
    none((b, x) => b.emit('reduce', [b.emit('reshape', [x], { shape: [6, 1] })], { kind: 'add', axes: [1] }));
    none((b, x) => b.emit('reduce', [b.emit('reshape', [x], { shape: [6, 1] })], { kind: 'add', axes: 'all_but_first' }));
    expect(rulesAt((b, x) => b.emit('reduce', [b.emit('reshape', [x], { shape: [6, 1] })], { kind: 'maximum', axes: [0, 1] }))).toEqual(['reduction of everything in another shape']);
    none((b, x) => b.emit('reduce', [x], { kind: 'add', axes: [] }), 'strict');
    expect(rulesAt((b, x) => b.emit('reduce', [x], { kind: 'maximum', axes: [] }))).toEqual(['reduction over no axis']);
    expect(rulesAt((b, x) => b.emit('reduce', [x], { kind: 'add', axes: [] }), 'fast')).toEqual(['sum of any value over no axis']);
  });

  it('sums of broadcast values that are no ones, or not of everything', () => {
    const sum = (value: number, kind: 'add' | 'maximum', axes: readonly number[] | 'all'): Make => (b, x) => b.emit('reduce', [b.emit('broadcast_like', [b.constant(value), x], { align: 'trailing' })], { kind, axes });
    expect(rulesAt(sum(1, 'add', 'all'), 'strict', OPEN)).toEqual(['sum of a broadcast one']);
    none(sum(2, 'add', 'all'), 'strict', OPEN);
    none(sum(1, 'maximum', 'all'), 'strict', OPEN);
    none(sum(1, 'add', [0]), 'strict', OPEN);
  });

  it('means that are none', () => {
    const mean = (change: { readonly kind?: 'add' | 'maximum'; readonly axes?: readonly number[]; readonly sizes?: readonly number[]; readonly other?: boolean }): Make => (b, x, y) => {
      const repeated = b.emit('broadcast_like', [b.emit('reduce', [y], { kind: 'maximum', axes: 'all' }), x], { align: 'trailing' });
      return b.emit('divide', [b.emit('reduce', [repeated], { kind: change.kind ?? 'add', axes: change.axes ?? 'all' }), b.emit('size', [change.other === true ? y : x], { axes: change.sizes ?? 'all' })]);
    };
    const rule = 'mean of a repeated scalar';
    expect(rulesAt(mean({}), 'fast', OPEN)).toContain(rule);
    expect(rulesAt(mean({}), 'strict', OPEN)).not.toContain(rule);
    for (const change of [{ kind: 'maximum' }, { axes: [0] }, { sizes: [0] }, { other: true }] as const) expect(rulesAt(mean(change), 'fast', OPEN)).not.toContain(rule);
    const vector: Make = (b, x, y) => b.emit('divide', [b.emit('reduce', [b.emit('broadcast_like', [b.emit('reduce', [y], { kind: 'maximum', axes: [0] }), x], { align: 'trailing' })], { kind: 'add', axes: 'all' }), b.emit('size', [x], { axes: 'all' })]);
    expect(rulesAt(vector, 'fast', OPEN)).not.toContain(rule);
  });

  it('arithmetic beside its constants', () => {
    none((b, x, y) => b.emit('add', [x, y]));
    none((b, x) => b.emit('add', [x, b.constant(1)]));
    none((b, x) => b.emit('subtract', [x, b.constant(-0)]));
    none((b, x) => b.emit('multiply', [x, b.constant(2)]));
    none((b, x) => b.emit('multiply', [x, b.constant(0)]));
    none((b, x, y) => b.emit('multiply', [b.emit('negate', [x]), y]));
    none((b, x, y) => b.emit('divide', [b.emit('negate', [x]), y]));
    none((b, x) => b.emit('divide', [x, b.constant(2)]));
    none((b, x) => b.emit('divide_no_nan', [x, b.constant(0)]));
    none((b, x, y) => b.emit('divide_no_nan', [x, y]));
    none((b, x) => b.emit('power', [x, b.constant(3)]));
    none((b, x, y) => b.emit('sqrt', [b.emit('multiply', [x, y])]));
    none((b, x, y) => b.emit('maximum', [x, y]));
    none((b, x, y) => b.emit('select', [truth(b, x), x, y]));
    none((b, x) => b.emit('abs', [x]));
  });
});
