import { describe, expect, it } from 'vitest';
import { createBuilder } from '../ir/builder.ts';
import { evaluate, evaluateOp } from '../ir/evaluate.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpAttributes } from '../ir/ops.ts';
import { tensorType } from '../ir/types.ts';
import { arrayValue, type ArrayValue } from '../ir/values.ts';
import { decompose, DECOMPOSITIONS, type DecomposedOp } from './decompose.ts';
import { at, createCodes, isFiniteCode, type Column } from './testing/codes.ts';
import { ALL_CODES, CODE_VALUES, codeOf } from './testing/eightBits.ts';
import { equationsOf } from './testing/applied.ts';

const NUMBERS = ALL_CODES.map((code) => CODE_VALUES[code]);
const PAIRS = NUMBERS.flatMap((a) => NUMBERS.map((b): readonly [number, number] => [a, b]));
const FEW = [NaN, Infinity, -Infinity, 0, -0, 2 ** -9, -1, 1, 3.5, -240, 240];
const TRIPLES = FEW.flatMap((a) => FEW.flatMap((b) => FEW.map((c) => [a, b, c])));

/** One op on inputs of these shapes, written in StableHLO's. */
function decomposed(op: DecomposedOp, shapes: readonly (readonly number[])[]): Graph {
  const b = createBuilder('test');
  const operands = shapes.map((shape, i) => b.input(`x${i}`, tensorType(shape)));
  const graph = decompose(b.finish([{ name: 'y', value: b.emit(op, operands) }]));
  expect(graph.equations.filter((equation) => equation.op in DECOMPOSITIONS)).toEqual([]);
  return graph;
}

/** In float64: the same bits, or within so many parts; NaN and infinities are the same in either case. */
function expectSame(op: DecomposedOp, operands: readonly ArrayValue[], within: number): void {
  const expected = evaluateOp(op, operands, {} as OpAttributes[typeof op]) as ArrayValue;
  const found = evaluate(decomposed(op, operands.map(({ shape }) => shape)), new Map(operands.map((value, i) => [`x${i}`, value]))).get('y') as ArrayValue;
  expect(found.shape).toEqual(expected.shape);
  const place = expected.data.findIndex((x, i) => !Object.is(x, found.data[i]) && !(within > 0 && Math.abs(x - found.data[i]) <= within * Math.max(1, Math.abs(x))));
  if (place >= 0) expect.fail(`${op} at ${operands.map(({ data }) => data.length === expected.data.length ? data[place] : [...data].join()).join('; ')}: ${found.data[place]} in place of ${expected.data[place]}`);
}

/** Rounded to 8 bits after each op: finite wherever the op's own value is. */
function expectFinite(op: DecomposedOp, inputs: readonly Uint8Array[]): void {
  const graph = decomposed(op, inputs.map(({ length }) => [length]));
  const columns = new Map<number, Column>(graph.inputs.map(({ id }, i) => [id, inputs[i]]));
  const found = createCodes().columnOf(equationsOf(graph), graph.outputs[0].value, columns)!;
  const values = inputs.map((codes) => arrayValue([codes.length], Array.from(codes, (code) => CODE_VALUES[code])));
  const expected = (evaluateOp(op, values, {} as OpAttributes[typeof op]) as ArrayValue).data;
  const place = expected.findIndex((x, i) => isFiniteCode(codeOf(x)) && !isFiniteCode(at(found, i)));
  if (place >= 0) expect.fail(`${op} at ${values.map(({ data }) => data[place]).join(', ')} is ${expected[place]}, and no longer finite`);
}

const codes = (values: readonly number[]) => Uint8Array.from(values, codeOf);
const column = (values: readonly number[]) => arrayValue([values.length], values);
const firsts = PAIRS.map(([a]) => a);
const seconds = PAIRS.map(([, b]) => b);

/** How each decomposition is proven. */
const PROOFS: { readonly [K in DecomposedOp]: () => void } = {
  softplus() {
    expectSame('softplus', [column(NUMBERS)], 0);
    expectFinite('softplus', [codes(NUMBERS)]);
  },
  sigmoid_cross_entropy() {
    expectSame('sigmoid_cross_entropy', [column(firsts), column(seconds)], 1e-15);
    // TensorFlow's formula multiplies the logits by the labels, which are probabilities
    const labelled = PAIRS.filter(([label]) => label >= 0 && label <= 1);
    expectFinite('sigmoid_cross_entropy', [codes(labelled.map(([a]) => a)), codes(labelled.map(([, b]) => b))]);
  },
  softmax_cross_entropy() {
    for (const labels of [[1, 0], [0.25, 0.75], [0, 0], [-1, 2]]) {
      expectSame('softmax_cross_entropy', [arrayValue([PAIRS.length, 2], PAIRS.flatMap(() => labels)), arrayValue([PAIRS.length, 2], PAIRS.flat())], 1e-12);
    }
    expectSame('softmax_cross_entropy', [arrayValue([TRIPLES.length, 3], TRIPLES.flatMap(() => [0.5, 0.25, 0.25])), arrayValue([TRIPLES.length, 3], TRIPLES.flat())], 1e-12);
  },
  descending_rank() {
    for (const triple of TRIPLES) expectSame('descending_rank', [column(triple)], 0);
    expectSame('descending_rank', [arrayValue([13, 13], NUMBERS.slice(0, 169))], 0);
    expectSame('descending_rank', [arrayValue([], [3])], 0);
  },
  divide_no_nan() {
    expectSame('divide_no_nan', [column(firsts), column(seconds)], 0);
    expectFinite('divide_no_nan', [codes(firsts), codes(seconds)]);
  },
};

describe('decompose keeps the value', () => {
  it.each(Object.keys(DECOMPOSITIONS) as DecomposedOp[])('%s', (op) => PROOFS[op]());
});
