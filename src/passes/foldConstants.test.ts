import { describe, expect, it } from 'vitest';
import { ARITY } from '../ir/arity.ts';
import { createBuilder } from '../ir/builder.ts';
import { evaluateOp } from '../ir/evaluate.ts';
import { inputsFor } from '../ir/testing/randomGraph.ts';
import { evaluateRounded } from '../ir/testing/reference.ts';
import type { OpAttributes, OpKind } from '../ir/ops.ts';
import type { DType } from '../ir/types.ts';
import { arrayValue, type ArrayValue } from '../ir/values.ts';
import { FOLDABLE, foldConstants } from './foldConstants.ts';
import { isElementwise } from './shapeSource.ts';
import { DOMAINS } from './testing/domains.ts';
import { graphsOf, withConstants } from './testing/oneOp.ts';

const OPS = (Object.keys(FOLDABLE) as OpKind[]).filter((op) => FOLDABLE[op]);
const CONTEXT = { math: 'strict', remark: () => undefined } as const;
/** So many elements a constant may have at most. */
const SLICE = 1000;

/** What each element type's ops are tried with. */
const ATTRIBUTES: Readonly<Record<string, readonly object[]>> = {
  compare: ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE'].map((direction) => ({ direction })),
  convert: ['f32', 'i32', 'i1'].map((dtype) => ({ dtype })),
};

const LOGIC: ReadonlySet<OpKind> = new Set<OpKind>(['not', 'and', 'or']);
const OF_INTEGERS: ReadonlySet<OpKind> = new Set<OpKind>(['negate', 'abs', 'sign', 'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum']);

function dtypesOf(op: OpKind): readonly DType[] {
  if (op === 'compare' || op === 'convert') return ['f32', 'i32', 'i1'];
  return LOGIC.has(op) ? ['i1'] : OF_INTEGERS.has(op) ? ['f32', 'i32'] : ['f32'];
}

/** The folded value of an op on constants; null where it stays. */
function folded(op: OpKind, operands: readonly ArrayValue[], attributes: object): ArrayValue | null {
  const builder = createBuilder('fold');
  const constants = operands.map(({ dtype, shape, data }) => builder.emit('constant', [], { dtype, shape, data: [...data] }));
  const emit = builder.emit as (kind: OpKind, ids: readonly number[], given: object) => number;
  const result = foldConstants.run(builder.finish([{ name: 'y', value: emit(op, constants, attributes) }]), CONTEXT);
  const last = result.equations.find(({ id }) => id === result.outputs[0].value);
  return last?.op === 'constant' ? arrayValue(last.attributes.shape, last.attributes.data, last.attributes.dtype) : null;
}

function expectFolded(op: OpKind, operands: readonly ArrayValue[], attributes: object): void {
  const expected = evaluateOp(op, operands, attributes as OpAttributes[typeof op]) as ArrayValue;
  const found = folded(op, operands, attributes);
  const at = expected.data.findIndex((x, i) => {
    const [wanted, got] = [x, found?.data[i] ?? null].map((value) => (expected.dtype === 'f32' && value !== null ? Math.fround(value) : value));
    return !Object.is(wanted, got);
  });
  if (found?.dtype !== expected.dtype || at >= 0) expect.fail(`${op} ${JSON.stringify(attributes)} of ${operands.map(({ data }) => data[at]).join(', ')}: ${found?.data[at]} in place of ${expected.data[at]}`);
}

describe('foldConstants gives what the op gives at run time, rounded to float32', () => {
  const elementwise = OPS.filter((op) => isElementwise(op) && op !== 'select');
  it.each(elementwise)('%s, at all values and pairs of values', (op) => {
    for (const { dtype, single, x, y } of DOMAINS) {
      if (!dtypesOf(op).includes(dtype)) continue;
      for (const attributes of ATTRIBUTES[op] ?? [{}]) {
        if (ARITY[op][0] === 1) expectFolded(op, [single], attributes);
        else {
          for (let start = 0; start < x.data.length; start += SLICE) expectFolded(op, [x, y].map(({ data }) => arrayValue([Math.min(SLICE, data.length - start)], data.slice(start, start + SLICE), dtype)), attributes);
        }
      }
    }
  });

  it.each(OPS.filter((op) => !elementwise.includes(op)))('%s, in random shapes', (op) => {
    const graphs = graphsOf(op, 40);
    expect(graphs.length).toBeGreaterThan(20);
    graphs.forEach((graph, seed) => {
      const inputs = inputsFor(graph, seed, { odd: true });
      const expected = evaluateRounded(graph, inputs).get('y')!;
      const result = foldConstants.run(withConstants(graph, inputs), CONTEXT);
      expect(result.equations.filter((equation) => equation.op === op), graph.name).toEqual([]);
      const found = evaluateRounded(result, new Map()).get('y')!;
      expect([found.dtype, found.shape, Array.from(found.data)]).toEqual([expected.dtype, expected.shape, Array.from(expected.data)]);
    });
  });

  it('leaves alone what more than constants decide, and what would be a table', () => {
    for (const op of (Object.keys(FOLDABLE) as OpKind[]).filter((one) => !FOLDABLE[one] && one !== 'gradient')) {
      for (const graph of graphsOf(op, 5)) {
        const constant = withConstants(graph, inputsFor(graph, 1));
        expect(foldConstants.run(constant, CONTEXT).equations.map((equation) => equation.op).includes(op), op).toBe(true);
      }
    }
  });
});
