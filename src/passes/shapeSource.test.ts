import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpKind } from '../ir/ops.ts';
import { broadcastShapes } from '../ir/shapes.ts';
import { CLOSED_OPS, randomGraph } from '../ir/testing/randomGraph.ts';
import type { Shape } from '../ir/types.ts';
import { isElementwise, SHAPE_SOURCE } from './shapeSource.ts';

type Source = 'elementwise' | 'first' | 'second';

/** Which sources gave the right shape whenever the op was seen in random graphs of static shapes. */
function sourcesSeen(): ReadonlyMap<OpKind, { readonly count: number; readonly sources: ReadonlySet<Source> }> {
  const seen = new Map<OpKind, { count: number; sources: Set<Source> }>();
  const graphs = fc.sample(randomGraph({ ops: CLOSED_OPS, equations: 20 }), { numRuns: 1200, seed: 9 });
  for (const { inputs, equations } of graphs) {
    const shapes = new Map<number, Shape>([...inputs, ...equations].flatMap(({ id, type }) => (type.kind === 'tensor' ? [[id, type.shape]] : [])));
    for (const { id, op, operands } of equations) {
      const [own, given] = [shapes.get(id), operands.map((operand) => shapes.get(operand))];
      if (own === undefined || given.length === 0) continue;
      const known = given.filter((shape) => shape !== undefined);
      const all = known.length < given.length ? null : known.reduce<Shape | null>((a, b) => (a === null ? null : broadcastShapes(a, b)), { dims: [], open: false });
      const same = (shape: Shape | null | undefined) => shape?.dims.join() === own.dims.join();
      const entry = seen.get(op) ?? { count: 0, sources: new Set<Source>(['elementwise', 'first', 'second']) };
      entry.count += 1;
      if (!same(all)) entry.sources.delete('elementwise');
      if (!same(given[0])) entry.sources.delete('first');
      if (given.length < 2 || !same(given[1])) entry.sources.delete('second');
      seen.set(op, entry);
    }
  }
  return seen;
}

/**
 * Of the shape of an operand in every graph of static shapes, but not for sure: an `every` that sleeps is a scalar, and how long a
 * `singular_vector` is the matrix decides, not the vector that the search starts from.
 */
const OWN_ALL_THE_SAME: readonly OpKind[] = ['every', 'singular_vector'];

describe('where an op takes its shape from', () => {
  const seen = sourcesSeen();

  it('is what random graphs show, and nothing where none of them holds', () => {
    const wrong = [...seen].flatMap(([op, { count, sources }]) => {
      const said: string = SHAPE_SOURCE[op];
      const right = sources.size === 0 || OWN_ALL_THE_SAME.includes(op) ? said === 'own' : (sources as ReadonlySet<string>).has(said);
      return right ? [] : [`${op}: ${said}, seen ${count} times: ${[...sources].join(' or ') || 'own'}`];
    });
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(50);
    for (const { count } of seen.values()) expect(count).toBeGreaterThan(5);
  });

  it('elementwise ops are those whose result is that of all operands broadcast', () => {
    for (const [op, { sources }] of seen) if (isElementwise(op)) expect(sources).toContain('elementwise');
    expect(isElementwise('reduce')).toBe(false);
    expect(isElementwise('select')).toBe(true);
  });

  it('of what random graphs do not hold is as their definitions say', () => {
    const { network_call, get_tuple_element, network_weights, hook_call, gradient, custom_vjp, state_pool, log_prob, each } = SHAPE_SOURCE;
    expect({ network_call, get_tuple_element, network_weights, hook_call, gradient, custom_vjp, state_pool, log_prob, each }).toEqual({
      network_call: 'own', get_tuple_element: 'own', network_weights: 'own', hook_call: 'own', gradient: 'second', custom_vjp: 'first', state_pool: 'first', log_prob: 'own', each: 'own',
    });
  });
});
