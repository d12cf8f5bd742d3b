import type { Expr } from './ast.ts';
import type { Context } from './context.ts';
import { MAX_DEPTH } from './limits.ts';

/** An expression under construction: its extent with the parentheses around it, and how deep its tree is. */
export interface Part {
  readonly expr: Expr;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/** The part itself, or a hole if its tree is deeper than a recursive walk may go. */
export function bounded(context: Context, part: Part): Part {
  if (part.depth <= MAX_DEPTH) return part;
  const span = context.span(part.start, part.end);
  context.tooDeep({ code: 'GL1006', severity: 'error', message: 'this expression is too long or too deeply nested', span, hint: `at most ${MAX_DEPTH} operations may build on each other; name parts of it with 'let'` });
  return { expr: { kind: 'missing', span }, start: part.start, end: part.end, depth: 1 };
}
