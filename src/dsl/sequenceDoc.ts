import type { Span } from '../support/source.ts';
import type { CommentCursor } from './commentCursor.ts';
import { hardline, type Doc } from './doc.ts';

interface Entry {
  readonly doc: readonly string[];
  readonly span: Span;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** How an entry is printed, and where its first printed token stands. */
interface Printer<E extends Entry> {
  readonly doc: (entry: E) => Doc;
  readonly start: (entry: E) => number;
}

/**
 * Items a line each, with their doc comments, the comments between them, and at most one blank line where the text has
 * some. Null if there is nothing. `trailing` stands on the line of what opens the sequence.
 */
export function sequenceDoc<E extends Entry>(entries: readonly E[], range: Range, comments: CommentCursor, text: string, printer: Printer<E>): { readonly trailing: Doc; readonly body: readonly Doc[] } | null {
  const trailing = range.from === 0 ? '' : comments.trailing(entries[0]?.span.start ?? range.to);
  const body: Doc[] = [];
  let end = range.from;
  /** Whether the last thing written is a block comment after which the text goes on. */
  let open = false;

  const separate = (): void => {
    if (body.length === 0) return;
    if (open) body.push(' ');
    else body.push(hasBlankLine(text, end) ? [hardline, hardline] : hardline);
  };
  const commentsBefore = (offset: number): void => {
    for (let comment = comments.peek(offset); comment !== null; comment = comments.peek(offset)) {
      const own = comments.nextIsOwn();
      if (own || body.length === 0) separate();
      open = (open || own) && comment.text.startsWith('/*') && goesOn(text, comment.span.end);
      body.push(comments.take(open ? false : undefined));
      end = Math.max(end, comment.span.end);
    }
  };

  for (const entry of entries) {
    commentsBefore(printer.start(entry));
    if (entry.doc.length > 0) open = false;
    separate();
    open = false;
    for (const docLine of entry.doc) body.push(docLine === '' ? '///' : `/// ${docLine}`, hardline);
    body.push(printer.doc(entry));
    end = entry.span.end;
  }
  commentsBefore(range.to);
  return body.length === 0 && isNothing(trailing) ? null : { trailing, body };
}

function isNothing(doc: Doc): boolean {
  return doc === '' || (Array.isArray(doc) && doc.length === 0);
}

/** Whether there is more on the line of an offset. */
function goesOn(text: string, offset: number): boolean {
  let at = offset;
  while (at < text.length && /[^\S\r\n]/.test(text[at]!)) at += 1;
  return at < text.length && !/[\r\n]/.test(text[at]!);
}

/** Whether an empty line follows an offset before any text. */
function hasBlankLine(text: string, offset: number): boolean {
  let breaks = 0;
  for (let at = offset; at < text.length && /\s/.test(text[at]!); at += 1) {
    if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) breaks += 1;
    if (breaks === 2) return true;
  }
  return false;
}
