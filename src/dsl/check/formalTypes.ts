import type { Span } from '../../support/source.ts';
import type { EvaluatedArg } from './bind.ts';
import type { Problem } from './reporter.ts';
import { describe, type Value } from './values.ts';

interface Argument {
  readonly term: string;
  readonly formal: string;
  /** The formal's default: its type is the formal's type. */
  readonly usual: Value;
  readonly arg: EvaluatedArg;
}

type ReportValue = (value: Value, at: Span, problem: Omit<Problem, 'span'>) => void;

const isNumeric = (value: Value): boolean =>
  value.kind === 'number' || (value.kind === 'tensor' && (value.expr.type === 'scalar' || value.expr.type === 'tensor' || value.expr.type === 'any'));

/** What each kind of default lets an argument be; null where anything goes. */
const WANTED: { readonly [K in Value['kind']]: { readonly wanted: string; readonly test: (value: Value) => boolean } | null } = {
  number: { wanted: 'a number, a param or a tensor', test: isNumeric },
  tensor: { wanted: 'a number, a param or a tensor', test: isNumeric },
  boolean: { wanted: "'true' or 'false'", test: (value) => value.kind === 'boolean' },
  string: { wanted: 'a string', test: (value) => value.kind === 'string' },
  objective: { wanted: 'a term', test: (value) => value.kind === 'objective' },
  network: { wanted: 'a network', test: (value) => value.kind === 'network' },
  none: null,
  error: null,
};

/** Whether an argument is of its formal's type and finite; reported if not. */
export function acceptsArgument({ term, formal, usual, arg }: Argument, reportValue: ReportValue): boolean {
  const { value, valueSpan } = arg;
  if (value.kind === 'error') return true;
  const row = WANTED[usual.kind];
  if (row !== null && !row.test(value)) {
    const message = `'${formal}' of '${term}' must be ${row.wanted}, not ${describe(value)}`;
    reportValue(value, valueSpan, { code: 'GL3004', message, label: describe(value) });
    return false;
  }
  if (value.kind === 'number' && !Number.isFinite(value.value)) {
    reportValue(value, valueSpan, { code: 'GL3013', message: `'${formal}' of '${term}' must be finite, not ${value.value}`, label: 'not finite' });
    return false;
  }
  return true;
}
