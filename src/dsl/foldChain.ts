import type { IToken } from 'chevrotain';
import { invariant } from '../support/invariant.ts';
import type { Expr, UnaryOperator } from './ast.ts';
import { missingExpression, type Context } from './context.ts';
import { bounded, type Part } from './part.ts';
import { BINDING, isBinaryOperator, PREFIX_LEVEL } from './precedence.ts';
import { endOf } from './repair.ts';
import { T } from './tokens.ts';

/** An operator, or an operand that is ready. */
export type Piece = IToken | Part;

interface Pending {
  readonly token: IToken;
  readonly prefix: boolean;
}

/** Gives a flat chain of operators and operands its shape, by precedence; without recursion, however long it is. */
export function foldChain(context: Context, pieces: readonly Piece[]): Part {
  const operands: Part[] = [];
  const operators: Pending[] = [];
  let last: IToken | null = null;
  let wantsOperand = true;
  let holeBefore = false;
  let unreadable = false;

  const reduceWhile = (holds: (top: Pending) => boolean): void => {
    while (operators.length > 0 && holds(operators.at(-1)!)) {
      const operator = operators.pop()!;
      const right = operands.pop()!;
      operands.push(bounded(context, operator.prefix ? prefixed(context, operator.token, right) : joined(context, operands.pop()!, operator.token, right)));
    }
  };
  const hole = (at: IToken | null, offset: number): void => {
    // of several operators in a row the first has its message
    if (!holeBefore) {
      context.unexpected(at, missingExpression(context, at, last));
    }
    operands.push({ expr: { kind: 'missing', span: context.span(offset, offset) }, start: offset, end: offset, depth: 1 });
    holeBefore = true;
  };

  for (const piece of pieces) {
    if (!('image' in piece)) {
      operands.push(piece);
      wantsOperand = false;
      holeBefore = false;
      continue;
    }
    if (piece.tokenType === T.ErrorOperator) unreadable = true;
    if (wantsOperand && (piece.tokenType === T.Minus || piece.tokenType === T.Bang)) {
      operators.push({ token: piece, prefix: true });
    } else {
      if (wantsOperand) hole(piece, piece.startOffset);
      const { level, rightAssociative } = bindingOf(piece);
      reduceWhile((top) => {
        const topLevel = top.prefix ? PREFIX_LEVEL : bindingOf(top.token).level;
        return topLevel > level || (topLevel === level && !rightAssociative);
      });
      operators.push({ token: piece, prefix: false });
      wantsOperand = true;
    }
    last = piece;
  }
  if (wantsOperand) hole(context.tokenFrom(endOf(last!)), endOf(last!));
  reduceWhile(() => true);
  const result = operands.pop();
  invariant(result !== undefined && operands.length === 0, 'a chain did not fold');
  if (!unreadable) return result;
  return { expr: { kind: 'missing', span: context.span(result.start, result.end) }, start: result.start, end: result.end, depth: 1 };
}

function bindingOf(token: IToken): { readonly level: number; readonly rightAssociative: boolean } {
  return isBinaryOperator(token.image) ? BINDING[token.image] : BINDING['+'];
}

function prefixed(context: Context, token: IToken, operand: Part): Part {
  const operator: UnaryOperator = token.tokenType === T.Bang ? '!' : '-';
  const span = context.span(token.startOffset, operand.end);
  return { expr: { kind: 'unary', operator, operand: operand.expr, span }, start: span.start, end: span.end, depth: operand.depth + 1 };
}

function joined(context: Context, left: Part, token: IToken, right: Part): Part {
  const span = context.span(left.start, right.end);
  const depth = 1 + Math.max(left.depth, right.depth);
  const operatorSpan = context.span(token.startOffset, endOf(token));
  // an unknown character takes part in the fold, so that errors on both sides are found; its chain becomes a hole
  const expr: Expr = isBinaryOperator(token.image) ? { kind: 'binary', operator: token.image, operatorSpan, left: left.expr, right: right.expr, span } : { kind: 'missing', span };
  return { expr, start: span.start, end: span.end, depth };
}
