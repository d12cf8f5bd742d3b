import { createToken, Lexer, type TokenType } from 'chevrotain';
import { matchNumber } from './numberText.ts';

/** Every token but braces: what may stand, unread, in a block that belongs nowhere. */
const Any = createToken({ name: 'Any', pattern: Lexer.NA });
/** Words that begin an item or a clause. They are names only after a dot and before an argument's colon. */
const Keyword = createToken({ name: 'Keyword', pattern: Lexer.NA, categories: [Any] });
const Setting = createToken({ name: 'Setting', pattern: Lexer.NA, categories: [Keyword] });
const PlayerWord = createToken({ name: 'PlayerWord', pattern: Lexer.NA, categories: [Keyword] });

const Identifier = createToken({ name: 'Identifier', pattern: /[A-Za-z_]\w*/, categories: [Any] });

function word(name: string, pattern: RegExp, category: TokenType): TokenType {
  return createToken({ name, pattern, longer_alt: Identifier, categories: [category] });
}

function symbol(name: string, pattern: RegExp | string): TokenType {
  return createToken({ name, pattern, categories: [Any] });
}

const Operator = symbol('Operator', /\|\||&&|[=!<>]=|[<>+*/^]/);
const NumberText = createToken({ name: 'Number', pattern: matchNumber, line_breaks: false, start_chars_hint: [...'0123456789.'], categories: [Any] });
const StringText = symbol('String', /"(?:[^"\\\r\n]|\\[^\r\n])*"/);

/** The vocabulary, by role. Token types are constants; they never leave this folder. */
export const T = {
  Any, Keyword, Setting, PlayerWord, Identifier, Operator, StringText, NumberText,
  Import: word('Import', /import/, Keyword),
  Model: word('Model', /model/, Setting),
  Reduction: word('Reduction', /reduction/, Setting),
  Math: word('Math', /math/, Setting),
  WeightClip: word('WeightClip', /weight_clip/, Keyword),
  Param: word('Param', /param/, Keyword),
  Input: word('Input', /input/, Keyword),
  Let: word('Let', /let/, Keyword),
  Term: word('Term', /term/, Keyword),
  Objective: word('Objective', /objective/, Keyword),
  Generator: word('Generator', /generator/, PlayerWord),
  Discriminator: word('Discriminator', /discriminator/, PlayerWord),
  // contextual: names everywhere else
  Pool: word('Pool', /pool/, Identifier),
  From: word('From', /from/, Identifier),
  Auxiliary: word('Auxiliary', /auxiliary/, Identifier),
  Nonnegative: word('Nonnegative', /nonnegative/, Identifier),
  State: word('State', /state/, Identifier),
  Update: word('Update', /update/, Identifier),
  True: word('True', /true/, Any),
  False: word('False', /false/, Any),
  None: word('None', /none/, Any),
  Minus: symbol('Minus', '-'),
  Bang: symbol('Bang', '!'),
  LParen: symbol('LParen', '('),
  RParen: symbol('RParen', ')'),
  LCurly: createToken({ name: 'LCurly', pattern: '{' }),
  RCurly: createToken({ name: 'RCurly', pattern: '}' }),
  Comma: symbol('Comma', ','),
  Colon: symbol('Colon', ':'),
  Dot: symbol('Dot', '.'),
  Equals: symbol('Equals', '='),
  Question: symbol('Question', '?'),
  UnterminatedString: createToken({ name: 'UnterminatedString', pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*\\?/, categories: [StringText, Any] }),
  SingleQuoted: createToken({ name: 'SingleQuoted', pattern: /'[^'\r\n]*'/, categories: [StringText, Any] }),
  WhiteSpace: createToken({ name: 'WhiteSpace', pattern: /[ \t\r\n\f\v]+/, group: Lexer.SKIPPED, line_breaks: true }),
  LineComment: createToken({ name: 'LineComment', pattern: /\/\/[^\r\n]*/, group: 'comments' }),
  BlockComment: createToken({ name: 'BlockComment', pattern: /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//, group: 'comments', line_breaks: true }),
  UnterminatedComment: createToken({ name: 'UnterminatedComment', pattern: /\/\*[^]*/, line_breaks: true }),
  /** What the lexer could not read: a run of characters that mean nothing. */
  Unknown: createToken({ name: 'Unknown', pattern: Lexer.NA }),
  /** An unknown character between two operands. */
  ErrorOperator: createToken({ name: 'ErrorOperator', pattern: Lexer.NA, categories: [Operator, Any] }),
  /** Stands where an expression was expected and an error has been reported; never read from a text. */
  Missing: createToken({ name: 'Missing', pattern: Lexer.NA, categories: [Any] }),
} as const;

/** The types in the order in which they are tried. */
export const VOCABULARY: readonly TokenType[] = [
  T.WhiteSpace, T.LineComment, T.BlockComment, T.UnterminatedComment,
  T.Import, T.Model, T.Reduction, T.Math, T.WeightClip, T.Param, T.Input, T.Let, T.Term, T.Objective, T.Generator, T.Discriminator,
  T.Pool, T.From, T.Auxiliary, T.Nonnegative, T.State, T.Update, T.True, T.False, T.None, T.Identifier,
  T.NumberText, T.StringText, T.UnterminatedString, T.SingleQuoted,
  T.Operator, T.Minus, T.Bang, T.LParen, T.RParen, T.LCurly, T.RCurly, T.Comma, T.Colon, T.Dot, T.Equals, T.Question,
  T.Unknown, T.ErrorOperator, T.Missing, T.Any, T.Keyword, T.Setting, T.PlayerWord,
];
