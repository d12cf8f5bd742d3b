import { describe, expect, it } from 'vitest';
import { createBuilder } from './builder.ts';
import { evaluate, evaluateOp } from './evaluate.ts';
import { withNumericGradient } from './numericGradient.ts';
import { tensorType } from './types.ts';
import type { ArrayValue, Value } from './values.ts';
import { arrayValue } from './values.ts';

const x3 = new Map<string, Value>([['x', arrayValue([3], [-0.5, 0.25, 1.5])]]);

function values(outputs: ReadonlyMap<string, Value>): number[] {
  return [...(outputs.get('loss') as ArrayValue).data];
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(tolerance));
}

describe('withNumericGradient', () => {
  it('differentiates through ops and opaque networks', () => {
    const b = createBuilder('g');
    const x = b.input('x', tensorType(['n'], { open: true }));
    const y = b.emit('network_call', [b.emit('multiply', [x, x])], { network: 'D', outputs: 'single' });
    const graph = b.finish([{ name: 'loss', value: b.emit('gradient', [y, x]) }]);
    const networks = new Map([['D', (data: Value) => evaluateOp('tanh', [data], {})]]);
    const expected = [-0.5, 0.25, 1.5].map((v) => 2 * v * (1 - Math.tanh(v * v) ** 2));
    expectClose(values(evaluate(graph, x3, withNumericGradient({ networks }))), expected, 1e-9);
  });

  it('differentiates gradients', () => {
    const b = createBuilder('g');
    const x = b.input('x', tensorType([3]));
    const first = b.emit('gradient', [b.emit('tanh', [x]), x]);
    const graph = b.finish([{ name: 'loss', value: b.emit('gradient', [first, x]) }]);
    const expected = [-0.5, 0.25, 1.5].map((v) => -2 * Math.tanh(v) * (1 - Math.tanh(v) ** 2));
    expectClose(values(evaluate(graph, x3, withNumericGradient({}))), expected, 1e-6);
  });

  it('takes stopped values for constants, and writes no state while it probes', () => {
    const b = createBuilder('g');
    const x = b.input('x', tensorType([3]));
    const written = b.emit('state_write', [b.emit('multiply', [b.emit('stop_gradient', [x]), x])], { key: 's' });
    const graph = b.finish([{ name: 'loss', value: b.emit('gradient', [written, x]) }]);
    const writes: Value[] = [];
    const environment = withNumericGradient({ writeState: (_key, value) => writes.push(value) });
    expectClose(values(evaluate(graph, x3, environment)), [-0.5, 0.25, 1.5], 1e-10);
    expect(writes).toEqual([arrayValue([3], [0.25, 0.0625, 2.25])]);
  });
});
