import { describe, expect, it } from 'vitest';
import { ARITY } from '../ir/arity.ts';
import { evaluateOp } from '../ir/evaluate.ts';
import { inferType } from '../ir/infer.ts';
import type { OpAttributes } from '../ir/ops.ts';
import { tensorType, type DType } from '../ir/types.ts';
import { arrayValue, filledValue, type ArrayValue } from '../ir/values.ts';
import { DOMAINS } from '../passes/testing/domains.ts';
import { ALL_CODES, CODE_VALUES } from '../passes/testing/eightBits.ts';
import { SCALAR_OPS, type Buffer, type Node, type ScalarOp, type Schedule, type ScheduledKernel } from '../schedule/types.ts';
import { runJs } from './testing/runJs.ts';
import { SCALAR_ULPS } from './testing/scalarGuarantees.ts';
import { ulpError } from './wasm/math/ulp.ts';
import { placedApart, runWasm } from './wasm/testing/runWasm.ts';

const RUN = { wasm: runWasm, js: runJs } as const;

/** An operand: an input, or a constant that the code may make something special of. */
type Operand = ArrayValue | { readonly constant: number; readonly dtype: DType };

interface Case {
  readonly operands: readonly Operand[];
  readonly attributes: object;
}

const CONSTANTS: { readonly [D in DType]: readonly number[] } = {
  f32: [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, NaN, Infinity, -Infinity, 240, -240, 2 ** -9, -(2 ** -9), 1e-45, 3e38],
  i32: [0, 1, -1, 2, -7, 2 ** 31 - 1, -(2 ** 31)],
  i1: [0, 1],
};

const LOGIC: ReadonlySet<ScalarOp> = new Set(['not', 'and', 'or']);
const OF_INTEGERS: ReadonlySet<ScalarOp> = new Set(['negate', 'abs', 'sign', 'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum']);

function dtypesOf(op: ScalarOp): readonly DType[] {
  if (op === 'compare' || op === 'convert' || op === 'select') return ['f32', 'i32', 'i1'];
  return LOGIC.has(op) ? ['i1'] : OF_INTEGERS.has(op) ? ['f32', 'i32'] : ['f32'];
}

function attributesOf(op: ScalarOp): readonly object[] {
  if (op === 'compare') return ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE'].map((direction) => ({ direction }));
  return op === 'convert' ? ['f32', 'i32', 'i1'].map((dtype) => ({ dtype })) : [{}];
}

/** All values, all pairs, and all values beside constants on either side. Of a selection, all pairs beside both truths. */
function casesOf(op: ScalarOp): readonly Case[] {
  return dtypesOf(op).flatMap((dtype) => {
    const { x, y, single } = DOMAINS.find((domain) => domain.dtype === dtype)!;
    const constants = CONSTANTS[dtype].map((constant) => ({ constant, dtype }));
    const truth = (value: number) => filledValue(x.shape, value, 'i1');
    const operands: readonly (readonly Operand[])[] =
      op === 'select' ? [0, 1].flatMap((value) => [[truth(value), x, y], [{ constant: value, dtype: 'i1' }, x, y]]) : ARITY[op][0] === 1 ? [[single]] : [[x, y], ...constants.flatMap((c) => [[single, c], [c, single]])];
    return operands.flatMap((list) => attributesOf(op).map((attributes) => ({ operands: list, attributes })));
  });
}

/** A kernel for each case. */
function scheduleOf(op: ScalarOp, cases: readonly Case[]): { readonly schedule: Schedule; readonly inputs: ReadonlyMap<string, ArrayLike<number>>; readonly expected: ReadonlyMap<string, ArrayValue> } {
  const buffers: Buffer[] = [];
  const inputs = new Map<string, ArrayLike<number>>();
  const places = new Map<ArrayValue, number>();
  const expected = new Map<string, ArrayValue>();
  const kernels: ScheduledKernel[] = [];
  const outputs: { name: string; buffer: number }[] = [];
  const bufferOf = (value: ArrayValue): number => {
    const known = places.get(value);
    if (known !== undefined) return known;
    buffers.push({ name: `x${buffers.length}`, dtype: value.dtype, shape: value.shape });
    inputs.set(buffers[buffers.length - 1].name, value.data);
    places.set(value, buffers.length - 1);
    return buffers.length - 1;
  };
  for (const [i, { operands, attributes }] of cases.entries()) {
    const shape = operands.flatMap((operand) => ('data' in operand ? [operand.shape] : []))[0];
    const values = operands.map((operand) => ('data' in operand ? operand : filledValue(shape, operand.dtype === 'f32' ? Math.fround(operand.constant) : operand.constant, operand.dtype)));
    const type = inferType(op, values.map((value) => tensorType(value.shape, { dtype: value.dtype })), attributes as OpAttributes[typeof op]);
    const dtype = type.kind === 'tensor' ? type.dtype : 'f32';
    const nodes: Node[] = operands.map((operand): Node =>
      'data' in operand
        ? { kind: 'load', dtype: operand.dtype, access: { buffer: bufferOf(operand), offset: 0, strides: [1], guards: [], indirections: [], fill: 0 } }
        : { kind: 'constant', dtype: operand.dtype, value: operand.constant },
    );
    buffers.push({ name: `y${i}`, dtype, shape });
    nodes.push({ kind: 'apply', dtype, op, attributes, args: operands.map((_, k) => k) } as Node);
    const buffer = buffers.length - 1;
    kernels.push({ name: op, origin: [], kernel: { kind: 'loops', space: shape, reduced: [], nodes, reductions: [], epilogue: [], stores: [{ buffer, offset: 0, strides: [1], node: nodes.length - 1 }] } });
    outputs.push({ name: `y${i}`, buffer });
    expected.set(`y${i}`, evaluateOp(op, values, attributes as OpAttributes[typeof op]) as ArrayValue);
  }
  return { schedule: { name: op, buffers, kernels, inputs: [...inputs.keys()].map((name) => ({ name, buffer: buffers.findIndex((buffer) => buffer.name === name) })), outputs, constants: [] }, inputs, expected };
}

/** NaN is NaN. */
const isRight = (found: number, exact: number, ulps: number): boolean => Object.is(found, Math.fround(exact)) || (ulps > 0 && ulpError(found, exact) <= ulps);

describe.each(['wasm', 'js'] as const)('%s, at all values and pairs of values of 8 bits, of integers and of truth values', (target) => {
  it.each(SCALAR_OPS)('%s', (op) => {
    const cases = casesOf(op);
    const { schedule, inputs, expected } = scheduleOf(op, cases);
    const found = RUN[target](placedApart(schedule), inputs);
    cases.forEach(({ operands, attributes }, i) => {
      const { data, dtype } = expected.get(`y${i}`)!;
      const values = found.get(`y${i}`)!;
      const at = data.findIndex((exact, k) => !(dtype === 'f32' ? isRight(values[k], exact, SCALAR_ULPS[op][target]) : Object.is(values[k] + 0, (exact | 0) + 0)));
      if (at >= 0) expect.fail(`${op} ${JSON.stringify(attributes)} of ${operands.map((operand) => ('data' in operand ? operand.data[at] : `the constant ${operand.constant}`)).join(' and ')}: ${values[at]} in place of ${data[at]}`);
    });
  });
});

it('the values are those of the format', () => {
  expect(DOMAINS[0].single.data.length).toBe(ALL_CODES.length);
  expect(arrayValue([ALL_CODES.length], ALL_CODES.map((code) => Math.fround(CODE_VALUES[code]))).data).toEqual(DOMAINS[0].single.data);
});
