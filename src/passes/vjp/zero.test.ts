import { describe, expect, it } from 'vitest';
import { evaluate } from '../../ir/evaluate.ts';
import type { OpKind } from '../../ir/ops.ts';
import { inputsFor, RANDOM_ENVIRONMENT } from '../../ir/testing/randomGraph.ts';
import type { ArrayValue } from '../../ir/values.ts';
import { graphsOf } from '../testing/oneOp.ts';
import { noise } from '../testing/tensors.ts';
import { VJP_TABLE } from './vjpTable.ts';

/** They count as constants, whatever they depend on; or they have no operand that a number could move. */
const BY_DEFINITION: ReadonlySet<OpKind> = new Set<OpKind>(['stop_gradient', 'state_read', 'state_pool', 'singular_vector', 'param', 'schedule', 'network_weights', 'constant', 'iota']);

const ZERO = (Object.keys(VJP_TABLE) as OpKind[]).filter((op) => VJP_TABLE[op].kind === 'zero');

describe('ops without a gradient', () => {
  it.each(ZERO.filter((op) => !BY_DEFINITION.has(op)))('%s does not move where its operands move a little', (op) => {
    const graphs = graphsOf(op, 60);
    expect(graphs.length).toBeGreaterThan(20);
    graphs.forEach((graph, seed) => {
      const inputs = inputsFor(graph, seed);
      const move = noise(seed);
      const moved = new Map([...inputs].map(([name, value]) => [name, value.kind === 'array' && value.dtype === 'f32' ? { ...value, data: value.data.map((x, i) => x + 1e-9 * move(i)) } : value]));
      const [before, after] = [inputs, moved].map((at) => Array.from((evaluate(graph, at, RANDOM_ENVIRONMENT).get('y') as ArrayValue).data));
      expect(after, graph.name).toEqual(before);
    });
  });

  it('count as constants by definition in these cases alone', () => {
    expect([...BY_DEFINITION].filter((op) => !ZERO.includes(op))).toEqual([]);
  });
});
