import { describe, expect, it } from 'vitest';
import { createBuilder, type Builder } from '../ir/builder.ts';
import { evaluate } from '../ir/evaluate.ts';
import type { ValueId } from '../ir/graph.ts';
import { printGraph } from '../ir/print.ts';
import { tensorType } from '../ir/types.ts';
import { arrayValue, sizeOf, type ArrayValue } from '../ir/values.ts';
import { runJs } from '../codegen/testing/runJs.ts';
import { optimizeStatic } from '../passes/optimizeStatic.ts';
import { planMemory } from './planMemory.ts';
import { schedule } from './schedule.ts';

const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** Values of x's own shape that read it elsewhere than in their own place. */
const VIEWS: Readonly<Record<string, (b: Builder, x: ValueId, shape: readonly number[]) => ValueId | null>> = {
  itself: (_b, x) => x,
  transposed: (b, x, shape) => (shape.length === 2 && shape[0] === shape[1] ? b.emit('transpose', [x], { permutation: [1, 0] }) : null),
  reversed: (b, x, shape) => b.emit('reverse', [x], { dimensions: shape.map((_, axis) => axis) }),
  'shifted by padding': (b, x, shape) => b.emit('pad', [x, b.constant(5)], { low: shape.map(() => 1), high: shape.map(() => -1), interior: shape.map(() => 0) }),
  'shifted the other way': (b, x, shape) => b.emit('pad', [x, b.constant(5)], { low: shape.map(() => -1), high: shape.map(() => 1), interior: shape.map(() => 0) }),
  'its first row': (b, x, shape) => b.emit('broadcast_in_dim', [b.emit('slice', [x], { start_indices: shape.map(() => 0), limit_indices: shape.map((size, axis) => (axis === 0 ? 1 : size)), strides: shape.map(() => 1) })], { shape, broadcast_dimensions: shape.map((_, axis) => axis) }),
  'its sum': (b, x, shape) => b.emit('broadcast_in_dim', [b.emit('reduce', [x], { kind: 'add', axes: shape.map((_, axis) => axis) })], { shape, broadcast_dimensions: [] }),
  'its running product': (b, x, shape) => (shape.length === 2 && shape[0] === shape[1] ? b.emit('dot_general', [x, x], { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] }) : null),
};

const SHAPES = [[1], [2], [5], [2, 3], [3, 3], [4, 4], [1, 4]];

describe('an update in place', () => {
  it.each(Object.keys(VIEWS))('of x by %s of it, beside a second value that still reads the old one', (name) => {
    let seen = 0;
    for (const shape of SHAPES) for (const second of [null, ...Object.keys(VIEWS)]) for (const swapped of [false, true]) {
      const b = createBuilder('update');
      const x = b.input('x', tensorType(shape));
      const view = VIEWS[name](b, x, shape);
      const other = second === null ? null : VIEWS[second](b, x, shape);
      if (view === null || (second !== null && other === null)) continue;
      // the kernels' order is that of the equations
      const negated = other !== null && swapped ? b.emit('negate', [other]) : null;
      const next = b.emit('add', [b.emit('multiply', [view, b.constant(2)]), x]);
      const outputs = [{ name: 'x', value: next }, ...(other === null ? [] : [{ name: 'y', value: negated ?? b.emit('negate', [other]) }])];
      const graph = optimizeStatic(b.finish(outputs), CONTEXT);
      const made = schedule(graph, {}).schedule;
      const inputs = new Map([['x', arrayValue(shape, Array.from({ length: sizeOf(shape) }, (_, i) => i + 1))]]);
      const placed = planMemory(made, { base: 512, pinned: new Map([['x', 0], ['y', 256]]) });
      const found = runJs(placed, new Map([...inputs].map(([input, { data }]) => [input, data])));
      seen += 1;
      for (const [output, value] of evaluate(graph, inputs)) {
        const expected = Array.from((value as ArrayValue).data);
        if (found.get(output)!.some((number, i) => number !== expected[i])) expect.fail(`${output} is ${found.get(output)!.join()} in place of ${expected.join()}\n${printGraph(graph)}`);
      }
    }
    expect(seen).toBeGreaterThan(20);
  });
});
