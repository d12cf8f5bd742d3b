/** A text with a name, as it was given to the compiler. */
export interface Source {
  /** What diagnostics call it: a path as the user wrote it, `<spec>` for a string, `prelude/gp.ganloss` for a built-in. */
  readonly name: string;
  readonly text: string;
}

/** A stretch of a source, in UTF-16 code units; `end` is exclusive. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** A position as people count it: both from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function createSource(name: string, text: string): Source {
  return { name, text };
}

/** The smallest span that holds both; they must be of one source. */
export function joinSpans(first: Span, last: Span): Span {
  return { source: first.source, start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}

/** Line and column of an offset. `\r\n` counts as one line end. */
export function positionAt(source: Source, offset: number): Position {
  const before = source.text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  let line = 1;
  for (let i = before.indexOf('\n'); i >= 0; i = before.indexOf('\n', i + 1)) line += 1;
  return { line, column: offset - lastBreak };
}

/** `line:column` of the span's start, as remarks and printed graphs show it. */
export function formatStart(span: Span): string {
  const { line, column } = positionAt(span.source, span.start);
  return `${line}:${column}`;
}
