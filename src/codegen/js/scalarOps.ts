import type { OpAttributes } from '../../ir/ops.ts';
import type { DType } from '../../ir/types.ts';
import type { ScalarOp } from '../../schedule/types.ts';
import type { Helper } from './kernelContext.ts';

interface Operands {
  /** The operands as expressions without side effects, each a name or a literal. */
  readonly args: readonly string[];
  /** Their element types. */
  readonly types: readonly DType[];
  readonly helper: (name: Helper) => string;
}

interface ScalarSite<K extends ScalarOp> extends Operands {
  readonly attributes: OpAttributes[K];
}

type Write = (operands: Operands) => string;

/** The text of one op on elements. A float is not rounded yet unless the op is exact: see `EXACT`. */
type ScalarTable = { readonly [K in ScalarOp]: (site: ScalarSite<K>) => string };

function call(name: Helper): Write {
  return ({ args, helper }) => `${helper(name)}(${args.join(', ')})`;
}

function wrapped(expression: string, { types }: Operands): string {
  return types[0] === 'i32' ? `(${expression}) | 0` : expression;
}

function operator(symbol: string): Write {
  return (site) => wrapped(`${site.args[0]} ${symbol} ${site.args[1]}`, site);
}

function byType(float: Write, integer: Write): Write {
  return (site) => (site.types[0] === 'f32' ? float(site) : integer(site));
}

const COMPARISONS: Readonly<Record<OpAttributes['compare']['direction'], string>> = { EQ: '===', NE: '!==', LT: '<', LE: '<=', GT: '>', GE: '>=' };

export const SCALAR_TEXT: ScalarTable = {
  negate: (site) => wrapped(`-${site.args[0].startsWith('-') ? `(${site.args[0]})` : site.args[0]}`, site),
  abs: (site) => wrapped(`${site.helper('abs')}(${site.args[0]})`, site),
  sign: call('sign'),
  exponential: call('exp'),
  exponential_minus_one: call('expm1'),
  log: call('log'),
  log_plus_one: call('log1p'),
  sqrt: call('sqrt'),
  rsqrt: ({ args, helper }) => `1 / ${helper('sqrt')}(${args[0]})`,
  tanh: call('tanh'),
  logistic: call('logistic'),
  floor: call('floor'),
  is_finite: ({ args }) => `${args[0]} - ${args[0]} === 0 ? 1 : 0`,
  not: ({ args }) => `${args[0]} ^ 1`,
  add: operator('+'),
  subtract: operator('-'),
  multiply: byType(operator('*'), call('imul')),
  divide: byType(operator('/'), call('integerDivide')),
  power: byType(call('power'), call('integerPower')),
  maximum: call('max'),
  minimum: call('min'),
  and: ({ args }) => `${args[0]} & ${args[1]}`,
  or: ({ args }) => `${args[0]} | ${args[1]}`,
  compare: ({ args, attributes }) => `${args[0]} ${COMPARISONS[attributes.direction]} ${args[1]} ? 1 : 0`,
  select: ({ args }) => `${args[0]} === 0 ? ${args[2]} : ${args[1]}`,
  convert: ({ args, types, attributes, helper }) => {
    if (attributes.dtype === 'i1') return `${args[0]} !== 0 ? 1 : 0`;
    return attributes.dtype === 'i32' && types[0] === 'f32' ? `${helper('toInteger')}(${args[0]})` : args[0];
  },
};

/** Whether a float result needs no rounding: the value is one of the operands', or a small whole number. */
export const EXACT: { readonly [K in ScalarOp]: boolean } = {
  negate: true, abs: true, sign: true, floor: true, maximum: true, minimum: true, select: true, is_finite: true, not: true, and: true, or: true, compare: true,
  exponential: false, exponential_minus_one: false, log: false, log_plus_one: false, sqrt: false, rsqrt: false, tanh: false, logistic: false,
  add: false, subtract: false, multiply: false, divide: false, power: false,
  // of an i32, which float32 may not hold
  convert: false,
};
