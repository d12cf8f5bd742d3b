import type { Span } from '../../support/source.ts';
import { lastStepOf, scheduleValue } from '../../support/schedules.ts';
import type { BinaryFunction, TypedExpr, UnaryFunction } from '../typed.ts';
import type { ExprKeys } from './exprKey.ts';
import { nodesOf } from '../childrenOf.ts';
import { binary, constant } from './nodes.ts';

/** A coefficient times scalar expressions of params, these in the order of their keys. */
interface Monomial {
  readonly coefficient: number;
  readonly factors: readonly TypedExpr[];
}

/** A sum of monomials by the key of their factors: `12 + 2*lambda`. Equal weights have equal entries, however they were added up. */
export type Weight = ReadonlyMap<string, Monomial>;

export const ONE: Weight = new Map([['', { coefficient: 1, factors: [] }]]);

export function addWeights(left: Weight, right: Weight): Weight {
  const sum = new Map(left);
  for (const [key, monomial] of right) {
    const other = sum.get(key);
    if (other === undefined) {
      sum.set(key, monomial);
      continue;
    }
    const coefficient = other.coefficient + monomial.coefficient;
    // what cancels is gone: lambda*gp - lambda*gp has no param in it any more
    if (coefficient === 0) sum.delete(key);
    else sum.set(key, { ...monomial, coefficient });
  }
  return sum;
}

/** @param factor a number, or a scalar expression of params and constants */
export function scaleWeight(weight: Weight, factor: number | TypedExpr, keys: ExprKeys): Weight {
  const { coefficient, factors } = typeof factor === 'number' ? { coefficient: factor, factors: [] } : takeApart(factor);
  let scaled: Weight = new Map();
  for (const monomial of weight.values()) {
    const all = [...monomial.factors, ...factors];
    const sorted = all.map((expr) => ({ expr, key: keys.keyOf(expr) })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    const entry: Monomial = { coefficient: monomial.coefficient * coefficient, factors: sorted.map(({ expr }) => expr) };
    scaled = addWeights(scaled, new Map([[sorted.map(({ key }) => key).join('*'), entry]]));
  }
  return scaled;
}

/** Division is exact for numbers (`gp/3` weighs 1/3) and a factor `1/e` for expressions. */
export function divideWeight(weight: Weight, divisor: number | TypedExpr, keys: ExprKeys): Weight {
  if (typeof divisor !== 'number') return scaleWeight(weight, binary('divide', constant(1, divisor.span), divisor, divisor.span), keys);
  return new Map([...weight].map(([key, monomial]) => [key, { ...monomial, coefficient: monomial.coefficient / divisor }]));
}

/** Products nested deeper stay one factor: shared ones could double at each level. */
const MAX_PRODUCT_DEPTH = 6;

/** `-2*lambda` is the coefficient −2 and the factor lambda. */
function takeApart(expr: TypedExpr, depth = 0): Monomial {
  if (depth > MAX_PRODUCT_DEPTH) return { coefficient: 1, factors: [expr] };
  if (expr.kind === 'constant') return { coefficient: expr.value, factors: [] };
  if (expr.kind === 'unary' && expr.fn === 'negate') {
    const { coefficient, factors } = takeApart(expr.operand, depth + 1);
    return { coefficient: -coefficient, factors };
  }
  if (expr.kind === 'binary' && expr.fn === 'multiply') {
    const [left, right] = [takeApart(expr.left, depth + 1), takeApart(expr.right, depth + 1)];
    return { coefficient: left.coefficient * right.coefficient, factors: [...left.factors, ...right.factors] };
  }
  if (expr.kind === 'binary' && expr.fn === 'divide' && expr.right.kind === 'constant') {
    const { coefficient, factors } = takeApart(expr.left, depth + 1);
    return { coefficient: coefficient / expr.right.value, factors };
  }
  return { coefficient: 1, factors: [expr] };
}

export const hasParams = (weight: Weight): boolean => [...weight.values()].some(({ factors }) => factors.length > 0);

/** Steps at which to look at a weight of schedules: their ends, and points between. [0] for a weight without any. */
export function stepsToCheck(roots: readonly TypedExpr[]): readonly number[] {
  const ends = new Set(nodesOf(roots).flatMap((node) => (node.kind === 'schedule' ? [lastStepOf(node)] : [])));
  const last = Math.max(0, ...ends);
  const steps = [0, ...[...ends].flatMap((end) => [end - 1, end, end + 1]), ...Array.from({ length: POINTS }, (_, index) => Math.round((last * index) / POINTS))];
  return [...new Set(steps.filter((step) => step >= 0))].sort((a, b) => a - b);
}

/** A product of schedules may turn between their ends, but smoothly. */
const POINTS = 200;

export const isOne = (weight: Weight): boolean => weight.size === 1 && weight.get('')?.coefficient === 1;

/** The weight as an expression: constants folded, monomials in the order of their keys. */
export function weightExpr(weight: Weight, span: Span): TypedExpr {
  const sum = [...weight].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, monomial]) => monomialExpr(monomial, span));
  if (sum.length === 0) return constant(0, span);
  return sum.reduce((left, right) => binary('add', left, right, span));
}

function monomialExpr({ coefficient, factors }: Monomial, span: Span): TypedExpr {
  if (factors.length === 0) return constant(coefficient, span);
  const product = factors.reduce((left, right) => binary('multiply', left, right, span));
  return coefficient === 1 ? product : binary('multiply', constant(coefficient, span), product, span);
}

/** The weight's value for given values of the params, after `step` steps. */
export function weightValue(weight: Weight, params: ReadonlyMap<string, number>, step = 0): number {
  let sum = 0;
  for (const { coefficient, factors } of weight.values()) {
    sum += factors.reduce((product, factor) => product * scalarValue(factor, params, step), coefficient);
  }
  return sum;
}

/** Whether an expression may weigh a term: a scalar made of nothing but constants, params and schedules. */
export function isWeight(expr: TypedExpr): boolean {
  return expr.type === 'scalar' && nodesOf([expr]).every((node) => SCALAR_KINDS.has(node.kind) && (node.type === 'scalar' || node.type === 'boolean'));
}

const SCALAR_KINDS: ReadonlySet<TypedExpr['kind']> = new Set(['constant', 'param', 'schedule', 'unary', 'binary', 'select', 'clip', 'lerp', 'aggregate']);

/** A scalar expression of constants, params and schedules, computed; truth values are 0 and 1. */
export function scalarValue(root: TypedExpr, params: ReadonlyMap<string, number>, step = 0): number {
  const values = new Map<TypedExpr, number>();
  const of = (expr: TypedExpr) => values.get(expr)!;
  for (const expr of nodesOf([root])) values.set(expr, expr.kind === 'schedule' ? scheduleValue(expr, step) : scalarNode(expr, of, params));
  return of(root);
}

function scalarNode(expr: TypedExpr, of: (expr: TypedExpr) => number, params: ReadonlyMap<string, number>): number {
  switch (expr.kind) {
    case 'constant':
      return expr.value;
    case 'param':
      return params.get(expr.name) ?? Number.NaN;
    case 'unary':
      return UNARY_NUMBERS[expr.fn](of(expr.operand));
    case 'binary':
      return BINARY_NUMBERS[expr.fn](of(expr.left), of(expr.right));
    case 'select':
      return of(expr.condition) === 0 ? of(expr.whenFalse) : of(expr.whenTrue);
    case 'clip':
      return Math.min(Math.max(of(expr.operand), of(expr.low)), of(expr.high));
    case 'lerp':
      return of(expr.from) + of(expr.t) * (of(expr.to) - of(expr.from));
    case 'aggregate':
      return of(expr.operand);
    default:
      return Number.NaN;
  }
}

/** What each elementwise function gives for a number; compile-time arithmetic and default weights use it. */
export const UNARY_NUMBERS: { readonly [F in UnaryFunction]: (x: number) => number } = {
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => Math.max(x, 0),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  square: (x) => x * x,
  sign: Math.sign,
  negate: (x) => -x,
  not: (x) => (x === 0 ? 1 : 0),
  ones_like: () => 1,
  zeros_like: () => 0,
  list: (x) => x,
  stop_gradient: (x) => x,
};

export const BINARY_NUMBERS: { readonly [F in BinaryFunction]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
  max: Math.max,
  min: Math.min,
  and: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  or: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a === b ? 0 : 1),
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
};
