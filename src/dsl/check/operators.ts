import type { Span } from '../../support/source.ts';
import type { BinaryOperator, UnaryOperator } from '../ast.ts';
import type { BinaryFunction, ExprType, TypedExpr } from '../typed.ts';
import { scale } from './linear.ts';
import { binary, constant, unary } from './nodes.ts';
import { addTerms, dividesByZero, scaleTerms, type Operand, type OperatorContext } from './termOperators.ts';
import { BINARY_NUMBERS } from './weight.ts';
import { booleanValue, describe, ERROR, numberValue, objectiveValue, tensorValue, type Value } from './values.ts';

interface OperatorRow {
  readonly family: 'arithmetic' | 'comparison' | 'equality' | 'logic';
  readonly fn: BinaryFunction;
}

const OPERATORS: { readonly [O in BinaryOperator]: OperatorRow } = {
  '+': { family: 'arithmetic', fn: 'add' },
  '-': { family: 'arithmetic', fn: 'subtract' },
  '*': { family: 'arithmetic', fn: 'multiply' },
  '/': { family: 'arithmetic', fn: 'divide' },
  '^': { family: 'arithmetic', fn: 'power' },
  '<': { family: 'comparison', fn: 'lt' },
  '<=': { family: 'comparison', fn: 'le' },
  '>': { family: 'comparison', fn: 'gt' },
  '>=': { family: 'comparison', fn: 'ge' },
  '==': { family: 'equality', fn: 'eq' },
  '!=': { family: 'equality', fn: 'ne' },
  '&&': { family: 'logic', fn: 'and' },
  '||': { family: 'logic', fn: 'or' },
};

/** The value of `left operator right`. */
export function applyBinary(operator: BinaryOperator, left: Operand, right: Operand, whole: Span, context: OperatorContext): Value {
  if (left.value.kind === 'error' || right.value.kind === 'error') return ERROR;
  const { family, fn } = OPERATORS[operator];
  switch (family) {
    case 'arithmetic':
      return arithmetic(operator, fn, left, right, whole, context);
    case 'comparison':
      return comparison(operator, fn, left, right, whole, context);
    case 'equality':
      return equality(operator, fn, left, right, whole, context);
    case 'logic':
      return logic(operator, fn, left, right, whole, context);
  }
}

function arithmetic(operator: BinaryOperator, fn: BinaryFunction, left: Operand, right: Operand, whole: Span, context: OperatorContext): Value {
  if (left.value.kind === 'objective' || right.value.kind === 'objective') {
    return operator === '+' || operator === '-' ? addTerms(operator, left, right, whole, context) : scaleTerms(operator, left, right, whole, context);
  }
  if (left.value.kind === 'number' && right.value.kind === 'number') {
    if (operator === '/' && dividesByZero(right, context)) return ERROR;
    return numberValue(BINARY_NUMBERS[fn](left.value.value, right.value.value), whole);
  }
  return elementwise(operator, fn, left, right, whole, context, LISTS);
}

function comparison(operator: BinaryOperator, fn: BinaryFunction, left: Operand, right: Operand, whole: Span, context: OperatorContext): Value {
  if (left.value.kind === 'number' && right.value.kind === 'number') {
    return booleanValue(BINARY_NUMBERS[fn](left.value.value, right.value.value) !== 0, whole);
  }
  return elementwise(operator, fn, left, right, whole, context);
}

/** An operation on tensors. Two wrong operands are one mistake: the first is reported. */
function elementwise(operator: BinaryOperator, fn: BinaryFunction, left: Operand, right: Operand, whole: Span, context: OperatorContext, types = TENSORS): Value {
  const a = numeric(left, operator, context, types);
  const b = a === null ? null : numeric(right, operator, context, types);
  return a === null || b === null ? ERROR : tensorValue(binary(fn, a, b, whole));
}

function equality(operator: BinaryOperator, fn: BinaryFunction, left: Operand, right: Operand, whole: Span, context: OperatorContext): Value {
  const same = (equal: boolean) => booleanValue(equal === (fn === 'eq'), whole);
  const [a, b] = [left.value, right.value];
  // whether an argument was given is known while compiling, whatever it is
  if (a.kind === 'none' || b.kind === 'none') return same(a.kind === b.kind);
  if ((a.kind === 'string' && b.kind === 'string') || (a.kind === 'boolean' && b.kind === 'boolean')) return same(a.value === b.value);
  return comparison(operator, fn, left, right, whole, context);
}

function logic(operator: BinaryOperator, fn: BinaryFunction, left: Operand, right: Operand, whole: Span, context: OperatorContext): Value {
  if (!isCondition(left, operator, context) || !isCondition(right, operator, context)) return ERROR;
  const neutral = operator === '&&';
  const [a, b] = [left.value, right.value];
  if (a.kind === 'boolean') return a.value === neutral ? b : booleanValue(a.value, whole);
  if (b.kind === 'boolean') return b.value === neutral ? a : booleanValue(b.value, whole);
  return a.kind === 'tensor' && b.kind === 'tensor' ? tensorValue(binary(fn, a.expr, b.expr, whole)) : ERROR;
}

/** The value of `-x` or `!x`. */
export function applyUnary(operator: UnaryOperator, operand: Operand, whole: Span, context: OperatorContext): Value {
  const { value } = operand;
  if (value.kind === 'error') return ERROR;
  if (operator === '!') {
    if (!isCondition(operand, operator, context)) return ERROR;
    if (value.kind === 'boolean') return booleanValue(!value.value, whole);
    return value.kind === 'tensor' ? tensorValue(unary('not', value.expr, whole)) : ERROR;
  }
  if (value.kind === 'objective') return objectiveValue(scale(value.objective, -1, context.keys, whole), whole);
  if (value.kind === 'number') return numberValue(-value.value, whole);
  const expr = numeric(operand, operator, context, LISTS);
  return expr === null ? ERROR : tensorValue(unary('negate', expr, whole));
}

const TENSORS: ReadonlySet<ExprType> = new Set(['scalar', 'tensor', 'any']);
/** Arithmetic applies to each tensor of a list. */
const LISTS: ReadonlySet<ExprType> = new Set([...TENSORS, 'list']);

/** The operand as an expression of numbers; null after it was reported to be none. */
function numeric(operand: Operand, operator: string, context: OperatorContext, types: ReadonlySet<ExprType>): TypedExpr | null {
  const { value } = operand;
  if (value.kind === 'number') return constant(value.value, value.origin);
  if (value.kind === 'tensor' && types.has(value.expr.type)) return value.expr;
  wrongOperand(operand, operator, types === LISTS ? 'a number, a tensor or a list of tensors' : 'a number or a tensor', context);
  return null;
}

function isCondition(operand: Operand, operator: string, context: OperatorContext): boolean {
  const { value } = operand;
  if (value.kind === 'boolean' || (value.kind === 'tensor' && value.expr.type === 'boolean')) return true;
  wrongOperand(operand, operator, 'a condition', context);
  return false;
}

function wrongOperand({ value, span }: Operand, operator: string, wanted: string, context: OperatorContext): void {
  context.reportValue(value, span, {
    code: 'GL3004',
    message: `an operand of '${operator}' must be ${wanted}, not ${describe(value)}`,
    label: describe(value),
    hint: value.kind === 'network' ? `Call it: ${value.network}${value.head === null ? '' : `.${value.head.name}`}(real).` : undefined,
  });
}
