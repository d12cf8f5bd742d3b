import type { ValueId } from '../../../ir/graph.ts';
import type { OpAttributes } from '../../../ir/ops.ts';
import type { BinaryOp, GraphWriter, UnaryOp } from '../graphWriter.ts';
import { numberOf, type KernelCall, type KernelRule } from './rule.ts';

/** Truth values count as 0 and 1 in arithmetic. */
function numeric(write: GraphWriter, x: ValueId): ValueId {
  return write.dtype(x) === 'i1' ? write.convert(x, 'i32') : x;
}

/** A function of floats. Of integers it is computed as of floats and cut to integers again, as tfjs stores it. */
export function unary(apply: (x: ValueId, write: GraphWriter, call: KernelCall) => ValueId): KernelRule {
  return (call) => {
    const { write } = call;
    const x = call.input('x');
    const result = apply(write.convert(x, 'f32'), write, call);
    return write.dtype(x) === 'f32' ? result : write.convert(result, 'i32');
  };
}

const plain = (op: UnaryOp): KernelRule => unary((x, write) => write.unary(op, x));

/** Ops that take integers as they are. */
function exact(apply: (x: ValueId, write: GraphWriter) => ValueId): KernelRule {
  return ({ write, input }) => apply(numeric(write, input('x')), write);
}

function predicate(apply: (x: ValueId, write: GraphWriter) => ValueId): KernelRule {
  return ({ write, input }) => apply(write.convert(input('x'), 'f32'), write);
}

/** Both operands of one type: tfjs has seen to it, except for truth values. */
function operands({ write, input }: KernelCall): readonly [ValueId, ValueId] {
  const [a, b] = [numeric(write, input('a')), numeric(write, input('b'))];
  if (write.dtype(a) === write.dtype(b)) return [a, b];
  return [write.convert(a, 'f32'), write.convert(b, 'f32')];
}

function binary(apply: (a: ValueId, b: ValueId, write: GraphWriter) => ValueId): KernelRule {
  return (call) => apply(...operands(call), call.write);
}

const arithmetic = (op: BinaryOp): KernelRule => binary((a, b, write) => write.binary(op, a, b));

/** Computed as floats where the operands are integers. */
function floating(apply: (a: ValueId, b: ValueId, write: GraphWriter) => ValueId): KernelRule {
  return binary((a, b, write) => {
    const result = apply(write.convert(a, 'f32'), write.convert(b, 'f32'), write);
    return write.convert(result, write.dtype(a));
  });
}

function comparison(direction: OpAttributes['compare']['direction']): KernelRule {
  return binary((a, b, write) => write.compare(direction, a, b));
}

/** Truth values of numbers. */
const truth = (write: GraphWriter, x: ValueId) => write.convert(x, 'i1');

function logic(apply: (a: ValueId, b: ValueId, write: GraphWriter) => ValueId): KernelRule {
  return ({ write, input }) => apply(truth(write, input('a')), truth(write, input('b')), write);
}

function multiplied(write: GraphWriter, ...factors: readonly ValueId[]): ValueId {
  return factors.reduce((product, factor) => write.binary('multiply', product, factor));
}

/** To the nearest whole number, halves to the even one. */
function rounded(x: ValueId, write: GraphWriter): ValueId {
  const half = write.number(0.5);
  const up = write.unary('floor', write.binary('add', x, half));
  const isHalf = write.compare('EQ', write.binary('subtract', up, x), half);
  const even = write.binary('multiply', write.unary('floor', write.binary('multiply', up, half)), write.number(2));
  return write.select(isHalf, even, up);
}

/** Abramowitz and Stegun 7.1.26, as tfjs computes it; its derivative is exact. */
function erf(x: ValueId, write: GraphWriter): ValueId {
  const coefficients = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const magnitude = write.unary('abs', x);
  const t = write.binary('divide', write.number(1), write.binary('add', write.number(1), write.binary('multiply', magnitude, write.number(0.3275911))));
  const polynomial = coefficients.slice(1).reduce((sum, c) => write.binary('add', write.binary('multiply', sum, t), write.number(c)), write.filled(coefficients[0], write.shape(x)));
  const bell = () => write.unary('exponential', write.unary('negate', write.binary('multiply', x, x)));
  const value = write.binary('multiply', write.unary('sign', x), write.binary('subtract', write.number(1), multiplied(write, polynomial, t, bell())));
  return write.custom(value, (cotangent) => [[x, multiplied(write, cotangent, write.number(2 / Math.sqrt(Math.PI)), bell())]]);
}

/** log(|x| + √(x² + 1)) with x's sign. */
function asinh(x: ValueId, write: GraphWriter): ValueId {
  const root = () => write.unary('sqrt', write.binary('add', write.binary('multiply', x, x), write.number(1)));
  const value = write.binary('multiply', write.unary('sign', x), write.unary('log', write.binary('add', write.unary('abs', x), root())));
  return write.custom(value, (cotangent) => [[x, write.binary('divide', cotangent, root())]]);
}

function acosh(x: ValueId, write: GraphWriter): ValueId {
  const root = write.unary('sqrt', write.binary('subtract', write.binary('multiply', x, x), write.number(1)));
  return write.unary('log', write.binary('add', x, root));
}

function atanh(x: ValueId, write: GraphWriter): ValueId {
  const difference = write.binary('subtract', write.unary('log_plus_one', x), write.unary('log_plus_one', write.unary('negate', x)));
  return write.binary('multiply', difference, write.number(0.5));
}

/** (eˣ ± e⁻ˣ)/2 */
function hyperbolic(op: 'add' | 'subtract') {
  return (x: ValueId, write: GraphWriter): ValueId => {
    const both = write.binary(op, write.unary('exponential', x), write.unary('exponential', write.unary('negate', x)));
    return write.binary('multiply', both, write.number(0.5));
  };
}

/** min(max(x, least), most): a NaN stays, and the gradient flows at the bounds, too. */
const clipped: KernelRule = (call) => {
  const { write } = call;
  const x = call.input('x');
  const bound = (name: string) => write.convert(write.number(numberOf(call, name)), write.dtype(x));
  return write.binary('minimum', write.binary('maximum', x, bound('clipValueMin')), bound('clipValueMax'));
};

/** 1 above 0, alpha elsewhere, and NaN of NaN. */
const step: KernelRule = unary((x, write, { attributes }) => {
  const steps = write.select(write.compare('GT', x, write.number(0)), write.number(1), write.number(Number(attributes.alpha ?? 0)));
  return write.unary('stop_gradient', write.select(write.compare('NE', x, x), x, steps));
});

const square = (x: ValueId, write: GraphWriter) => write.binary('multiply', x, x);

/** ⌊a/b⌋, with the derivative that tfjs gives it: that of a/b. */
function floorDiv(a: ValueId, b: ValueId, write: GraphWriter): ValueId {
  const value = write.unary('floor', write.binary('divide', a, b));
  const [x, y] = [a, b].map((operand) => write.broadcast(operand, write.shape(value)));
  return write.custom(value, (cotangent) => [
    [x, write.binary('divide', cotangent, y)],
    [y, write.unary('negate', write.binary('divide', write.binary('multiply', cotangent, x), write.binary('multiply', y, y)))],
  ]);
}

/** a − ⌊a/b⌋·b */
function mod(a: ValueId, b: ValueId, write: GraphWriter): ValueId {
  return write.binary('subtract', a, write.binary('multiply', write.unary('floor', write.binary('divide', a, b)), b));
}

/** Kernels that compute each element from the elements at its place, other than activations. */
export const elementwiseKernels = {
  Abs: exact((x, write) => write.unary('abs', x)),
  Neg: exact((x, write) => write.unary('negate', x)),
  Sign: exact((x, write) => write.unary('sign', x)),
  Square: exact(square),
  Exp: plain('exponential'),
  Expm1: plain('exponential_minus_one'),
  Log: plain('log'),
  Log1p: plain('log_plus_one'),
  Sqrt: plain('sqrt'),
  Rsqrt: plain('rsqrt'),
  Floor: plain('floor'),
  Ceil: unary((x, write) => write.unary('negate', write.unary('floor', write.unary('negate', x)))),
  Round: unary(rounded),
  Reciprocal: unary((x, write) => write.binary('divide', write.number(1), x)),
  Sinh: unary(hyperbolic('subtract')),
  Cosh: unary(hyperbolic('add')),
  Asinh: unary(asinh),
  Acosh: unary(acosh),
  Atanh: unary(atanh),
  Erf: unary(erf),
  Step: step,
  ClipByValue: clipped,
  IsFinite: predicate((x, write) => write.unary('is_finite', x)),
  IsNan: predicate((x, write) => write.compare('NE', x, x)),
  IsInf: predicate((x, write) => write.binary('and', write.compare('EQ', x, x), write.unary('not', write.unary('is_finite', x)))),
  Add: arithmetic('add'),
  Sub: arithmetic('subtract'),
  Multiply: arithmetic('multiply'),
  RealDiv: floating((a, b, write) => write.binary('divide', a, b)),
  FloorDiv: floating(floorDiv),
  Mod: floating(mod),
  Pow: binary((a, b, write) => write.binary('power', a, b)),
  Maximum: arithmetic('maximum'),
  Minimum: arithmetic('minimum'),
  SquaredDifference: binary((a, b, write) => square(write.binary('subtract', a, b), write)),
  AddN: ({ write, list }) => list.reduce((sum, x) => write.binary('add', sum, x)),
  Equal: comparison('EQ'),
  NotEqual: comparison('NE'),
  Less: comparison('LT'),
  LessEqual: comparison('LE'),
  Greater: comparison('GT'),
  GreaterEqual: comparison('GE'),
  LogicalAnd: logic((a, b, write) => write.binary('and', a, b)),
  LogicalOr: logic((a, b, write) => write.binary('or', a, b)),
  LogicalXor: logic((a, b, write) => write.compare('NE', a, b)),
  LogicalNot: ({ write, input }) => write.unary('not', truth(write, input('x'))),
  Select: ({ write, input }) => {
    const [condition, t, e] = [truth(write, input('condition')), input('t'), input('e')];
    const missing = write.shape(t).length - write.shape(condition).length;
    // a vector of truth values chooses whole samples
    const aligned = write.shape(condition).length === 1 && missing > 0 ? write.reshape(condition, [...write.shape(condition), ...Array<number>(missing).fill(1)]) : condition;
    return write.select(aligned, t, write.convert(e, write.dtype(t)));
  },
} satisfies Readonly<Record<string, KernelRule>>;
