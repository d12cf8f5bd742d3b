import type { Span } from '../../support/source.ts';
import type { TypedExpr } from '../typed.ts';
import type { ExprKeys } from './exprKey.ts';
import { add, divide, scale } from './linear.ts';
import type { Problem } from './reporter.ts';
import { isWeight } from './weight.ts';
import { describe, ERROR, objectiveValue, type Value } from './values.ts';

/** An operand with its place in the text. */
export interface Operand {
  readonly value: Value;
  readonly span: Span;
}

/** What operators need of the checker. */
export interface OperatorContext {
  readonly keys: ExprKeys;
  readonly report: (problem: Problem) => void;
  /** Reports a problem with a value: where the user gave it, with a label at `at`. */
  readonly reportValue: (value: Value, at: Span, problem: Omit<Problem, 'span'>) => void;
}

/** `a + b` and `a - b` where at least one operand is a term. */
export function addTerms(operator: '+' | '-', left: Operand, right: Operand, whole: Span, context: OperatorContext): Value {
  if (left.value.kind === 'objective' && right.value.kind === 'objective') {
    const { objective } = right.value;
    const addend = operator === '+' ? objective : scale(objective, -1, context.keys, right.span);
    return objectiveValue(add(left.value.objective, addend, right.span), whole);
  }
  const [stranger, term] = left.value.kind === 'objective' ? [right, left] : [left, right];
  const labels = [{ span: term.span, message: 'this is a term: a pair of losses' }];
  if (isNumeric(stranger.value)) {
    const text = textOf(stranger.span);
    context.reportValue(stranger.value, stranger.span, {
      code: 'GL3002',
      message: `a number cannot be added to a term; did you mean ${text}*…?`,
      label: describe(stranger.value),
      labels,
      hint: 'Terms are added to terms; a number can only be a weight, as in 10*gp.',
    });
    return ERROR;
  }
  context.reportValue(stranger.value, stranger.span, {
    code: 'GL3004',
    message: `only a term can be added to a term, not ${describe(stranger.value)}`,
    label: describe(stranger.value),
    labels,
  });
  return ERROR;
}

/** `a*b`, `a/b` and `a^b` where at least one operand is a term. */
export function scaleTerms(operator: string, left: Operand, right: Operand, whole: Span, context: OperatorContext): Value {
  const [term, factor] = left.value.kind === 'objective' ? [left, right] : [right, left];
  const inverted = operator === '/' && right.value.kind === 'objective';
  if (term.value.kind !== 'objective') return ERROR;
  if (factor.value.kind === 'objective' || operator === '^' || inverted) {
    context.report({ code: 'GL3001', span: whole, message: NOT_LINEAR[operator] ?? NOT_LINEAR['*']!, label: 'not a multiple of a term', hint: 'A term can be added to terms, and multiplied or divided by a number or a param.' });
    return ERROR;
  }
  const weight = weightOf(operator, factor, context);
  if (weight === null) return ERROR;
  const { objective } = term.value;
  return objectiveValue(operator === '/' ? divide(objective, weight, context.keys, whole) : scale(objective, weight, context.keys, whole), whole);
}

const NOT_LINEAR: Readonly<Record<string, string>> = {
  '*': 'terms cannot be multiplied with each other: each is a pair of losses',
  '/': 'nothing can be divided by a term: it is a pair of losses',
  '^': 'a term is a pair of losses and has no powers',
};

function weightOf(operator: string, { value, span }: Operand, context: OperatorContext): number | TypedExpr | null {
  if (value.kind === 'tensor' && isWeight(value.expr)) return value.expr;
  if (value.kind !== 'number') {
    context.reportValue(value, span, {
      code: 'GL3004',
      message: `the weight of a term must be a number or made of params, not ${describe(value)}`,
      label: describe(value),
      hint: value.kind === 'tensor' ? "Values that change with the batch belong into a term's body, or into one of its arguments." : undefined,
    });
    return null;
  }
  if (operator === '/' && dividesByZero({ value, span }, context)) return null;
  if (!Number.isFinite(value.value)) {
    const message = Number.isNaN(value.value) ? 'the weight is not a number' : 'the weight is infinite';
    context.reportValue(value, span, { code: 'GL3008', message, label: `is ${value.value}`, hint: 'The greatest number is about 1.8e308.' });
    return null;
  }
  return value.value;
}

/** Reports a divisor that is zero. */
export function dividesByZero({ value, span }: Operand, context: OperatorContext): boolean {
  if (value.kind !== 'number' || value.value !== 0) return false;
  context.reportValue(value, span, { code: 'GL3003', message: 'division by zero', label: 'is 0' });
  return true;
}

const isNumeric = (value: Value): boolean => value.kind === 'number' || (value.kind === 'tensor' && isWeight(value.expr));

/** A short piece of the text for a message; longer ones are cut. */
function textOf(span: Span): string {
  const text = span.source.text.slice(span.start, span.end);
  return text.length <= 24 && !text.includes('\n') ? text : `${[...text].slice(0, 20).join('')}…`;
}
