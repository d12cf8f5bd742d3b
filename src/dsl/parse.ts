import type { Diagnostic } from '../support/diagnostic.ts';
import type { Source } from '../support/source.ts';
import type { File } from './ast.ts';
import { createContext, describe } from './context.ts';
import { parseTokens } from './grammar.ts';
import { lex } from './lex.ts';
import { MAX_ERRORS, MAX_TEXT, MAX_TOKENS } from './limits.ts';
import { repair } from './repair.ts';
import { toAst } from './toAst.ts';

export interface Parsed {
  /** Whatever could be read; expressions that could not are of kind `missing`. */
  readonly file: File;
  /** All syntax errors, in the order of the text, without consequences of one another. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the text of a `.ganloss` file (DESIGN §2). It throws nothing, whatever the text: mistakes are diagnostics
 * GL1001 to GL1004 and GL1006, and where an expression could not be read a `missing` node stands.
 */
export function parse(source: Source): Parsed {
  if (source.text.length > MAX_TEXT) return refused(source, 'this text is too large', `a specification has at most ${MAX_TEXT / 1024} KiB`);
  const lexed = lex(source);
  if (lexed.tokens.length > MAX_TOKENS) return refused(source, 'this text is too large', `a specification has at most ${MAX_TOKENS} tokens`);
  const repaired = repair(source, lexed.tokens);
  const { cst, stops } = parseTokens(repaired.tokens);

  const diagnostics: Diagnostic[] = [...lexed.diagnostics, ...repaired.diagnostics];
  const context = createContext(source, repaired, diagnostics);
  for (const { token } of stops) context.unexpected(token, { message: `unexpected ${describe(token)}` });
  const file = toAst(context, cst, lexed.comments);
  return { file, diagnostics: shown(diagnostics) };
}

function refused(source: Source, message: string, hint: string): Parsed {
  const span = { source, start: 0, end: source.text.length };
  const file: File = { kind: 'file', items: [], comments: [], span };
  return { file, diagnostics: [{ code: 'GL1006', severity: 'error', message, span: { source, start: 0, end: 0 }, hint }] };
}

function shown(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  if (sorted.length <= MAX_ERRORS) return sorted;
  const last = sorted[MAX_ERRORS - 1]!;
  return [...sorted.slice(0, MAX_ERRORS - 1), { ...last, hint: `${sorted.length - MAX_ERRORS} more errors follow and are not shown` }];
}
