import { createTokenInstance, tokenMatcher, type IToken, type TokenType } from 'chevrotain';
import type { Diagnostic, Label } from '../support/diagnostic.ts';
import type { Source, Span } from '../support/source.ts';
import { MAX_NESTING } from './limits.ts';
import { isWellFormedNumber } from './numberText.ts';
import { T } from './tokens.ts';

export interface Repaired {
  /** What the grammar reads: brackets are balanced, and where an error was reported something harmless stands. */
  readonly tokens: readonly IToken[];
  /** Tokens at which an error would be a consequence of one that has been reported. */
  readonly quiet: ReadonlySet<IToken>;
  /** The same for the end of the text. */
  readonly endIsQuiet: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds what is better found without the grammar, above all brackets, and mends it so that the grammar stays silent about it. */
export function repair(source: Source, lexed: readonly IToken[]): Repaired {
  const words = mendWords(source, lexed);
  return balance(source, words);
}

export const endOf = (token: IToken): number => token.startOffset + token.image.length;

function retype(token: IToken, type: TokenType, image = token.image): IToken {
  return createTokenInstance(type, image, token.startOffset, token.startOffset + image.length - 1, NaN, NaN, NaN, NaN);
}

export function spanOf(source: Source, token: IToken): Span {
  return { source, start: token.startOffset, end: endOf(token) };
}

const NAMING = [T.Let, T.Param, T.Input, T.Term];
const OPERAND_END = [T.Identifier, T.NumberText, T.StringText, T.True, T.False, T.None, T.RParen, T.Missing];
const OPERAND_START = [T.Identifier, T.NumberText, T.StringText, T.True, T.False, T.None, T.LParen, T.Bang];
const WANTS_OPERAND = [T.Operator, T.Minus, T.Bang, T.Equals, T.Colon, T.Question];

function isA(token: IToken | undefined, types: readonly TokenType[]): boolean {
  return token !== undefined && types.some((type) => tokenMatcher(token, type));
}

function mendWords(source: Source, lexed: readonly IToken[]): Repaired {
  const tokens: IToken[] = [];
  const quiet = new Set<IToken>();
  const diagnostics: Diagnostic[] = [];
  let hushNext = false;
  const sameLine = (first: IToken, second: IToken): boolean => !/[\r\n]/.test(source.text.slice(endOf(first), second.startOffset));
  const push = (token: IToken): void => {
    if (hushNext) quiet.add(token);
    hushNext = false;
    tokens.push(token);
  };
  const hush = (token: IToken): void => {
    push(token);
    quiet.add(token);
  };

  lexed.forEach((token, index) => {
    const previous = tokens.at(-1);
    const next = lexed[index + 1];
    const isWord = isA(token, [T.Keyword, T.True, T.False, T.None]);
    if (token.tokenType === T.Unknown || token.tokenType === T.UnterminatedComment) {
      const afterOperand = isA(previous, OPERAND_END);
      const beforeOperand = isA(next, OPERAND_START) && sameLine(token, next!);
      if (afterOperand && beforeOperand && sameLine(previous!, token)) push(retype(token, T.ErrorOperator));
      else if (isA(previous, WANTS_OPERAND) && !beforeOperand) hush(retype(token, T.Missing));
      else hushNext = true;
    } else if (isWord && previous?.tokenType === T.Dot && sameLine(previous, token)) {
      push(retype(token, T.Identifier));
    } else if (isWord && isA(previous, NAMING) && sameLine(previous!, token)) {
      diagnostics.push(reserved(source, token));
      push(retype(token, T.Identifier));
    } else if (token.tokenType === T.NumberText && token.image.startsWith('.') && isA(previous, [T.Identifier, T.RParen]) && endOf(previous!) === token.startOffset) {
      diagnostics.push({ code: 'GL1002', severity: 'error', message: "expected a name after '.'", span: spanOf(source, token) });
      hushNext = true;
    } else if (token.image === '*' && previous?.image === '*' && endOf(previous) === token.startOffset) {
      const span = { source, start: previous.startOffset, end: endOf(token) };
      diagnostics.push({ code: 'GL1002', severity: 'error', message: "unexpected '**'", span, hint: "a power is written '^'", fix: { span, replacement: '^', description: "replace by '^'" } });
      tokens.pop();
      push(retype(previous, T.Operator, '^'));
    } else if (token.tokenType === T.UnterminatedString || token.tokenType === T.SingleQuoted || (token.tokenType === T.NumberText && !isWellFormedNumber(token.image))) {
      hush(token);
    } else {
      push(token);
    }
  });
  return { tokens, quiet, endIsQuiet: hushNext || lexed.at(-1)?.tokenType === T.UnterminatedComment, diagnostics };
}

function reserved(source: Source, token: IToken): Diagnostic {
  return { code: 'GL1002', severity: 'error', message: `'${token.image}' is a word of the language and cannot be a name`, span: spanOf(source, token) };
}

interface Open {
  readonly token: IToken;
  readonly close: ')' | '}';
  readonly ofImport: boolean;
  /** `?` whose `:` has not come. */
  questions: number;
  /** Whether an unterminated string or comment after it may have swallowed its end. */
  excused: boolean;
}

function balance(source: Source, words: Repaired): Repaired {
  const tokens: IToken[] = [];
  const quiet = new Set(words.quiet);
  const diagnostics: Diagnostic[] = [...words.diagnostics];
  const stack: Open[] = [];
  let fileQuestions = 0;
  let pending = 0;
  let endIsQuiet = words.endIsQuiet;

  const closeAbove = (height: number): void => {
    const unclosed = stack.splice(height);
    for (const open of [...unclosed].reverse()) {
      const at = tokens.length === 0 ? 0 : endOf(tokens.at(-1)!);
      const closer = createTokenInstance(open.close === ')' ? T.RParen : T.RCurly, '', at, at - 1, NaN, NaN, NaN, NaN);
      quiet.add(closer);
      quiet.add(open.token);
      tokens.push(closer);
      pending -= open.questions;
    }
    const guilty = unclosed.filter((open) => !open.excused);
    if (guilty.length > 0) diagnostics.push(unclosedBrackets(source, guilty));
  };

  for (const [index, token] of words.tokens.entries()) {
    const top = stack.at(-1);
    const next = words.tokens[index + 1];
    if (token.tokenType === T.LParen || token.tokenType === T.LCurly) {
      stack.push({ token, close: token.tokenType === T.LParen ? ')' : '}', ofImport: tokens.at(-1)?.tokenType === T.Import, questions: 0, excused: false });
    } else if (token.tokenType === T.RParen) {
      if (top?.close !== ')') {
        diagnostics.push(strayClosing(source, token, null));
        hushFollower(next);
        continue;
      }
      pending -= stack.pop()!.questions;
    } else if (token.tokenType === T.RCurly) {
      const height = stack.findLastIndex((open) => open.close === '}');
      if (height < 0) {
        diagnostics.push(strayClosing(source, token, top?.token ?? null));
        hushFollower(next);
        if (top === undefined) continue;
        // one mistake, not two: the wrong closing bracket stands for the right one
        pending -= stack.pop()!.questions;
        const closer = retype(token, T.RParen, ')');
        quiet.add(closer);
        tokens.push(closer);
        continue;
      }
      closeAbove(height + 1);
      pending -= stack.pop()!.questions;
    } else if (top !== undefined && tokenMatcher(token, T.Keyword)) {
      if (beginsItem(words.tokens, index)) {
        const inBody = tokenMatcher(token, T.PlayerWord) || token.tokenType === T.Let;
        closeAbove(inBody ? stack.findLastIndex((open) => open.close === '}' && !open.ofImport) + 1 : 0);
      } else if (top.close === ')') {
        if (next?.tokenType === T.Colon && top.questions === 0) {
          tokens.push(retype(token, T.Identifier));
        } else {
          diagnostics.push(reserved(source, token));
          const hole = retype(token, T.Missing);
          quiet.add(hole);
          tokens.push(hole);
        }
        continue;
      }
    } else if (token.tokenType === T.Question) {
      pending += 1;
      if (top === undefined) fileQuestions += 1;
      else top.questions += 1;
    } else if (token.tokenType === T.Colon) {
      if (top !== undefined && top.questions > 0) {
        top.questions -= 1;
        pending -= 1;
      } else if (top === undefined && fileQuestions > 0) {
        fileQuestions -= 1;
        pending -= 1;
      }
    } else if (token.tokenType === T.UnterminatedString) {
      for (const open of stack) open.excused = true;
    }
    tokens.push(token);
    if (stack.length + pending > MAX_NESTING) {
      const limit: Diagnostic = { code: 'GL1006', severity: 'error', message: 'too deeply nested', span: spanOf(source, token), hint: `at most ${MAX_NESTING} brackets or conditions may be open at a time` };
      return { tokens: [], quiet, endIsQuiet: true, diagnostics: [...diagnostics, limit] };
    }
  }
  if (endIsQuiet) for (const open of stack) open.excused = true;
  if (stack.length > 0) endIsQuiet = true;
  closeAbove(0);
  return { tokens, quiet, endIsQuiet, diagnostics };

  function hushFollower(next: IToken | undefined): void {
    if (next === undefined) endIsQuiet = true;
    else quiet.add(next);
  }
}

/** Whether a keyword inside brackets is so plainly the beginning of an item that the brackets must have been left open. */
function beginsItem(tokens: readonly IToken[], index: number): boolean {
  const token = tokens[index]!;
  const next = tokens[index + 1];
  const afterNext = tokens[index + 2];
  switch (token.tokenType) {
    case T.Let:
    case T.Param:
      return isA(next, [T.Identifier]) && afterNext?.tokenType === T.Equals;
    case T.Objective:
    case T.Generator:
    case T.Discriminator:
      return next?.tokenType === T.Equals;
    case T.Import:
      return next?.tokenType === T.LCurly;
    case T.Term:
      return isA(next, [T.Identifier]) && afterNext?.tokenType === T.LParen;
    default:
      return isA(next, [T.Identifier]);
  }
}

function unclosedBrackets(source: Source, unclosed: readonly Open[]): Diagnostic {
  const [first, ...others] = unclosed;
  const labels = others.map((open): Label => ({ span: spanOf(source, open.token), message: `this '${open.token.image}' is not closed either` }));
  return {
    code: 'GL1003', severity: 'error', message: `expected '${first!.close}' to close this '${first!.token.image}'`,
    span: spanOf(source, first!.token), label: 'it is not closed', ...(labels.length === 0 ? {} : { labels }),
  };
}

function strayClosing(source: Source, token: IToken, open: IToken | null): Diagnostic {
  const span = spanOf(source, token);
  if (open === null) {
    return { code: 'GL1002', severity: 'error', message: `unexpected '${token.image}'`, span, label: 'it closes nothing', fix: { span, replacement: '', description: 'remove it' } };
  }
  return {
    code: 'GL1002', severity: 'error', message: `expected ')', found '${token.image}'`, span,
    labels: [{ span: spanOf(source, open), message: "this '(' is still open" }], fix: { span, replacement: ')', description: "replace by ')'" },
  };
}
