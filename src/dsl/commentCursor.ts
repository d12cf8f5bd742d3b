import type { Comment } from './ast.ts';
import type { Doc } from './doc.ts';

/** The comments of a file, handed out in order as the printer passes their places. */
export interface CommentCursor {
  /** All comments before an offset that were not handed out yet. */
  before(offset: number): Doc;
  /** Of these, the first ones that stand on the line of what precedes them: they are printed before a line end. */
  trailing(offset: number): Doc;
  /** The next comment if it begins before the offset, without handing it out. */
  peek(offset: number): Comment | null;
  isOwn(comment: Comment): boolean;
  /** Hands out the next comment; `own` if it shall not keep the line to itself that it began. */
  take(own?: boolean): Doc;
}


export function createCommentCursor(text: string, comments: readonly Comment[]): CommentCursor {
  let next = 0;
  const peek = (offset: number): Comment | null => {
    const comment = comments[next];
    return comment !== undefined && comment.span.start < offset ? comment : null;
  };
  const isOwn = (comment: Comment): boolean => {
    let at = comment.span.start - 1;
    while (at >= 0 && /[^\S\r\n]/.test(text[at]!)) at -= 1;
    return at < 0 || /[\r\n]/.test(text[at]!);
  };
  const take = (own?: boolean): Doc => {
    const comment = comments[next]!;
    next += 1;
    return { kind: 'comment', text: comment.text, own: own ?? isOwn(comment) };
  };
  return {
    peek,
    isOwn,
    take,
    before(offset) {
      const docs: Doc[] = [];
      while (peek(offset) !== null) docs.push(take());
      return docs;
    },
    trailing(offset) {
      const docs: Doc[] = [];
      for (let comment = peek(offset); comment !== null && !isOwn(comment); comment = peek(offset)) docs.push(take());
      return docs;
    },
  };
}
