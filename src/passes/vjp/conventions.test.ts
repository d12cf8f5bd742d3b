import { describe, expect, it } from 'vitest';
import { createBuilder, type Builder } from '../../ir/builder.ts';
import { evaluate } from '../../ir/evaluate.ts';
import type { ValueId } from '../../ir/graph.ts';
import { tensorType } from '../../ir/types.ts';
import { arrayValue } from '../../ir/values.ts';
import { gradients } from '../gradients.ts';
import { dataOf } from '../testing/tensors.ts';

/** The gradient of Σ build(…) by each input, all vectors of one length. */
function gradientsAt(at: readonly (readonly number[])[], build: (b: Builder, xs: readonly ValueId[]) => ValueId): readonly number[][] {
  const builder = createBuilder('test');
  const xs = at.map((data, i) => builder.input(`x${i}`, tensorType([data.length])));
  const found = gradients(builder, build(builder, xs), xs);
  if (found.kind === 'opaque') throw new Error(found.why);
  const graph = builder.finish(found.values.map((value, i) => ({ name: `g${i}`, value })));
  const values = evaluate(graph, new Map(at.map((data, i) => [`x${i}`, arrayValue([data.length], data)])));
  return at.map((_, i) => [...dataOf(values.get(`g${i}`))]);
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe('where the derivative is a convention, it is TensorFlow’s', () => {
  it('a tie in maximum and minimum goes to the first operand, and so does nothing where it is NaN', () => {
    expect(gradientsAt([[1, 2, 0, nan], [1, 0, 2, 0]], (b, xs) => b.emit('maximum', xs))).toEqual([[1, 1, 0, 0], [0, 0, 1, 1]]);
    expect(gradientsAt([[1, 2, 0, nan], [1, 0, 2, 0]], (b, xs) => b.emit('minimum', xs))).toEqual([[1, 0, 1, 0], [0, 1, 0, 1]]);
  });

  it('relu as maximum(0, x) has gradient 0 at 0', () => {
    expect(gradientsAt([[-1, 0, 1]], (b, [x]) => b.emit('maximum', [b.constant(0), x]))).toEqual([[0, 0, 1]]);
  });

  it('all elements that attain a reduction’s extremum share its gradient evenly', () => {
    expect(gradientsAt([[3, 1, 3, 3]], (b, [x]) => b.emit('reduce', [x], { kind: 'maximum', axes: 'all' }))).toEqual([[1 / 3, 0, 1 / 3, 1 / 3]]);
    expect(gradientsAt([[3, 1, 1, 3]], (b, [x]) => b.emit('reduce', [x], { kind: 'minimum', axes: [0] }))).toEqual([[0, 0.5, 0.5, 0]]);
  });

  it('a tie in a window goes to its first element', () => {
    const pool = (b: Builder, [x]: readonly ValueId[]) => b.emit('reduce_window', [x], { kind: 'maximum', window_dimensions: [2], window_strides: [2], padding: [[0, 0]] });
    expect(gradientsAt([[2, 2, 1, 5]], pool)).toEqual([[1, 0, 0, 1]]);
  });

  it('abs has gradient 0 at 0', () => {
    expect(gradientsAt([[-2, 0, 3]], (b, [x]) => b.emit('abs', [x]))).toEqual([[-1, 0, 1]]);
  });

  it('power by its exponent is 0 where the base is 0 or negative', () => {
    expect(gradientsAt([[0, -2, 1], [2, 2, 2]], (b, xs) => b.emit('power', xs))[1]).toEqual([0, 0, 0]);
    expect(gradientsAt([[0, 0], [0, 1]], (b, xs) => b.emit('power', xs))).toEqual([[0, 1], [0, 0]]);
  });

  it('x^2 can be differentiated at 0 to any order', () => {
    const third = (b: Builder, [x]: readonly ValueId[]) => {
      let y = b.emit('power', [x, b.constant(2)]);
      for (let i = 0; i < 2; i++) {
        const found = gradients(b, y, [x]);
        if (found.kind === 'opaque') throw new Error(found.why);
        y = found.values[0];
      }
      return y;
    };
    expect(gradientsAt([[0, -1]], third)).toEqual([[0, 0]]);
  });

  it('divide_no_nan has gradients 0 where the denominator is 0', () => {
    expect(gradientsAt([[1, 1], [0, 2]], (b, xs) => b.emit('divide_no_nan', xs))).toEqual([[0, 0.5], [0, -0.25]]);
  });

  it('sqrt has an infinite gradient at 0, and divide passes infinities on', () => {
    expect(gradientsAt([[0]], (b, [x]) => b.emit('sqrt', [x]))).toEqual([[inf]]);
    expect(gradientsAt([[1], [0]], (b, xs) => b.emit('divide', xs))).toEqual([[inf], [-inf]]);
  });

  it('floor, sign, comparisons and stop_gradient stop gradients, and what they hide stays constant', () => {
    const build = (b: Builder, [x]: readonly ValueId[]) => b.emit('multiply', [x, b.emit('stop_gradient', [x])]);
    expect(gradientsAt([[3]], build)).toEqual([[3]]);
    expect(gradientsAt([[3.5]], (b, [x]) => b.emit('floor', [x]))).toEqual([[0]]);
    expect(gradientsAt([[3.5]], (b, [x]) => b.emit('sign', [x]))).toEqual([[0]]);
    expect(gradientsAt([[3.5]], (b, [x]) => b.emit('convert', [b.emit('compare', [x, b.constant(0)], { direction: 'GT' })], { dtype: 'f32' }))).toEqual([[0]]);
  });

  it('draws, states, pools, parameters and sizes count as constant', () => {
    const b = createBuilder('test');
    const x = b.input('x', tensorType(['n'], { open: true }));
    const constants = [
      b.emit('rng_uniform', [x], { draw: 'u', each: 'sample' }),
      b.emit('rng_normal', [x], { draw: 'n' }),
      b.emit('state_read', [x], { key: 's' }),
      b.emit('state_pool', [x], { key: 'p', size: 50 }),
      b.emit('size', [x], { axes: 'all' }),
      b.emit('param', [], { name: 'lambda' }),
    ];
    for (const y of constants) expect(gradients(b, y, [x])).toMatchObject({ kind: 'found', dependent: [false] });
  });
});
