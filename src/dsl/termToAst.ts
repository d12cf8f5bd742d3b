import type { CstNode, IToken } from 'chevrotain';
import type { Clause, Formal, Player, TermBody, TermItem, TermMember, TermModifier } from './ast.ts';
import { describe, endOfElement, inOrder, nodeOf, startOf, tokenOf, type Context } from './context.ts';
import { definitionParts, nameAfter } from './definitionToAst.ts';
import type { Docs } from './docs.ts';
import { exprToAst, identOf, missingAfter, wrongSign } from './exprToAst.ts';
import { bareAssignmentToMember } from './mistakes.ts';
import { endOf } from './repair.ts';
import { T } from './tokens.ts';

/** What a `term` item consists of. */
export function termToAst(context: Context, node: CstNode, docs: Docs): Pick<TermItem, 'modifier' | 'name' | 'formals' | 'body'> {
  const keyword = tokenOf(node, 'Term')!;
  const name = nameAfter(context, keyword, tokenOf(node, 'Identifier'));
  const list = nodeOf(node, 'formals');
  if (list === null && name.name !== '') {
    const end = name.span.end;
    context.unexpected(context.tokenFrom(end), {
      message: `expected '(' after '${name.name}'`, hint: `a term without arguments is written '${name.name}()'`,
      fix: { span: context.span(end, end), replacement: '()', description: "insert '()'" },
    });
  }
  const formals = list === null ? [] : formalsOf(context, list);
  const headEnd = list === null ? Math.max(name.span.end, endOf(keyword)) : endOfElement(list);
  return { modifier: modifierOf(tokenOf(node, 'modifier')), name, formals, body: bodyOf(context, node, headEnd, docs, name.name !== '' && list !== null) };
}

function modifierOf(token: IToken | null): TermModifier | null {
  if (token?.tokenType === T.Auxiliary) return 'auxiliary';
  if (token?.tokenType === T.Nonnegative) return 'nonnegative';
  return null;
}

function formalsOf(context: Context, node: CstNode): readonly Formal[] {
  const formals: Formal[] = [];
  let afterFormal = false;
  let damaged = false;
  for (const element of inOrder(node, 'Comma', 'formal', 'expr', 'junk')) {
    if ('image' in element) {
      if (!afterFormal && !damaged) context.unexpected(element, { message: "expected a name before ','" });
      afterFormal = false;
      damaged = false;
    } else if (element.name === 'formal' && !afterFormal) {
      formals.push(formalOf(context, element));
      afterFormal = true;
    } else {
      const at = context.tokenFrom(startOf(element));
      if (!damaged) context.unexpected(at, { message: `expected ${afterFormal ? "',' or ')'" : 'a name'}, found ${describe(at)}` });
      afterFormal = true;
      damaged = true;
    }
  }
  return formals;
}

function formalOf(context: Context, node: CstNode): Formal {
  const name = identOf(context, tokenOf(node, 'Identifier')!);
  const colon = tokenOf(node, 'Colon');
  const sign = tokenOf(node, 'Equals') ?? colon;
  const value = nodeOf(node, 'expr');
  if (colon !== null) wrongSign(context, colon, '=', 'a default stands');
  const fallback = sign === null ? null : value === null ? missingAfter(context, endOf(sign), `'${sign.image}'`) : exprToAst(context, value);
  return { name, default: fallback, span: context.span(startOf(node), endOfElement(node)) };
}

function bodyOf(context: Context, node: CstNode, headEnd: number, docs: Docs, headIsWhole: boolean): TermBody {
  const body = nodeOf(node, 'body');
  if (body !== null) return { kind: 'tensors', members: membersOf(context, body, docs), span: context.span(startOf(body), endOfElement(body)) };
  const equals = tokenOf(node, 'Equals');
  if (equals === null) {
    // one message a term head is enough
    if (headIsWhole) context.unexpected(context.tokenFrom(headEnd), { message: "expected '{' or '=' after the term's arguments", hint: "'=' and an expression for a term made of terms, '{ … }' for one made of tensors" });
    return { kind: 'terms', value: { kind: 'missing', span: context.span(headEnd, headEnd) } };
  }
  const value = nodeOf(node, 'expr');
  return { kind: 'terms', value: value === null ? missingAfter(context, endOf(equals), "'='") : exprToAst(context, value) };
}

function membersOf(context: Context, node: CstNode, docs: Docs): readonly TermMember[] {
  const members: TermMember[] = [];
  let damaged = false;
  for (const element of inOrder(node, 'letItem', 'stateMember', 'updateMember', 'clause', 'bareAssignment', 'expr', 'block', 'Any')) {
    const start = startOf(element);
    const doc = docs.takeAbove(start);
    const errors = context.errorCount();
    if ('image' in element || element.name === 'expr' || element.name === 'block') {
      // a run of what belongs nowhere is one mistake
      if (!damaged) {
        const at = context.tokenFrom(start);
        context.unexpected(at, { message: `expected 'let', 'generator =' or 'discriminator =', found ${describe(at)}` });
      }
      damaged = true;
      continue;
    }
    const span = context.span(start, endOfElement(element));
    if (element.name === 'letItem') members.push({ kind: 'let', ...definitionParts(context, element, 'let g = grad(D(real), real)'), doc, span });
    else if (element.name === 'stateMember') members.push({ kind: 'state', ...definitionParts(context, element, 'state k = 0'), doc, span });
    else if (element.name === 'updateMember') members.push({ kind: 'update', ...definitionParts(context, element, 'update k = k + 1'), doc, span });
    else if (element.name === 'bareAssignment') members.push(bareAssignmentToMember(context, element, doc, damaged));
    else members.push(clauseOf(context, element, doc));
    damaged = context.errorCount() > errors;
  }
  return members;
}

function clauseOf(context: Context, node: CstNode, doc: readonly string[]): Clause {
  const keyword = tokenOf(node, 'PlayerWord')!;
  const colon = tokenOf(node, 'Colon');
  const sign = tokenOf(node, 'Equals') ?? colon;
  const value = nodeOf(node, 'expr');
  const player: Player = keyword.tokenType === T.Generator ? 'generator' : 'discriminator';
  const playerSpan = context.span(keyword.startOffset, endOf(keyword));
  const base = { kind: 'clause' as const, player, playerSpan, doc, span: context.span(startOf(node), endOfElement(node)) };
  if (colon !== null) wrongSign(context, colon, '=', "a player's loss stands");
  if (sign === null) {
    context.unexpected(context.tokenFrom(playerSpan.end), { message: `expected '=' after '${player}'` });
    return { ...base, value: { kind: 'missing', span: context.span(playerSpan.end, playerSpan.end) } };
  }
  return { ...base, value: value === null ? missingAfter(context, endOf(sign), `'${player} ${sign.image}'`) : exprToAst(context, value) };
}
