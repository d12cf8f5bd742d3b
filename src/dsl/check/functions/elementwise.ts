import type { BinaryFunction, UnaryFunction } from '../../typed.ts';
import { binary, elementwiseType, select, unary } from '../nodes.ts';
import { BINARY_NUMBERS, UNARY_NUMBERS } from '../weight.ts';
import { ERROR, numberValue, tensorValue, type Value } from '../values.ts';
import { required, type FunctionArgs, type FunctionCall, type FunctionSpec } from './spec.ts';

/** A function of each element; of a number it is computed while compiling. */
function elementwise(fn: UnaryFunction, summary: string): FunctionSpec {
  return {
    formals: [required('x', 'mapped')],
    summary,
    build(args, call) {
      const x = args.value('x');
      if (x.kind === 'number') return numberValue(UNARY_NUMBERS[fn](x.value), call.span);
      return tensorValue(unary(fn, args.expr('x'), call.span));
    },
  };
}

/** The greatest or least of two or more, element by element. */
function extremum(fn: 'max' | 'min', summary: string): FunctionSpec {
  return {
    formals: [required('a', 'mapped'), required('b', 'mapped')],
    variadic: true,
    summary,
    build: (args, call) => [args.expr('a'), ...args.exprs('b')].map((expr) => exprValue(expr)).reduce((left, right) => combine(fn, left, right, call)),
  };
}

function exprValue(expr: ReturnType<FunctionArgs['expr']>): Value {
  return expr.kind === 'constant' ? numberValue(expr.value, expr.span) : tensorValue(expr);
}

function combine(fn: BinaryFunction, left: Value, right: Value, call: FunctionCall): Value {
  if (left.kind === 'number' && right.kind === 'number') return numberValue(BINARY_NUMBERS[fn](left.value, right.value), call.span);
  const [a, b] = [toExpr(left), toExpr(right)];
  return a === null || b === null ? ERROR : tensorValue(binary(fn, a, b, call.span));
}

const toExpr = (value: Value) =>
  value.kind === 'tensor' ? value.expr : value.kind === 'number' ? ({ kind: 'constant', value: value.value, type: 'scalar', span: value.origin } as const) : null;

/** A difference of two values, then a function of it. */
function difference(fn: UnaryFunction, summary: string): FunctionSpec {
  return {
    formals: [required('a', 'mapped'), required('b', 'mapped')],
    summary,
    build(args, call) {
      const between = combine('subtract', exprValue(args.expr('a')), exprValue(args.expr('b')), call);
      if (between.kind === 'number') return numberValue(UNARY_NUMBERS[fn](between.value), call.span);
      return between.kind === 'tensor' ? tensorValue(unary(fn, between.expr, call.span)) : ERROR;
    },
  };
}

const likeness = (fn: 'ones_like' | 'zeros_like', summary: string): FunctionSpec => ({
  formals: [required('x', 'mapped')],
  summary,
  build: (args, call) => tensorValue(unary(fn, args.expr('x'), call.span)),
});

export const ELEMENTWISE = {
  abs: elementwise('abs', 'absolute value'),
  sqrt: elementwise('sqrt', 'square root'),
  exp: elementwise('exp', 'exponential'),
  log: elementwise('log', 'natural logarithm'),
  log1p: elementwise('log1p', 'log(1 + x)'),
  tanh: elementwise('tanh', 'hyperbolic tangent'),
  sigmoid: elementwise('sigmoid', '1/(1 + exp(-x))'),
  relu: elementwise('relu', 'max(x, 0)'),
  softplus: elementwise('softplus', 'log(1 + exp(x))'),
  square: elementwise('square', 'x^2'),
  sign: elementwise('sign', '-1, 0 or 1'),
  max: extremum('max', 'the greatest, element by element'),
  min: extremum('min', 'the least, element by element'),
  absolute_difference: difference('abs', '|a - b|'),
  squared_difference: difference('square', '(a - b)^2'),
  ones_like: likeness('ones_like', 'ones of the shape of x'),
  zeros_like: likeness('zeros_like', 'zeros of the shape of x'),
  list: {
    formals: [required('x', 'values')],
    summary: 'x as a list of tensors: a tensor is a list of one. Arithmetic and functions of one tensor apply to each tensor of a list',
    build: (args, call) => tensorValue({ kind: 'unary', fn: 'list', operand: args.expr('x'), type: 'list', span: call.span }),
  },
  stop_gradient: {
    formals: [required('x', 'mapped')],
    summary: 'x, as a constant to every derivative',
    build: (args, call) => tensorValue(unary('stop_gradient', args.expr('x'), call.span)),
  },
  clip: {
    formals: [required('x', 'mapped'), required('low', 'mapped'), required('high', 'mapped')],
    summary: 'x, limited to [low, high]',
    build(args, call) {
      const [operand, low, high] = [args.expr('x'), args.expr('low'), args.expr('high')];
      if (operand.kind === 'constant' && low.kind === 'constant' && high.kind === 'constant') {
        return numberValue(Math.min(Math.max(operand.value, low.value), high.value), call.span);
      }
      return tensorValue({ kind: 'clip', operand, low, high, type: elementwiseType(operand.type, low.type, high.type), span: call.span });
    },
  },
  lerp: {
    formals: [required('a', 'mapped'), required('b', 'mapped'), required('t', 'mapped')],
    summary: 'a + t*(b - a)',
    build(args, call) {
      const [from, to, t] = [args.expr('a'), args.expr('b'), args.expr('t')];
      if (from.kind === 'constant' && to.kind === 'constant' && t.kind === 'constant') {
        return numberValue(from.value + t.value * (to.value - from.value), call.span);
      }
      return tensorValue({ kind: 'lerp', from, to, t, type: elementwiseType(from.type, to.type, t.type), span: call.span });
    },
  },
  where: {
    formals: [required('condition', 'condition'), required('a', 'numeric'), required('b', 'numeric')],
    summary: 'a where the condition holds, b elsewhere',
    build(args, call) {
      const condition = args.value('condition');
      if (condition.kind === 'boolean') return args.value(condition.value ? 'a' : 'b');
      return tensorValue(select(args.expr('condition'), args.expr('a'), args.expr('b'), call.span));
    },
  },
} as const satisfies Record<string, FunctionSpec>;
