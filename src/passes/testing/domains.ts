import { evaluateOp } from '../../ir/evaluate.ts';
import type { Equation, Graph, ValueId } from '../../ir/graph.ts';
import type { DType } from '../../ir/types.ts';
import { arrayValue, type ArrayValue } from '../../ir/values.ts';
import { ALL_CODES, CODE_VALUES, CODES, codeOf } from './eightBits.ts';

/** All pairs of the values of one element type: x holds the first of each pair, y the second. */
export interface Domain {
  readonly dtype: DType;
  readonly x: ArrayValue;
  readonly y: ArrayValue;
  /** Each value once, for expressions in x alone. */
  readonly single: ArrayValue;
}

const INTEGERS = [-(2 ** 31), -(2 ** 31) + 1, -65536, -7, -3, -2, -1, 0, 1, 2, 3, 5, 8, 46341, 2 ** 31 - 2, 2 ** 31 - 1];

function pairs(dtype: DType, values: readonly number[]): Domain {
  const size = [values.length ** 2];
  return { dtype, single: arrayValue([values.length], values, dtype), x: arrayValue(size, values.flatMap((a) => values.map(() => a)), dtype), y: arrayValue(size, values.flatMap(() => values), dtype) };
}

/** Floats of 8 bits, integers at and between the ends of their range, truth values. */
export const DOMAINS: readonly Domain[] = [pairs('f32', ALL_CODES.map((code) => CODE_VALUES[code])), pairs('i32', INTEGERS), pairs('i1', [0, 1])];

/** Values by the rules of an op, floats rounded to 8 bits after each. */
export type Evaluate = (equation: Equation, operands: readonly ArrayValue[]) => ArrayValue;

function evaluated({ op, attributes }: Equation, operands: readonly ArrayValue[]): ArrayValue {
  const value = evaluateOp(op, operands, attributes);
  if (value.kind !== 'array') throw new Error(`${op} gives no tensor`);
  return value;
}

function toEightBits(value: ArrayValue): ArrayValue {
  return value.dtype === 'f32' ? { ...value, data: value.data.map((x) => CODE_VALUES[codeOf(x)]) } : value;
}

/** In float64, unrounded: whether two expressions are one in mathematics. */
export const inFloat64: Evaluate = evaluated;

/** By tables of all operands' codes, which are made once for each op: thousands of expressions are evaluated at all pairs. */
export function createEightBits(): Evaluate {
  const tables = new Map<string, Float64Array>();
  const codesOfTables = new Map<Float64Array, Uint8Array>();
  const everyCode = CODE_VALUES.map((value) => (Number.isNaN(value) ? NaN : value));

  function tableOf(equation: Equation, operands: readonly ArrayValue[]): Float64Array {
    const key = `${equation.op} ${JSON.stringify(equation.attributes)}`;
    const known = tables.get(key);
    if (known !== undefined) return known;
    const arguments_ = operands.length === 1 ? [everyCode] : [everyCode.flatMap((a) => everyCode.map(() => a)), everyCode.flatMap(() => everyCode)];
    const made = toEightBits(evaluated(equation, arguments_.map((data) => arrayValue([data.length], data)))).data;
    tables.set(key, made);
    codesOfTables.set(made, Uint8Array.from(made, codeOf));
    return made;
  }

  return (equation, operands) => {
    const length = Math.max(...operands.map(({ data }) => data.length));
    const simple = ELEMENTWISE.has(equation.op) && operands.length <= 2 && length > 1 && operands.every(({ dtype, data }) => dtype === 'f32' && (data.length === length || data.length === 1));
    if (!simple) return toEightBits(evaluated(equation, operands));
    const table = tableOf(equation, operands);
    const [a, b] = operands.map(({ data }) => codesOf(data));
    const places = new Uint16Array(length);
    const [stepA, stepB] = [Number(a.length > 1), Number(b !== undefined && b.length > 1)];
    for (let i = 0; i < length; i++) places[i] = b === undefined ? a[i] : a[i * stepA] * CODES + b[i * stepB];
    const data = new Float64Array(length);
    for (let i = 0; i < length; i++) data[i] = table[places[i]];
    const tableCodes = codesOfTables.get(table)!;
    codeCache.set(data, Uint8Array.from(places, (place) => tableCodes[place]));
    return { kind: 'array', shape: operands.find((operand) => operand.data.length === length)!.shape, dtype: equation.type.kind === 'tensor' ? equation.type.dtype : 'f32', data };
  };
}

const codeCache = new WeakMap<Float64Array, Uint8Array>();

function codesOf(data: Float64Array): Uint8Array {
  const known = codeCache.get(data);
  if (known !== undefined) return known;
  const codes = Uint8Array.from(data, codeOf);
  codeCache.set(data, codes);
  return codes;
}

const ELEMENTWISE: ReadonlySet<string> = new Set([
  'negate', 'abs', 'sign', 'exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'sqrt', 'rsqrt', 'tanh', 'logistic', 'floor', 'is_finite', 'softplus',
  'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum', 'divide_no_nan', 'sigmoid_cross_entropy', 'compare',
]);

/** The values that `root` depends on, and its own. `made` are the graph's equations by their ids. */
export function valuesBehind(graph: Pick<Graph, 'inputs'>, made: ReadonlyMap<ValueId, Equation>, root: ValueId, inputs: ReadonlyMap<string, ArrayValue>, evaluate: Evaluate): ReadonlyMap<ValueId, ArrayValue> {
  const values = new Map<ValueId, ArrayValue>();
  const valueOf = (id: ValueId): ArrayValue => {
    const known = values.get(id);
    if (known !== undefined) return known;
    const equation = made.get(id);
    const value = equation === undefined ? inputs.get(graph.inputs.find((input) => input.id === id)!.name)! : evaluate(equation, equation.operands.map(valueOf));
    values.set(id, value);
    return value;
  };
  valueOf(root);
  return values;
}
