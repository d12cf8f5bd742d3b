import type { Expr } from './ast.ts';
import { createCommentCursor } from './commentCursor.ts';
import { renderDoc } from './doc.ts';
import { exprDoc } from './exprDoc.ts';

/** The canonical text of an expression, on one line. A `missing` expression prints as `…`. */
export function printExpr(expr: Expr): string {
  return renderDoc(exprDoc(expr, createCommentCursor('', [])), Number.POSITIVE_INFINITY);
}
