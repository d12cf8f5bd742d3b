import type { Span } from '../../support/source.ts';
import type { Expr, File } from '../ast.ts';
import type { Problem } from './reporter.ts';
import { subexpressions } from './subexpressions.ts';

/**
 * Newlines are white space, so an objective that begins with a bracket continues the item above it as an argument list.
 * In a file without an objective this is the likeliest reason; what the item then means would only confuse.
 */
export function findSwallowedObjective({ items }: File): Problem | null {
  if (items.some((item) => item.kind === 'objective')) return null;
  for (const item of [...items].reverse()) {
    const value = item.kind === 'let' || item.kind === 'param' ? item.value : item.kind === 'term' && item.body.kind === 'terms' ? item.body.value : null;
    const bracket = value === null ? null : subexpressions(value).map(bracketOnNextLine).find((span) => span !== null);
    if (bracket === null || bracket === undefined || item.kind === 'import' || item.kind === 'setting' || item.kind === 'pool' || item.kind === 'weight_clip' || item.kind === 'objective') continue;
    return {
      code: 'GL1005',
      span: bracket,
      message: `the file has no objective: this bracket belongs to the ${item.kind} above it`,
      label: 'an argument list, since newlines are white space',
      labels: [{ span: item.name.span, message: `part of this ${item.kind}` }],
      hint: "Write 'objective = (…)'.",
      fix: { span: { ...bracket, end: bracket.start }, replacement: 'objective = ', description: "insert 'objective = '" },
    };
  }
  return null;
}

function bracketOnNextLine(expr: Expr): Span | null {
  if (expr.kind !== 'call') return null;
  const { callee, span } = expr;
  const between = span.source.text.slice(callee.span.end, span.end);
  const bracket = between.indexOf('(');
  return bracket >= 0 && between.slice(0, bracket).includes('\n') ? { ...span, start: callee.span.end + bracket } : null;
}
