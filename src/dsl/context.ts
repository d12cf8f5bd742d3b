import type { CstElement, CstNode, IToken } from 'chevrotain';
import type { Diagnostic } from '../support/diagnostic.ts';
import type { Source, Span } from '../support/source.ts';
import { endOf, type Repaired } from './repair.ts';

/** What the conversion of one file from CST to AST shares: the text, its tokens, and where errors go. */
export interface Context {
  readonly source: Source;
  span(start: number, end: number): Span;
  /** The first token that begins at or after an offset; null at the end of the text. */
  tokenFrom(offset: number): IToken | null;
  /** The last token that ends at or before an offset. */
  tokenBefore(offset: number): IToken | null;
  /** Reports something unexpected, unless an error at this token would be a consequence of an earlier one. Null is the end of the text. */
  unexpected(at: IToken | null, error: SyntaxProblem): void;
  report(diagnostic: Diagnostic): void;
  /** Reports that a limit is exceeded, once a file. */
  tooDeep(diagnostic: Diagnostic): void;
  /** How many errors there were so far, those included that were kept back as consequences. */
  errorCount(): number;
}

export type SyntaxProblem = Pick<Diagnostic, 'message' | 'hint' | 'label' | 'labels' | 'fix'> & { readonly span?: Span };

export function createContext(source: Source, repaired: Repaired, diagnostics: Diagnostic[]): Context {
  const { tokens, quiet, endIsQuiet } = repaired;
  const last = tokens.at(-1);
  const endOffset = last === undefined ? 0 : endOf(last);
  let errors = 0;
  let deep = false;

  const lowerBound = (offset: number): number => {
    let low = 0;
    let high = tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tokens[middle]!.startOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    source,
    span: (start, end) => ({ source, start, end }),
    tokenFrom: (offset) => tokens[lowerBound(offset)] ?? null,
    tokenBefore: (offset) => tokens[lowerBound(offset) - 1] ?? null,
    unexpected(at, { span, ...problem }) {
      errors += 1;
      if (at === null ? endIsQuiet : quiet.has(at)) return;
      const place = span ?? (at === null ? { source, start: endOffset, end: endOffset } : { source, start: at.startOffset, end: endOf(at) });
      diagnostics.push({ code: 'GL1002', severity: 'error', span: place, ...problem });
    },
    report(diagnostic) {
      errors += 1;
      diagnostics.push(diagnostic);
    },
    tooDeep(diagnostic) {
      errors += 1;
      if (!deep) diagnostics.push(diagnostic);
      deep = true;
    },
    errorCount: () => errors,
  };
}

/** How a token is quoted in a message. */
export function describe(token: IToken | null): string {
  if (token === null) return 'the end of the text';
  return token.image.length > 30 ? `'${token.image.slice(0, 29)}…'` : `'${token.image}'`;
}

export function tokensOf(node: CstNode, name: string): readonly IToken[] {
  return (node.children[name] ?? []).filter((child): child is IToken => 'image' in child);
}

export function tokenOf(node: CstNode, name: string): IToken | null {
  return tokensOf(node, name)[0] ?? null;
}

export function nodesOf(node: CstNode, name: string): readonly CstNode[] {
  return (node.children[name] ?? []).filter((child): child is CstNode => 'children' in child);
}

export function nodeOf(node: CstNode, name: string): CstNode | null {
  return nodesOf(node, name)[0] ?? null;
}

export function startOf(element: CstElement): number {
  return 'image' in element ? element.startOffset : element.location!.startOffset;
}

export function endOfElement(element: CstElement): number {
  return 'image' in element ? endOf(element) : element.location!.endOffset! + 1;
}

/** The children of the given names in the order of the text. */
export function inOrder(node: CstNode, ...names: readonly string[]): readonly CstElement[] {
  return names.flatMap((name) => node.children[name] ?? []).sort((a, b) => startOf(a) - startOf(b));
}

/** What to say where an expression was left out: at `at` (null is the end of the text), after `last` if anything precedes it. */
export function missingExpression(context: Context, at: IToken | null, last: IToken | null, what = describe(last)): SyntaxProblem {
  const label = at === null ? 'expected here' : `expected before ${describe(at)}`;
  if (last === null) return { message: `an expression is missing before ${describe(at)}`, label };
  const message = `an expression is missing after ${what}`;
  const sameLine = at === null || !/[\r\n]/.test(context.source.text.slice(endOf(last), at.startOffset));
  if (sameLine) return { message, label };
  return { message, label, labels: [{ span: context.span(last.startOffset, endOf(last)), message: 'it should follow here' }] };
}
