import type { Comment } from './ast.ts';
import type { Context } from './context.ts';
import { endOf } from './repair.ts';

/** Hands out doc comments to the items below them; what nobody took is an ordinary comment. */
export interface Docs {
  /** The doc lines of what begins at an offset. */
  takeAbove(offset: number): readonly string[];
  rest(): readonly Comment[];
}

export function createDocs(context: Context, comments: readonly Comment[]): Docs {
  const taken = new Set<Comment>();
  let cursor = 0;
  return {
    takeAbove(offset) {
      const before = context.tokenBefore(offset);
      const from = before === null ? 0 : endOf(before);
      while (cursor < comments.length && comments[cursor]!.span.start < from) cursor += 1;
      const doc: string[] = [];
      for (; cursor < comments.length && comments[cursor]!.span.start < offset; cursor += 1) {
        const comment = comments[cursor]!;
        // what follows a token on its line is about that token
        const ownLine = before === null || /[\r\n]/.test(context.source.text.slice(from, comment.span.start));
        if (!isDoc(comment) || !ownLine) continue;
        taken.add(comment);
        doc.push(comment.text.slice(3).replace(/^ /, ''));
      }
      return doc;
    },
    // a doc comment that documents nothing is an ordinary one, and so it stays when it is printed elsewhere
    rest: () => comments.filter((comment) => !taken.has(comment)).map((comment) => (isDoc(comment) ? { ...comment, text: comment.text.slice(1) } : comment)),
  };
}

function isDoc(comment: Comment): boolean {
  return comment.text.startsWith('///') && !comment.text.startsWith('////');
}
