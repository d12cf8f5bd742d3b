import type { Diagnostic } from '../support/diagnostic.ts';
import type { Source } from '../support/source.ts';
import { createCommentCursor } from './commentCursor.ts';
import { renderDoc } from './doc.ts';
import { firstTokenOf } from './exprDoc.ts';
import { itemDoc } from './itemDoc.ts';
import { parse } from './parse.ts';
import { sequenceDoc } from './sequenceDoc.ts';

/** Columns that a line of formatted text takes, where its breaks allow that. */
const WIDTH = 100;

/**
 * The canonical form of a text: same syntax tree, same comments, one layout. Formatting twice changes nothing more.
 * A text with syntax errors is returned as it is, with its diagnostics.
 */
export function format(source: Source): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  const { file, diagnostics } = parse(source);
  if (diagnostics.length > 0) return { text: source.text, diagnostics };
  const comments = createCommentCursor(source.text, file.comments);
  const range = { from: 0, to: source.text.length };
  const sequence = sequenceDoc(file.items, range, comments, source.text, {
    doc: (item) => itemDoc(item, comments, source.text),
    start: (item) => (item.kind === 'objective' && !item.explicit ? firstTokenOf(item.value) : item.span.start),
  });
  return { text: sequence === null ? '' : `${renderDoc(sequence.body, WIDTH)}\n`, diagnostics };
}
