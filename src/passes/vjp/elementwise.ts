import { emitter, filledLike } from '../emit.ts';
import { elementwise, zero, type VjpContext, type VjpTable } from './rule.ts';
import type { OpKind } from '../../ir/ops.ts';
import type { ValueId } from '../../ir/graph.ts';

/** Parts that every unary and binary rule reads: x and y are the operands, `out` is the result. */
function parts<K extends OpKind>({ builder, equation, cotangent }: VjpContext<K>) {
  const [x, y] = equation.operands;
  return { ...emitter(builder), number: builder.constant, emit: builder.emit, x, y, out: equation.id, g: cotangent };
}

type Parts = ReturnType<typeof parts>;

function unary<K extends OpKind>(rule: (parts: Parts) => ValueId) {
  return elementwise<K>([(context) => rule(parts(context))]);
}

function binary<K extends OpKind>(first: (parts: Parts) => ValueId, second: (parts: Parts) => ValueId) {
  return elementwise<K>([(context) => first(parts(context)), (context) => second(parts(context))]);
}

/** d(x^y)/dx = y·x^(y−1). A zero exponent gives 0 also at x = 0, where the formula itself would give 0·∞. */
function powerByBase(context: VjpContext<'power'>): ValueId {
  const { emit, multiply, subtract, compare, select, number, x, y, g } = parts(context);
  const exponent = context.constantOf(y);
  if (exponent === 0) return filledLike(context.builder, 0, g);
  if (exponent === 1) return g;
  if (exponent !== null) {
    const rest = exponent === 2 ? x : emit('power', [x, number(exponent - 1)]);
    return multiply(g, multiply(number(exponent), rest));
  }
  const isZero = compare('EQ', y, number(0));
  const safe = select(isZero, number(1), subtract(y, number(1)));
  return multiply(g, select(isZero, number(0), multiply(y, emit('power', [x, safe]))));
}

/** TensorFlow's PowGrad: out·log x, and 0 where x ≤ 0, so that the false singularity at 0 does not spread. */
function powerByExponent(context: VjpContext<'power'>): ValueId {
  const { emit, multiply, compare, select, number, x, out, g } = parts(context);
  const positive = compare('GT', x, number(0));
  const log = emit('log', [select(positive, x, number(1))]);
  return multiply(g, multiply(out, select(positive, log, number(0))));
}

/**
 * Elementwise ops. Rules that read the result (`out`) name the equation itself, so its dependence on the operands is kept and
 * higher orders come out right. Formulas are TensorFlow's, so that NaN and infinities appear where they appear there.
 */
export const ELEMENTWISE_VJP: Pick<
  VjpTable,
  | 'negate' | 'abs' | 'sign' | 'exponential' | 'exponential_minus_one' | 'log' | 'log_plus_one' | 'sqrt' | 'rsqrt' | 'tanh'
  | 'logistic' | 'floor' | 'is_finite' | 'not' | 'add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'maximum' | 'minimum'
  | 'and' | 'or' | 'compare' | 'select' | 'convert' | 'divide_no_nan' | 'softplus'
> = {
  negate: unary(({ negate, g }) => negate(g)),
  abs: unary(({ emit, multiply, g, x }) => multiply(g, emit('sign', [x]))),
  exponential: unary(({ multiply, g, out }) => multiply(g, out)),
  exponential_minus_one: unary(({ emit, multiply, g, x }) => multiply(g, emit('exponential', [x]))),
  log: unary(({ divide, g, x }) => divide(g, x)),
  log_plus_one: unary(({ add, divide, number, g, x }) => divide(g, add(number(1), x))),
  sqrt: unary(({ divide, multiply, number, g, out }) => divide(multiply(g, number(0.5)), out)),
  rsqrt: unary(({ multiply, number, g, out }) => multiply(multiply(g, number(-0.5)), multiply(out, multiply(out, out)))),
  tanh: unary(({ multiply, subtract, number, g, out }) => multiply(g, subtract(number(1), multiply(out, out)))),
  logistic: unary(({ multiply, subtract, number, g, out }) => multiply(g, multiply(out, subtract(number(1), out)))),
  softplus: unary(({ emit, multiply, g, x }) => multiply(g, emit('logistic', [x]))),
  convert: unary(({ g }) => g),

  add: binary(({ g }) => g, ({ g }) => g),
  subtract: binary(({ g }) => g, ({ negate, g }) => negate(g)),
  multiply: binary(({ multiply, g, y }) => multiply(g, y), ({ multiply, g, x }) => multiply(g, x)),
  divide: binary(
    ({ divide, g, y }) => divide(g, y),
    ({ divide, multiply, negate, g, x, y }) => multiply(g, divide(divide(negate(x), y), y)),
  ),
  divide_no_nan: binary(
    ({ emit, g, y }) => emit('divide_no_nan', [g, y]),
    ({ emit, multiply, negate, g, x, y }) => multiply(g, emit('divide_no_nan', [emit('divide_no_nan', [negate(x), y]), y])),
  ),
  power: elementwise([powerByBase, powerByExponent]),
  // a tie gives its gradient to the first operand, as TensorFlow's MaximumGrad and MinimumGrad
  maximum: binary(
    ({ compare, select, number, g, x, y }) => select(compare('GE', x, y), g, number(0)),
    ({ compare, select, number, g, x, y }) => select(compare('GE', x, y), number(0), g),
  ),
  minimum: binary(
    ({ compare, select, number, g, x, y }) => select(compare('LE', x, y), g, number(0)),
    ({ compare, select, number, g, x, y }) => select(compare('LE', x, y), number(0), g),
  ),
  select: elementwise<'select'>(
    [
      ({ cotangent }) => cotangent,
      (context) => emitter(context.builder).select(context.equation.operands[0], context.cotangent, context.builder.constant(0)),
      (context) => emitter(context.builder).select(context.equation.operands[0], context.builder.constant(0), context.cotangent),
    ],
    [0],
  ),

  sign: zero('sign is constant between its steps'),
  floor: zero('floor is constant between its steps'),
  is_finite: zero('its result is a truth value'),
  not: zero('its result is a truth value'),
  and: zero('its result is a truth value'),
  or: zero('its result is a truth value'),
  compare: zero('its result is a truth value'),
};
