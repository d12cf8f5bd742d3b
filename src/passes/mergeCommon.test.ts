import { describe, expect, it } from 'vitest';
import { createBuilder } from '../ir/builder.ts';
import { evaluateOp } from '../ir/evaluate.ts';
import type { OpAttributes, OpKind } from '../ir/ops.ts';
import { tensorType } from '../ir/types.ts';
import type { ArrayValue } from '../ir/values.ts';
import { COMMUTATIVE, mergeCommon } from './mergeCommon.ts';
import { createEightBits, DOMAINS } from './testing/domains.ts';

const CONTEXT = { math: 'strict', remark: () => undefined } as const;

describe('mergeCommon', () => {
  it.each([...COMMUTATIVE])('takes %s in either order, which changes no bit at any pair of values', (op) => {
    const eightBits = createEightBits();
    for (const { dtype, x, y } of DOMAINS) {
      if ((dtype === 'i1') !== (op === 'and' || op === 'or')) continue;
      const type = tensorType(x.shape, { dtype });
      const of = (operands: readonly ArrayValue[]) =>
        dtype === 'f32' ? eightBits({ id: 2, op, operands: [0, 1], attributes: {}, type, origin: [] } as Parameters<typeof eightBits>[0], operands) : (evaluateOp(op, operands, {} as OpAttributes[OpKind]) as ArrayValue);
      const [one, other] = [of([x, y]), of([y, x])];
      expect(one.data.findIndex((value, i) => !Object.is(value, other.data[i]))).toBe(-1);
    }
  });

  it('merges nothing else that stands in another order', () => {
    for (const op of ['subtract', 'divide', 'power', 'maximum', 'minimum'] as const) {
      const b = createBuilder('test');
      const [x, y] = ['x', 'y'].map((name) => b.input(name, tensorType([2])));
      const graph = b.finish([{ name: 'a', value: b.emit(op, [x, y]) }, { name: 'b', value: b.emit(op, [y, x]) }]);
      expect(mergeCommon.run(graph, CONTEXT)).toBe(graph);
    }
  });

  it('tells constants apart by their bits, and draws by their names', () => {
    const b = createBuilder('test');
    const x = b.input('x', tensorType([2]));
    const values = [0, -0, NaN, Infinity, -Infinity, 0, NaN].map((value) => b.emit('add', [x, b.constant(value)]));
    const draws = ['u', 'v', 'u'].map((draw) => b.emit('rng_normal', [x], { draw }));
    const merged = mergeCommon.run(b.finish([...values, ...draws].map((value, i) => ({ name: `y${i}`, value }))), CONTEXT);
    const place = (i: number) => merged.outputs[i].value;
    expect(new Set(merged.outputs.map(({ value }) => value)).size).toBe(7);
    expect([place(0), place(2), place(7)]).toEqual([place(5), place(6), place(9)]);
  });
});
