import { describe, expect, it } from 'vitest';
import { createBuilder } from '../builder.ts';
import { evaluate, evaluateOp } from '../evaluate.ts';
import { empty, ints, t } from '../testing/cases.ts';
import { opaqueType, tensorType, type Type } from '../types.ts';
import { formatValue, listValue, type Value } from '../values.ts';
import { seededRandom } from './seededRandom.ts';

describe('integers of 32 bits', () => {
  const product = { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] };

  it('wrap in products, sums and powers', () => {
    expect(formatValue(evaluateOp('dot_general', [ints([[2 ** 30, 65537]]), ints([[8], [65537]])], product))).toBe('i32[1, 1] {131073}');
    expect(formatValue(evaluateOp('power', [ints([3, -1, -1, -1, 1, 2, 0]), ints([21, -3, -2, 5, -7, -1, 0])], {}))).toBe('i32[7] {1870418611, -1, 1, -1, 1, 0, 1}');
  });

  it('have greatest and least values where nothing is reduced', () => {
    for (const [kind, expected] of [['maximum', '-2147483648'], ['minimum', '2147483647'], ['add', '0']] as const) {
      expect(formatValue(evaluateOp('reduce', [{ ...empty(0), dtype: 'i32' }], { kind, axes: [0] }))).toBe(`i32[] {${expected}}`);
    }
    for (const [kind, expected] of [['maximum', '-Infinity'], ['minimum', 'Infinity'], ['add', '0']] as const) {
      expect(formatValue(evaluateOp('reduce', [empty(0)], { kind, axes: [0] }))).toBe(`f32[] {${expected}}`);
    }
    expect(formatValue(evaluateOp('reduce_window', [ints([5])], { kind: 'maximum', window_dimensions: [1], window_strides: [1], padding: [[1, 0]] }))).toBe('i32[2] {-2147483648, 5}');
  });

  it('come of floats without −0, within their range', () => {
    expect(formatValue(evaluateOp('convert', [t([-0.5, NaN, 1e10, -1e10, 1.9])], { dtype: 'i32' }))).toBe('i32[5] {0, 0, 2147483647, -2147483648, 1}');
  });
});

describe('cross entropies over the last axis', () => {
  const of = (labels: Value, logits: Value) => formatValue(evaluateOp('softmax_cross_entropy', [labels, logits], {}));

  it('broadcast labels to logits and logits to labels', () => {
    const log3 = Math.log(3);
    expect(of(t([[1], [2]]), t([[0, 0, 0], [5, 5, 5]]))).toBe(`f32[2] {${3 * log3}, ${6 * log3}}`);
    expect(of(t([[1, 0, 1], [2, 0, 0]]), t([[4], [7]]))).toBe(`f32[2] {${2 * log3}, ${2 * log3}}`);
    expect(of(t([1, 0, 0]), t([[0, 0, 0], [1, 1, 1]]))).toBe(`f32[2] {${log3}, ${log3}}`);
    expect(of(empty(0, 3), empty(0, 3))).toBe('f32[0] {}');
  });
});

describe('windows and places', () => {
  it('scatter adds at the first place, and nothing outside', () => {
    const attributes = { update_window_dims: [], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 };
    expect(formatValue(evaluateOp('scatter', [t([1, 2, 3]), ints([[0], [3], [-1], [0]]), t([10, 20, 30, 40])], attributes))).toBe('f32[3] {51, 2, 3}');
  });

  it('gather with index vectors along the first axis, and with implied ones', () => {
    const x = t([[1, 2, 3], [4, 5, 6]]);
    expect(formatValue(evaluateOp('gather', [x, ints([[1, 0], [2, 0]])], { offset_dims: [], collapsed_slice_dims: [0, 1], start_index_map: [0, 1], index_vector_dim: 0, slice_sizes: [1, 1] }))).toBe('f32[2] {6, 1}');
    expect(formatValue(evaluateOp('gather', [x, ints([1, 5])], { offset_dims: [1], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 1, slice_sizes: [1, 3] }))).toBe('f32[2, 3] {4, 5, 6, 4, 5, 6}');
    expect(formatValue(evaluateOp('gather', [x, { ...empty(0, 1), dtype: 'i32' }], { offset_dims: [1], collapsed_slice_dims: [0], start_index_map: [0], index_vector_dim: 1, slice_sizes: [1, 3] }))).toBe('f32[0, 3] {}');
  });

  it('parts are joined where they begin', () => {
    expect(formatValue(evaluateOp('concatenate', [t([[1, 2], [3, 4]]), t([[5], [6]]), t([[7], [8]])], { dimension: 1 }))).toBe('f32[2, 4] {1, 2, 5, 7, 3, 4, 6, 8}');
  });

  it('batches in groups meet their own features', () => {
    const attributes = {
      input: 'b0f', kernel: '0io', output: 'b0f', window_strides: [1], padding: [[0, 0]] as const, lhs_dilation: [1], rhs_dilation: [1], window_reversal: [false], feature_group_count: 1, batch_group_count: 2,
    };
    // four samples in two groups of two; four output features, two a group
    const x = t([[[1]], [[2]], [[3]], [[4]]]);
    const w = t([[[10, 100, 1000, 10000]]]);
    expect(formatValue(evaluateOp('convolution', [x, w], attributes))).toBe('f32[2, 1, 4] {10, 100, 3000, 30000, 20, 200, 4000, 40000}');
  });
});

describe('graphs and what they are given', () => {
  const identity = (type: Type) => {
    const b = createBuilder('test');
    return b.finish([{ name: 'y', value: b.input('x', type) }]);
  };
  const run = (type: Type, value: Value) => formatValue(evaluate(identity(type), new Map([['x', value]])).get('y')!);

  it('take values of the declared type', () => {
    expect(run(tensorType([2]), t([1, 2]))).toBe('f32[2] {1, 2}');
    expect(run(tensorType(['n'], { open: true }), t([[1], [2]]))).toBe('f32[2, 1] {1, 2}');
    expect(run(tensorType([], { open: true }), t(1))).toBe('f32[] {1}');
    expect(run(opaqueType('any'), listValue([]))).toBe('list');
  });

  it.each<[Type, Value, string]>([
    [tensorType([2]), t([1, 2, 3]), 'input %x is declared f32[2] and given f32[3]'],
    [tensorType([2]), t([[1, 2]]), 'input %x is declared f32[2] and given f32[1, 2]'],
    [tensorType([2]), t(1), 'input %x is declared f32[2] and given f32[]'],
    [tensorType([2]), ints([1, 2]), 'input %x is declared f32[2] and given i32[2]'],
    [tensorType([2]), listValue([]), 'input %x is declared f32[2] and given list'],
    [tensorType(['n', 3], { open: true }), t([1]), 'input %x is declared f32[n, 3, ...] and given f32[1]'],
    [tensorType([3], { open: true }), t([1]), 'input %x is declared f32[3, ...] and given f32[1]'],
  ])('refuse others: %j', (type, value, message) => {
    expect(() => run(type, value)).toThrow(message);
  });

  it('symbols are one size each', () => {
    const b = createBuilder('test');
    const [x, y] = [b.input('x', tensorType(['n'])), b.input('y', tensorType(['n']))];
    const graph = b.finish([{ name: 'z', value: b.emit('add', [x, y]) }]);
    const at = (a: Value, c: Value) => () => evaluate(graph, new Map([['x', a], ['y', c]]));
    expect(formatValue(at(t([1]), t([2]))().get('z')!)).toBe('f32[1] {3}');
    expect(at(t([1]), t([2, 3]))).toThrow('input %y is declared f32[n] and given f32[2], with n = 1');
    const fixed = identity(tensorType([1]));
    expect(() => evaluate(fixed, new Map([['x', t([2, 3])]]))).toThrow(/given f32\[2\]$/);
  });

  it('ops count their operands', () => {
    expect(() => evaluateOp('add', [t(1)], {})).toThrow('add does not take 1 operands');
    expect(() => evaluateOp('negate', [t(1), t(2)], {})).toThrow('negate does not take 2 operands');
    expect(() => evaluateOp('concatenate', [], { dimension: 0 })).toThrow('concatenate does not take 0 operands');
  });

  it('what is missing is named', () => {
    const b = createBuilder('test');
    const x = b.input('x', tensorType([2]));
    const unread = b.input('unread', tensorType([2]));
    const graph = b.finish([{ name: 'y', value: b.emit('negate', [x]) }, { name: 'z', value: unread }]);
    expect(() => evaluate(graph, new Map([['unread', t([1, 2])]]))).toThrow('input %x has no value');
    expect(() => evaluate(graph, new Map([['x', t([1, 2])]]))).toThrow("output 'z' has no value");
    const { equations } = graph;
    expect(() => evaluate({ ...graph, equations: [{ ...equations[0], operands: [99] }] }, new Map([['x', t([1, 2])], ['unread', t([1, 2])]]))).toThrow('negate reads %99, which has no value');
  });
});

describe('seeded random numbers', () => {
  const random = seededRandom(1);

  it('are those that tests were written with, of each name its own', () => {
    const shown = (draw: string, distribution: 'uniform' | 'normal') => Array.from(random(draw, distribution, [3]), (x) => x.toFixed(6));
    expect([shown('a', 'uniform'), shown('b', 'uniform'), shown('ab', 'uniform'), shown('a', 'normal')]).toMatchInlineSnapshot(`
      [
        [
          "0.985318",
          "0.094944",
          "0.076190",
        ],
        [
          "0.559573",
          "0.946519",
          "0.421248",
        ],
        [
          "0.072105",
          "0.821248",
          "0.834441",
        ],
        [
          "2.403713",
          "0.384042",
          "1.688096",
        ],
      ]
    `);
  });

  it('are spread as they should be', () => {
    const uniforms = Array.from(random('u', 'uniform', [4000]));
    const normals = Array.from(random('n', 'normal', [4000]));
    const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
    expect(Math.abs(mean(uniforms) - 0.5)).toBeLessThan(0.02);
    expect(Math.min(...uniforms)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniforms)).toBeLessThan(1);
    expect(Math.abs(mean(normals))).toBeLessThan(0.06);
    expect(Math.abs(mean(normals.map((x) => x * x)) - 1)).toBeLessThan(0.1);
    // neighbours have nothing to do with one another
    expect(Math.abs(mean(normals.slice(1).map((x, i) => x * normals[i])))).toBeLessThan(0.06);
  });
});
