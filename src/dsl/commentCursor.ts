import type { Comment } from './ast.ts';
import type { Doc } from './doc.ts';

/** The comments of a file, handed out in order as the printer passes their places. */
export interface CommentCursor {
  /** All comments before an offset that were not handed out yet; a token is printed next. */
  before(offset: number): Doc;
  /** Of these, the first ones that stand on the line of what precedes them; a line end may follow, and then `before`. */
  trailing(offset: number): Doc;
  /** The next comment if it begins before the offset, without handing it out. */
  peek(offset: number): Comment | null;
  /** Whether the next comment begins a line. */
  nextIsOwn(): boolean;
  /** Hands out the next comment; `own` false if it shall share the line that it begins. */
  take(own?: boolean): Doc;
  /** Says that a token was printed since the last comment. */
  printed(): void;
}

export function createCommentCursor(text: string, comments: readonly Comment[]): CommentCursor {
  let next = 0;
  let afterLineComment = false;
  let tokenFollowed = true;

  const peek = (offset: number): Comment | null => {
    const comment = comments[next];
    return comment !== undefined && comment.span.start < offset ? comment : null;
  };
  const nextIsOwn = (): boolean => {
    // parentheses that are not printed may have stood between the two
    if (afterLineComment && !tokenFollowed) return true;
    let at = comments[next]!.span.start - 1;
    while (at >= 0 && /[^\S\r\n]/.test(text[at]!)) at -= 1;
    return at < 0 || /[\r\n]/.test(text[at]!);
  };
  const take = (own = nextIsOwn()): Doc => {
    const comment = comments[next]!;
    next += 1;
    afterLineComment = comment.text.startsWith('//');
    tokenFollowed = false;
    return { kind: 'comment', text: comment.text, own };
  };
  return {
    peek,
    nextIsOwn,
    take: (own) => take(own),
    printed() {
      tokenFollowed = true;
    },
    before(offset) {
      const docs: Doc[] = [];
      while (peek(offset) !== null) docs.push(take());
      tokenFollowed = true;
      return docs;
    },
    trailing(offset) {
      const docs: Doc[] = [];
      while (peek(offset) !== null && !nextIsOwn()) docs.push(take());
      return docs;
    },
  };
}
