import { CstParser, EOF, tokenMatcher, type CstNode, type IToken, type TokenType } from 'chevrotain';
import { lazy } from './lazy.ts';
import { T, VOCABULARY } from './tokens.ts';

const LITERALS: ReadonlySet<TokenType> = new Set([T.NumberText, T.StringText, T.UnterminatedString, T.SingleQuoted, T.True, T.False, T.None]);

/**
 * The grammar, wider than the language on purpose: whatever a person may leave out or put in its place is read too, and
 * `toAst` says in words what is wrong with it. It is handed balanced brackets only (`repair`). A chain of operators and
 * operands is read flat; `toAst` gives it its shape. So nesting, which is bounded, is the only recursion.
 */
class Grammar extends CstParser {
  constructor() {
    super([...VOCABULARY], { nodeLocationTracking: 'onlyOffset', maxLookahead: 1, recoveryEnabled: false });
    this.performSelfAnalysis();
  }

  // file = { item }
  readonly file = this.RULE('file', () => {
    this.MANY(() => this.SUBRULE(this.item));
  });

  private readonly item = this.RULE('item', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.importItem) },
        { ALT: () => this.SUBRULE(this.settingItem) },
        { GATE: () => this.startsPool(), ALT: () => this.SUBRULE(this.poolItem) },
        { ALT: () => this.SUBRULE(this.weightClipItem) },
        { ALT: () => this.SUBRULE(this.paramItem) },
        { ALT: () => this.SUBRULE(this.inputItem) },
        { ALT: () => this.SUBRULE(this.letItem) },
        { GATE: () => this.startsTerm(), ALT: () => this.SUBRULE(this.termItem) },
        { ALT: () => this.SUBRULE(this.objectiveItem) },
        { ALT: () => this.SUBRULE(this.clause) },
        { GATE: () => this.LA(2).tokenType === T.Equals, ALT: () => this.SUBRULE(this.bareAssignment) },
        { ALT: () => this.SUBRULE(this.expr) },
        { ALT: () => this.SUBRULE(this.junk) },
        { ALT: () => this.CONSUME(T.Comma) },
      ],
      IGNORE_AMBIGUITIES: true,
    });
  });

  // import = "import" "{" ident { "," ident } "}" "from" string
  private readonly importItem = this.RULE('importItem', () => {
    this.CONSUME(T.Import);
    this.OPTION(() => {
      this.CONSUME(T.LCurly);
      this.MANY(() => this.OR({
        DEF: [
          { ALT: () => this.CONSUME1(T.Identifier) },
          { ALT: () => this.CONSUME(T.Comma) },
          { ALT: () => this.SUBRULE(this.block) },
          { ALT: () => this.CONSUME(T.Any) },
        ],
        IGNORE_AMBIGUITIES: true,
      }));
      this.CONSUME(T.RCurly);
    });
    this.OPTION2({
      GATE: () => this.LA(1).tokenType === T.From || tokenMatcher(this.LA(2), T.StringText),
      DEF: () => this.CONSUME2(T.Identifier, { LABEL: 'from' }),
    });
    this.OPTION3(() => this.CONSUME(T.StringText));
  });

  // setting = ( "model" | "reduction" | "math" ) ident
  private readonly settingItem = this.RULE('settingItem', () => {
    this.CONSUME(T.Setting);
    this.OPTION(() => this.OR([{ ALT: () => this.CONSUME(T.Equals) }, { ALT: () => this.CONSUME(T.Colon) }]));
    // `none` is a reduction, and a word of its own
    this.OPTION1(() => this.OR1([{ ALT: () => this.CONSUME(T.Identifier) }, { ALT: () => this.CONSUME(T.None) }]));
  });

  // pool = "pool" call
  private readonly poolItem = this.RULE('poolItem', () => {
    this.CONSUME(T.Pool);
    this.OPTION(() => this.CONSUME(T.Equals));
    this.OPTION1(() => {
      this.SUBRULE(this.primary);
      this.MANY(() => this.SUBRULE(this.member));
      this.OPTION2(() => this.SUBRULE(this.call));
    });
  });

  // weight_clip = "weight_clip" expr
  private readonly weightClipItem = this.RULE('weightClipItem', () => {
    this.CONSUME(T.WeightClip);
    this.OPTION(() => this.OR([{ ALT: () => this.CONSUME(T.Equals) }, { ALT: () => this.CONSUME(T.Colon) }]));
    this.OPTION1(() => this.SUBRULE(this.expr));
  });

  // param = "param" ident "=" number
  private readonly paramItem = this.RULE('paramItem', () => {
    this.CONSUME(T.Param);
    this.SUBRULE(this.definition);
  });

  // input = "input" ident
  private readonly inputItem = this.RULE('inputItem', () => {
    this.CONSUME(T.Input);
    this.OPTION(() => this.CONSUME(T.Identifier));
  });

  // let = "let" ident "=" expr
  private readonly letItem = this.RULE('letItem', () => {
    this.CONSUME(T.Let);
    this.SUBRULE(this.definition);
  });

  private readonly definition = this.RULE('definition', () => {
    this.OPTION(() => this.CONSUME(T.Identifier));
    this.OPTION1(() => {
      this.CONSUME(T.Equals);
      this.OPTION2(() => this.SUBRULE(this.expr));
    });
  });

  // what a person writes who forgets `let`
  private readonly bareAssignment = this.RULE('bareAssignment', () => {
    this.CONSUME(T.Identifier);
    this.CONSUME(T.Equals);
    this.OPTION(() => this.SUBRULE(this.expr));
  });

  // state = "state" ident "=" expr
  private readonly stateMember = this.RULE('stateMember', () => {
    this.CONSUME(T.State);
    this.SUBRULE(this.definition);
  });

  // update = "update" ident "=" expr
  private readonly updateMember = this.RULE('updateMember', () => {
    this.CONSUME(T.Update);
    this.SUBRULE(this.definition);
  });

  // term = "term" ident "(" [ formal { "," formal } ] ")" ( "=" expr | "{" { let | state | update | clause } "}" )
  private readonly termItem = this.RULE('termItem', () => {
    this.OPTION(() => this.CONSUME(T.Identifier, { LABEL: 'modifier' }));
    this.CONSUME(T.Term);
    this.OPTION1(() => this.CONSUME1(T.Identifier));
    this.OPTION2(() => this.SUBRULE(this.formals));
    this.OPTION3(() => this.OR1([
      { ALT: () => { this.CONSUME(T.Equals); this.OPTION4(() => this.SUBRULE(this.expr)); } },
      { ALT: () => this.SUBRULE(this.body) },
    ]));
  });

  private readonly formals = this.RULE('formals', () => {
    this.CONSUME(T.LParen);
    this.MANY(() => this.OR({
      DEF: [
        { ALT: () => this.CONSUME(T.Comma) },
        { ALT: () => this.SUBRULE(this.formal) },
        { ALT: () => this.SUBRULE(this.expr) },
        { ALT: () => this.SUBRULE(this.junk) },
      ],
      IGNORE_AMBIGUITIES: true,
    }));
    this.CONSUME(T.RParen);
  });

  // formal = ident [ "=" expr ]
  private readonly formal = this.RULE('formal', () => {
    this.CONSUME(T.Identifier);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(T.Equals) }, { ALT: () => this.CONSUME(T.Colon) }]);
      this.OPTION1(() => this.SUBRULE(this.expr));
    });
  });

  private readonly body = this.RULE('body', () => {
    this.CONSUME(T.LCurly);
    this.MANY(() => this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.letItem) },
        { ALT: () => this.SUBRULE(this.clause) },
        { GATE: () => this.beforeName(T.State), ALT: () => this.SUBRULE(this.stateMember) },
        { GATE: () => this.beforeName(T.Update), ALT: () => this.SUBRULE(this.updateMember) },
        { GATE: () => this.LA(2).tokenType === T.Equals, ALT: () => this.SUBRULE(this.bareAssignment) },
        { ALT: () => this.SUBRULE(this.expr) },
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.CONSUME(T.Any) },
      ],
      IGNORE_AMBIGUITIES: true,
    }));
    this.CONSUME(T.RCurly);
  });

  // clause = ( "generator" | "discriminator" ) "=" expr
  private readonly clause = this.RULE('clause', () => {
    this.CONSUME(T.PlayerWord);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(T.Equals) }, { ALT: () => this.CONSUME(T.Colon) }]);
      this.OPTION1(() => this.SUBRULE(this.expr));
    });
  });

  // objective = [ "objective" "=" ] expr
  private readonly objectiveItem = this.RULE('objectiveItem', () => {
    this.CONSUME(T.Objective);
    this.OPTION(() => this.OR([{ ALT: () => this.CONSUME(T.Equals) }, { ALT: () => this.CONSUME(T.Colon) }]));
    this.OPTION1(() => this.SUBRULE(this.expr));
  });

  // expr = chain [ "?" expr ":" expr ]; the last branch may go on with "?", which is read here, not by recursion
  private readonly expr = this.RULE('expr', () => {
    this.SUBRULE(this.chain);
    this.MANY(() => this.SUBRULE(this.branch));
  });

  private readonly branch = this.RULE('branch', () => {
    this.CONSUME(T.Question);
    this.OPTION(() => this.SUBRULE(this.expr));
    this.OPTION1(() => {
      this.CONSUME(T.Colon);
      this.OPTION2(() => this.SUBRULE1(this.chain));
    });
  });

  // operators and operands in any order, except that an operand after an operand begins something else
  private readonly chain = this.RULE('chain', () => {
    let afterOperand = false;
    this.AT_LEAST_ONE({
      GATE: () => !afterOperand || tokenMatcher(this.LA(1), T.Operator) || this.LA(1).tokenType === T.Minus,
      DEF: () => {
        this.OR([
          { ALT: () => { this.CONSUME(T.Operator); afterOperand = false; } },
          { ALT: () => { this.CONSUME(T.Minus); afterOperand = false; } },
          { ALT: () => { this.CONSUME(T.Bang); afterOperand = false; } },
          { ALT: () => { this.SUBRULE(this.postfix); afterOperand = true; } },
        ]);
      },
    });
  });

  // postfix = primary { "." ident | "(" [ arg { "," arg } ] ")" }
  private readonly postfix = this.RULE('postfix', () => {
    this.SUBRULE(this.primary);
    // a literal is never called: a bracket on the line after `param k = 10` begins an objective
    this.MANY({
      GATE: () => this.LA(1).tokenType !== T.LParen || !LITERALS.has(this.LA(0).tokenType),
      DEF: () => this.OR([{ ALT: () => this.SUBRULE(this.member) }, { ALT: () => this.SUBRULE(this.call) }]),
    });
  });

  private readonly member = this.RULE('member', () => {
    this.CONSUME(T.Dot);
    this.OPTION(() => this.CONSUME(T.Identifier));
  });

  private readonly call = this.RULE('call', () => {
    this.CONSUME(T.LParen);
    this.MANY(() => this.OR([
      { ALT: () => this.CONSUME(T.Comma) },
      { ALT: () => this.SUBRULE(this.arg) },
      { ALT: () => this.SUBRULE(this.junk) },
    ]));
    this.CONSUME(T.RParen);
  });

  // arg = [ ident ":" ] expr
  private readonly arg = this.RULE('arg', () => {
    this.OR({
      DEF: [
        {
          GATE: () => this.LA(2).tokenType === T.Colon || this.LA(2).tokenType === T.Equals,
          ALT: () => {
            this.CONSUME(T.Identifier);
            this.OR1([{ ALT: () => this.CONSUME(T.Colon) }, { ALT: () => this.CONSUME(T.Equals) }]);
            this.OPTION(() => this.SUBRULE(this.expr));
          },
        },
        { ALT: () => this.SUBRULE1(this.expr) },
      ],
      IGNORE_AMBIGUITIES: true,
    });
  });

  // primary = number | string | "true" | "false" | "none" | ident | "(" expr ")"
  private readonly primary = this.RULE('primary', () => {
    this.OR([
      { ALT: () => this.CONSUME(T.NumberText) },
      { ALT: () => this.CONSUME(T.StringText) },
      { ALT: () => this.CONSUME(T.True) },
      { ALT: () => this.CONSUME(T.False) },
      { ALT: () => this.CONSUME(T.None) },
      { ALT: () => this.CONSUME(T.Identifier) },
      { ALT: () => this.CONSUME(T.Missing) },
      { ALT: () => this.SUBRULE(this.parens) },
    ]);
  });

  private readonly parens = this.RULE('parens', () => {
    this.CONSUME(T.LParen);
    this.MANY(() => this.OR([
      { ALT: () => this.SUBRULE(this.expr) },
      { ALT: () => this.CONSUME(T.Comma) },
      { ALT: () => this.SUBRULE(this.junk) },
    ]));
    this.CONSUME(T.RParen);
  });

  // what can begin nothing
  private readonly junk = this.RULE('junk', () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Equals) },
      { ALT: () => this.CONSUME(T.Colon) },
      { ALT: () => this.CONSUME(T.Dot) },
      { ALT: () => this.CONSUME(T.Question) },
      { ALT: () => this.SUBRULE(this.block) },
    ]);
  });

  private readonly block = this.RULE('block', () => {
    this.CONSUME(T.LCurly);
    this.MANY(() => this.OR([{ ALT: () => this.CONSUME(T.Any) }, { ALT: () => this.SUBRULE(this.block) }]));
    this.CONSUME(T.RCurly);
  });

  private startsTerm(): boolean {
    const first = this.LA(1).tokenType;
    return first === T.Term || ((first === T.Auxiliary || first === T.Nonnegative) && this.LA(2).tokenType === T.Term);
  }

  /** Whether a contextual word stands before a name: there it is the word, everywhere else a name itself. */
  private beforeName(word: TokenType): boolean {
    return this.LA(1).tokenType === word && tokenMatcher(this.LA(2), T.Identifier);
  }

  private startsPool(): boolean {
    const next = this.LA(2).tokenType;
    return ![T.LParen, T.Dot, T.Operator, T.Minus, T.Question, T.Comma, T.RCurly].includes(next);
  }
}

const grammar = lazy(() => new Grammar());

/** What the parser stopped at; the grammar is wide enough that this is rare. */
export interface Stop {
  readonly token: IToken | null;
}

/** Reads tokens whose brackets are balanced. */
export function parseTokens(tokens: readonly IToken[]): { readonly cst: CstNode; readonly stops: readonly Stop[] } {
  const parser = grammar();
  parser.input = [...tokens];
  const cst = parser.file();
  const stops = parser.errors.map((error) => ({ token: error.token.tokenType === EOF ? null : error.token }));
  parser.reset();
  return { cst, stops };
}
