import { tokenMatcher, type CstNode } from 'chevrotain';
import { didYouMean, suggest } from '../support/suggest.ts';
import type { Clause, Expr, Ident, LetItem, ObjectiveItem, Player } from './ast.ts';
import { describe, endOfElement, nodeOf, startOf, tokenOf, type Context, type SyntaxProblem } from './context.ts';
import { exprToAst, identOf, missingAfter } from './exprToAst.ts';
import { endOf } from './repair.ts';
import { T } from './tokens.ts';

interface Bare {
  readonly name: Ident;
  readonly value: Expr;
  readonly doc: readonly string[];
  readonly span: Expr['span'];
}

/** `k = 10` between items: read as the `let` or the objective that it was meant to be. */
export function bareAssignmentToItem(context: Context, node: CstNode, doc: readonly string[], hushed: boolean): LetItem | ObjectiveItem {
  const bare = bareParts(context, node, doc);
  const objective = suggest(bare.name.name, ['objective']).length > 0;
  if (!hushed) {
    reportBare(context, node, {
      message: `unexpected '${bare.name.name} ='`,
      ...(objective
        ? { hint: "did you mean 'objective'?", fix: replaceName(bare.name, 'objective') }
        : { hint: `a name is defined by 'let ${bare.name.name} = …'`, fix: insertLet(context, bare.name) }),
    });
  }
  const { name, value, span } = bare;
  return objective ? { kind: 'objective', explicit: true, value, doc, span } : { kind: 'let', name, value, doc, span };
}

/** `k = 10` in a term's body: the `let` or the clause that it was meant to be. */
export function bareAssignmentToMember(context: Context, node: CstNode, doc: readonly string[], hushed: boolean): LetItem | Clause {
  const bare = bareParts(context, node, doc);
  const player = playerMeant(bare.name.name);
  if (!hushed) {
    reportBare(context, node, {
      message: `expected 'let', 'generator =' or 'discriminator =', found '${bare.name.name} ='`,
      ...(player !== null
        ? { hint: `did you mean '${player}'?`, fix: replaceName(bare.name, player) }
        : { hint: `a name is defined by 'let ${bare.name.name} = …'`, fix: insertLet(context, bare.name) }),
    });
  }
  const { name, value, span } = bare;
  return player === null ? { kind: 'let', name, value, doc, span } : { kind: 'clause', player, playerSpan: name.span, value, doc, span };
}

function bareParts(context: Context, node: CstNode, doc: readonly string[]): Bare {
  const name = identOf(context, tokenOf(node, 'Identifier')!);
  const equals = tokenOf(node, 'Equals')!;
  const value = nodeOf(node, 'expr');
  return { name, value: value === null ? missingAfter(context, endOf(equals), "'='") : exprToAst(context, value), doc, span: context.span(startOf(node), endOfElement(node)) };
}

function reportBare(context: Context, node: CstNode, problem: SyntaxProblem): void {
  const equals = tokenOf(node, 'Equals')!;
  context.unexpected(context.tokenFrom(startOf(node)), { span: context.span(startOf(node), endOf(equals)), ...problem });
}

function replaceName(name: Ident, replacement: string): SyntaxProblem['fix'] {
  return { span: name.span, replacement, description: `replace by '${replacement}'` };
}

function insertLet(context: Context, name: Ident): SyntaxProblem['fix'] {
  return { span: context.span(name.span.start, name.span.start), replacement: 'let ', description: "insert 'let'" };
}

/** Names that other systems, or tired fingers, have for the players. */
function playerMeant(name: string): Player | null {
  if (/^(critic|d|disc)$/i.test(name)) return 'discriminator';
  if (/^(g|gen)$/i.test(name)) return 'generator';
  const [closest] = suggest(name, ['generator', 'discriminator']);
  return closest === 'generator' || closest === 'discriminator' ? closest : null;
}

/** A clause outside a term's body. */
export function misplacedClause(context: Context, node: CstNode): void {
  const keyword = tokenOf(node, 'PlayerWord')!;
  context.unexpected(keyword, {
    message: `unexpected '${keyword.image}'`,
    hint: "a player's loss is defined in a term: 'term t() { generator = … }'",
  });
  const value = nodeOf(node, 'expr');
  if (value !== null) exprToAst(context, value);
}

const ITEM_WORDS = ['import', 'model', 'reduction', 'pool', 'math', 'weight_clip', 'param', 'input', 'let', 'term', 'objective'];

/** What to say about a name alone that is followed by something on its line, if it looks like an item's keyword. */
export function misspelt(context: Context, node: CstNode): SyntaxProblem | null {
  const token = context.tokenFrom(startOf(node));
  const end = endOfElement(node);
  if (token === null || !tokenMatcher(token, T.Identifier) || endOf(token) < end) return null;
  const next = context.tokenFrom(end);
  if (next === null || /[\r\n]/.test(context.source.text.slice(end, next.startOffset))) return null;
  if ((token.tokenType === T.State || token.tokenType === T.Update) && tokenMatcher(next, T.Identifier)) {
    return { message: `unexpected ${describe(token)}`, hint: `states live in terms: 'term t() { state ${next.image} = 0 … }'` };
  }
  const words = next.tokenType === T.Term ? ['auxiliary', 'nonnegative'] : next.tokenType === T.LCurly ? ['import'] : next.tokenType === T.Identifier ? ITEM_WORDS : [];
  const meant = suggest(token.image, words);
  const hint = didYouMean(meant.slice(0, 1));
  if (hint === null) return null;
  return { message: `unexpected ${describe(token)}`, hint, fix: { span: context.span(token.startOffset, end), replacement: meant[0]!, description: `replace by '${meant[0]}'` } };
}
