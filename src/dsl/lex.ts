import { createTokenInstance, Lexer, type ILexingError, type IToken } from 'chevrotain';
import type { Diagnostic } from '../support/diagnostic.ts';
import type { Source } from '../support/source.ts';
import type { Comment } from './ast.ts';
import { lazy } from './lazy.ts';
import { explainNumber, isWellFormedNumber } from './numberText.ts';
import { T, VOCABULARY } from './tokens.ts';

const lexer = lazy(() => new Lexer([...VOCABULARY], { positionTracking: 'onlyOffset', ensureOptimizations: true, skipValidations: true }));

export interface Lexed {
  readonly tokens: readonly IToken[];
  /** All comments, doc comments included, in the order of the text. */
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Splits a text into tokens. Characters that mean nothing stay as `Unknown` tokens; what is wrong with single tokens is reported. */
export function lex(source: Source): Lexed {
  // a byte order mark is one code unit, and so is the blank that takes its place
  const text = source.text.startsWith('\uFEFF') ? ` ${source.text.slice(1)}` : source.text;
  const { tokens: read, errors, groups } = lexer().tokenize(text);
  const tokens = errors.length === 0 ? read : [...read, ...errors.map((error) => unknownToken(text, error))].sort((a, b) => a.startOffset - b.startOffset);
  // the lexer leaves this out when it tracks offsets only, and the parser's locations are made of it
  for (const token of tokens) token.endOffset = token.startOffset + token.image.length - 1;
  const comments = (groups['comments'] ?? []).map((token): Comment => ({
    kind: 'comment',
    text: token.image.startsWith('//') ? token.image.trimEnd() : token.image.replaceAll('\r\n', '\n'),
    span: { source, start: token.startOffset, end: token.startOffset + token.image.length },
  }));
  const diagnostics = tokens.flatMap((token) => explainToken(source, token) ?? []);
  return { tokens, comments, diagnostics };
}

function unknownToken(text: string, { offset, length }: ILexingError): IToken {
  return createTokenInstance(T.Unknown, text.slice(offset, offset + length), offset, offset + length - 1, NaN, NaN, NaN, NaN);
}

function explainToken(source: Source, token: IToken): Diagnostic | null {
  const span = { source, start: token.startOffset, end: token.startOffset + token.image.length };
  switch (token.tokenType) {
    case T.NumberText: {
      if (isWellFormedNumber(token.image)) return null;
      const { hint, replacement } = explainNumber(token.image);
      const fix = replacement === null ? {} : { fix: { span, replacement, description: `replace by '${replacement}'` } };
      return { code: 'GL1004', severity: 'error', message: `'${clip(token.image)}' is not a number`, span, hint, ...fix };
    }
    case T.UnterminatedString:
      return { code: 'GL1003', severity: 'error', message: 'this string is not closed', span, hint: 'a string ends on the line on which it begins, with \'"\'' };
    case T.UnterminatedComment:
      return { code: 'GL1003', severity: 'error', message: 'this comment is not closed', span: { ...span, end: span.start + 2 }, hint: "it ends with '*/'" };
    case T.SingleQuoted:
      return {
        code: 'GL1001', severity: 'error', message: "unexpected character '\\''", span, hint: 'strings are written in double quotes',
        fix: { span, replacement: JSON.stringify(token.image.slice(1, -1)), description: 'use double quotes' },
      };
    case T.Unknown:
      return explainUnknown(token.image, span);
    default:
      return null;
  }
}

/** Characters that look like, or stand in other languages for, one of ours. */
const LOOKALIKES: { readonly [character: string]: readonly [replacement: string, hint: string] } = {
  '\u2212': ['-', "this is the minus sign U+2212; write '-'"],
  '\u2013': ['-', "this is a dash; write '-'"],
  '\u2014': ['-', "this is a dash; write '-'"],
  '\u00D7': ['*', "a product is written '*'"],
  '\u00B7': ['*', "a product is written '*'"],
  '\u00F7': ['/', "a quotient is written '/'"],
  '\u2264': ['<=', "write '<='"],
  '\u2265': ['>=', "write '>='"],
  '\u2260': ['!=', "write '!='"],
  '\u00A0': [' ', 'this is a no-break space (U+00A0)'],
  '&': ['&&', "'and' is written '&&'"],
  '|': ['||', "'or' is written '||'"],
  ';': ['', 'items need no separator'],
};

function explainUnknown(image: string, span: { readonly source: Source; readonly start: number; readonly end: number }): Diagnostic {
  const known = LOOKALIKES[image];
  const characters = [...image];
  const message = characters.length === 1 ? `unexpected character ${showCharacter(image)}` : `unexpected characters '${clip(characters.filter((c) => !isInvisible(c)).join(''))}'`;
  if (known !== undefined) {
    const [replacement, hint] = known;
    return { code: 'GL1001', severity: 'error', message, span, hint, fix: { span, replacement, description: replacement === '' ? 'remove it' : `replace by '${replacement}'` } };
  }
  const hint = unknownHint(image);
  return { code: 'GL1001', severity: 'error', message, span, ...(hint === null ? {} : { hint }) };
}

function unknownHint(image: string): string | null {
  if (/[\u2018-\u201F\u00AB\u00BB`]/.test(image)) return "strings are written in straight double quotes";
  if (/[[\]]/.test(image)) return "there are no brackets but '( )' and '{ }'";
  if (image.startsWith('#')) return "a comment begins with '//'";
  if (image === '%') return 'there is no remainder operator';
  if (/[\p{L}\p{N}]/u.test(image)) return 'names are made of the letters a to z and A to Z, digits and underscores';
  return null;
}

function showCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  return isInvisible(character) ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}` : `'${character}'`;
}

function isInvisible(character: string): boolean {
  return /[\p{C}\p{Z}\p{M}]/u.test(character);
}

function clip(text: string): string {
  const characters = [...text];
  return characters.length <= 20 ? text : `${characters.slice(0, 19).join('')}…`;
}
