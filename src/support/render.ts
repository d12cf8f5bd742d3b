import { createColors } from 'picocolors';
import { excerpt, printable } from './displayText.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { positionAt, type Source, type Span } from './source.ts';

export interface RenderOptions {
  /** Whether to colour for a terminal; off by default. */
  readonly color?: boolean;
}

/** A diagnostic as a person reads it: message, code frame with all labels, hint and fix. Without a final line end. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const { code, severity, message, span, hint, fix } = diagnostic;
  const paint = painter(options.color === true);
  const marks = marksOf(diagnostic);
  const gutter = Math.max(1, ...marks.map((mark) => String(mark.line).length));
  const lines = [`${paint[severity](`${severity}[${code}]`)}${paint.bold(`: ${printable(message)}`)}`];
  const sources = [...new Set(marks.map((mark) => mark.span.source))];
  sources.forEach((source, index) => {
    lines.push(...frame(source, marks.filter((mark) => mark.span.source === source), gutter, index === 0 ? '-->' : ':::', severity, paint));
  });
  const pad = ' '.repeat(span === null ? 2 : gutter + 2);
  if (hint !== undefined) lines.push(`${pad}${paint.frame('=')} ${paint.bold('help')}: ${printable(hint)}`);
  if (fix !== undefined) lines.push(`${pad}${paint.frame('=')} ${paint.bold('fix')}: ${printable(fix.description)}`);
  return lines.join('\n');
}

/** Diagnostics that are rendered together; as data all of them are there, but nobody reads on. */
const MOST_RENDERED = 200;

/** Several diagnostics with an empty line between them and a line end after the last; empty for none. Of hundreds the first ones. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  if (diagnostics.length === 0) return '';
  const rendered = diagnostics.slice(0, MOST_RENDERED).map((diagnostic) => renderDiagnostic(diagnostic, options));
  const left = diagnostics.length - rendered.length;
  return `${[...rendered, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n\n')}\n`;
}

interface Mark {
  readonly span: Span;
  readonly text: string;
  readonly primary: boolean;
  readonly line: number;
}

function marksOf({ span, label, labels }: Diagnostic): readonly Mark[] {
  if (span === null) return [];
  const mark = (place: Span, text: string, primary: boolean): Mark => ({ span: place, text, primary, line: positionAt(place.source, place.start).line });
  return [mark(span, label ?? '', true), ...(labels ?? []).map((other) => mark(other.span, other.message, false))];
}

type Paint = { readonly [S in Severity | 'frame' | 'bold']: (text: string) => string };

function painter(color: boolean): Paint {
  const colors = createColors(color);
  return {
    error: (text) => colors.bold(colors.red(text)),
    warning: (text) => colors.bold(colors.yellow(text)),
    note: (text) => colors.bold(colors.cyan(text)),
    frame: colors.blue,
    bold: colors.bold,
  };
}

/** The lines of one source that carry marks, in their order, each with its marks below it. */
function frame(source: Source, marks: readonly Mark[], gutter: number, arrow: string, severity: Severity, paint: Paint): readonly string[] {
  const pad = ' '.repeat(gutter + 1);
  const { line, column } = positionAt(source, marks[0]!.span.start);
  const rows = [`${pad}${paint.frame(arrow)} ${printable(source.name)}:${line}:${column}`, `${pad} ${paint.frame('|')}`];
  const ordered = [...marks].sort((a, b) => a.line - b.line || Number(b.primary) - Number(a.primary) || a.span.start - b.span.start);
  let shown = 0;
  for (let first = 0; first < ordered.length; ) {
    const current = ordered[first]!;
    const { text, begin, end } = lineAround(source, current.span.start);
    const view = excerpt(text, current.span.start - begin);
    // of a line that is cut, the marks out of view get an excerpt of their own
    let last = first + 1;
    while (last < ordered.length && ordered[last]!.line === current.line && view.holds(ordered[last]!.span.start - begin)) last += 1;
    if (shown > 0 && current.line > shown + 1) rows.push(`${pad}${paint.frame('...')}`);
    shown = current.line;
    rows.push(`${paint.frame(` ${String(current.line).padStart(gutter)} |`)} ${view.text}`.trimEnd());
    for (const mark of ordered.slice(first, last)) {
      const { indent, width } = view.columns(mark.span.start - begin, Math.min(mark.span.end, end) - begin);
      const line = (mark.primary ? '^' : '-').repeat(Math.max(1, width)) + (mark.text === '' ? '' : ` ${printable(mark.text)}`);
      rows.push(`${pad} ${paint.frame('|')} ${' '.repeat(indent)}${mark.primary ? paint[severity](line) : paint.frame(line)}`);
    }
    first = last;
  }
  return rows;
}

function lineAround({ text }: Source, offset: number): { readonly text: string; readonly begin: number; readonly end: number } {
  const begin = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const lineBreak = text.indexOf('\n', offset);
  const rawEnd = lineBreak < 0 ? text.length : lineBreak;
  const end = text[rawEnd - 1] === '\r' && rawEnd > begin ? rawEnd - 1 : rawEnd;
  return { text: text.slice(begin, end), begin, end };
}
