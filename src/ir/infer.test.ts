import { describe, expect, it } from 'vitest';
import { inferType } from './infer.ts';
import { broadcastShapes, formatShape } from './shapes.ts';
import type { Dim, Shape, Type } from './types.ts';
import { formatType, opaqueType, tensorType } from './types.ts';

/** `n, 3, ...` as a shape. */
function shape(text: string): Shape {
  const parts = text === '' ? [] : text.split(', ');
  const open = parts.at(-1) === '...';
  const dims: Dim[] = (open ? parts.slice(0, -1) : parts).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return { dims, open };
}

const f32 = (text: string): Type => ({ kind: 'tensor', dtype: 'f32', shape: shape(text) });

describe('broadcastShapes', () => {
  it.each([
    ['', '', '[]'],
    ['', 'n, ...', '[n, ...]'],
    ['...', '', '[...]'],
    ['4, 1', '3', '[4, 3]'],
    ['2, 1, 3', '5, 1', '[2, 5, 3]'],
    ['0', '1', '[0]'],
    ['n, ...', 'n, ...', '[n, ...]'],
    ['...', '...', '[...]'],
    ['n, ...', '...', '[...]'],
    ['n, ...', 'm, ...', '[...]'],
    ['n, ...', 'n, 3, ...', '[n, ...]'],
    ['n, ...', 'n, 1', '[n, ...]'],
    ['n, ...', '1', '[n, ...]'],
    ['n, ...', '1, 1', '[...]'],
    ['n, ...', '3', '[...]'],
    ['n, 4, ...', '3', '[n, ...]'],
    ['n', 'm', '[m|n]'],
    ['m|n', 'n', '[m|n]'],
    ['n', '3', '[3]'],
    ['n', '1', '[n]'],
    ['n', 'n', '[n]'],
    ['k, n', 'n', '[k, n]'],
  ])('[%s] with [%s] is %s, either way round', (a, b, expected) => {
    const forth = broadcastShapes(shape(a), shape(b));
    const back = broadcastShapes(shape(b), shape(a));
    expect(forth && formatShape(forth)).toBe(expected);
    expect(back && formatShape(back)).toBe(expected);
  });

  it.each([
    ['3', '4'],
    ['2, 3', '3, 2'],
    ['0', '2'],
  ])('[%s] with [%s] is refused', (a, b) => expect(broadcastShapes(shape(a), shape(b))).toBeNull());
});

describe('inferType before binding', () => {
  const n = f32('n, ...');
  it.each<[string, Type, string]>([
    ['reduce all', inferType('reduce', [n], { kind: 'add', axes: 'all' }), 'f32[]'],
    ['reduce all_but_first', inferType('reduce', [n], { kind: 'add', axes: 'all_but_first' }), 'f32[n]'],
    ['reduce all_but_first of a scalar', inferType('reduce', [f32('')], { kind: 'add', axes: 'all_but_first' }), 'f32[]'],
    ['reduce all_but_first of the unknown', inferType('reduce', [f32('...')], { kind: 'add', axes: 'all_but_first' }), 'f32[...]'],
    ['reduce of an axis beyond the known', inferType('reduce', [n], { kind: 'add', axes: [0, 2] }), 'f32[...]'],
    ['size', inferType('size', [n], { axes: 'all' }), 'f32[]'],
    ['rng_uniform', inferType('rng_uniform', [n], { draw: 'a', each: 'sample' }), 'f32[n, ...]'],
    ['rng_uniform of known rank', inferType('rng_uniform', [f32('n, 28, 28')], { draw: 'a', each: 'sample' }), 'f32[n, 1, 1]'],
    ['rng_uniform for each element', inferType('rng_uniform', [f32('n, 28, 28')], { draw: 'a', each: 'element' }), 'f32[n, 28, 28]'],
    ['append', inferType('append', [f32('n, 3'), f32('')], {}), 'f32[n, 4]'],
    ['append to a symbol', inferType('append', [f32('n, classes'), f32('')], {}), 'f32[n, classes+1]'],
    ['append to unknown', inferType('append', [n, f32('')], {}), 'f32[n, ...]'],
    ['dot_general of samples', inferType('dot_general', [n, n], { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: 'all_but_first', rhs_contracting_dimensions: 'all_but_first' }), 'f32[n, n]'],
    ['iota_like', inferType('iota_like', [n], { dimension: -1 }), 'f32[n, ...]'],
    ['rng_uniform of a scalar', inferType('rng_uniform', [f32('')], { draw: 'a', each: 'sample' }), 'f32[]'],
    ['rng_normal', inferType('rng_normal', [f32('n, 28, 28')], { draw: 'a' }), 'f32[n, 28, 28]'],
    ['network_call', inferType('network_call', [f32('n, 28'), opaqueType('any')], { network: 'D', outputs: 'single' }), 'f32[n, ...]'],
    ['network_call of any', inferType('network_call', [opaqueType('any')], { network: 'G', outputs: 'single' }), 'f32[...]'],
    ['network_call, all outputs', inferType('network_call', [n], { network: 'D', outputs: 'all' }), 'outputs'],
    ['first head', inferType('get_tuple_element', [opaqueType('outputs')], { head: null }), 'f32[...]'],
    ['head codes', inferType('get_tuple_element', [opaqueType('outputs')], { head: 'codes' }), 'distributions'],
    ['log_prob', inferType('log_prob', [opaqueType('distributions'), opaqueType('any')], {}), 'list'],
    ['mean_of_each', inferType('mean_of_each', [opaqueType('list')], {}), 'f32[k]'],
    ['gradient', inferType('gradient', [n, f32('n, 28')], {}), 'f32[n, 28]'],
    ['stop_gradient', inferType('stop_gradient', [opaqueType('any')], {}), 'any'],
    ['param', inferType('param', [], { name: 'lambda' }), 'f32[]'],
    ['state_read', inferType('state_read', [n], { key: 'a' }), 'f32[n, ...]'],
    ['state_write', inferType('state_write', [n], { key: 'a' }), 'f32[n, ...]'],
    ['state_pool', inferType('state_pool', [opaqueType('any')], { key: 'a', size: 50 }), 'any'],
    ['broadcast_like', inferType('broadcast_like', [f32('n'), n], { align: 'leading' }), 'f32[n, ...]'],
    ['sum_like', inferType('sum_like', [n, f32('n')], {}), 'f32[n]'],
    ['broadcast_weights', inferType('broadcast_weights', [f32(''), n], {}), 'f32[n, ...]'],
    ['compare', inferType('compare', [n, f32('')], { direction: 'LT' }), 'i1[n, ...]'],
    ['select', inferType('select', [tensorType(['n'], { dtype: 'i1', open: true }), n, f32('')], {}), 'f32[n, ...]'],
    ['softmax_cross_entropy', inferType('softmax_cross_entropy', [f32('n, 10'), f32('n, 10')], {}), 'f32[n]'],
    ['softmax_cross_entropy of the unknown', inferType('softmax_cross_entropy', [n, n], {}), 'f32[...]'],
    ['concatenate of batches', inferType('concatenate', [f32('n, 3'), f32('m, 3')], { dimension: 0 }), 'f32[n+m, 3]'],
    ['add of any', inferType('add', [opaqueType('any'), f32('')], {}), 'f32[...]'],
    ['convert', inferType('convert', [n], { dtype: 'i32' }), 'i32[n, ...]'],
  ])('%s', (_name, type, expected) => expect(formatType(type)).toBe(expected));
});
