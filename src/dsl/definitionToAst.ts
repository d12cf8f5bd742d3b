import type { CstNode, IToken } from 'chevrotain';
import type { Expr, Ident } from './ast.ts';
import { describe, nodeOf, tokenOf, type Context } from './context.ts';
import { exprToAst, identOf, missingAfter } from './exprToAst.ts';
import { endOf } from './repair.ts';

/** A name that has to stand after a keyword; an empty one, reported, where it is missing. */
export function nameAfter(context: Context, keyword: IToken, name: IToken | null): Ident {
  if (name !== null) return identOf(context, name);
  const end = endOf(keyword);
  const at = context.tokenFrom(end);
  context.unexpected(at, { message: `expected a name after '${keyword.image}'`, ...(at === null ? {} : { label: `found ${describe(at)}` }) });
  return { name: '', span: context.span(end, end) };
}

/** `name = expr` after `let`, `param`, `state` or `update`. */
export function definitionParts(context: Context, node: CstNode, example: string): { readonly name: Ident; readonly value: Expr } {
  const keyword = (tokenOf(node, 'Let') ?? tokenOf(node, 'Param') ?? tokenOf(node, 'State') ?? tokenOf(node, 'Update'))!;
  const definition = nodeOf(node, 'definition');
  const name = definition === null ? null : tokenOf(definition, 'Identifier');
  const equals = definition === null ? null : tokenOf(definition, 'Equals');
  const value = definition === null ? null : nodeOf(definition, 'expr');
  const ident = nameAfter(context, keyword, name);
  if (equals === null) {
    const end = name === null ? endOf(keyword) : endOf(name);
    const at = context.tokenFrom(end);
    if (name !== null) context.unexpected(at, { message: `expected '=' after '${name.image}'`, hint: `for example: ${example}` });
    return { name: ident, value: { kind: 'missing', span: context.span(end, end) } };
  }
  return { name: ident, value: value === null ? missingAfter(context, endOf(equals), "'='") : exprToAst(context, value) };
}
