import { tokenMatcher, type CstNode, type IToken } from 'chevrotain';
import type { Ident, ImportItem } from './ast.ts';
import { describe, inOrder, startOf, tokenOf, type Context } from './context.ts';
import { identOf, unescape } from './exprToAst.ts';
import { endOf } from './repair.ts';
import { T } from './tokens.ts';

type Path = ImportItem['from'];

const IMPORT_EXAMPLE = 'for example: import { my_term } from "./terms.ganloss"';

/** The parts of an import; a path that is missing or damaged is empty, and reported. */
export function importParts(context: Context, node: CstNode): { readonly names: readonly Ident[]; readonly from: Path } {
  const keyword = tokenOf(node, 'Import')!;
  const open = tokenOf(node, 'LCurly');
  const close = tokenOf(node, 'RCurly');
  const from = tokenOf(node, 'from');
  const path = tokenOf(node, 'String');
  const names = open === null ? [] : importedNames(context, node);
  const nothing = (offset: number): Path => ({ path: '', span: context.span(offset, offset) });
  const expected = (offset: number, what: string): void => {
    context.unexpected(context.tokenFrom(offset), { message: `expected ${what}`, hint: IMPORT_EXAMPLE });
  };

  if (open === null || close === null) {
    expected(endOf(keyword), "'{' after 'import'");
    return { names, from: nothing(endOf(keyword)) };
  }
  if (from === null) {
    expected(endOf(close), "'from' after the imported names");
    return { names, from: path === null ? nothing(endOf(close)) : pathOf(context, path) };
  }
  if (from.image !== 'from') context.unexpected(from, { message: `expected 'from', found ${describe(from)}`, fix: { span: context.span(from.startOffset, endOf(from)), replacement: 'from', description: "replace by 'from'" } });
  if (path === null) {
    expected(endOf(from), "a path in double quotes after 'from'");
    return { names, from: nothing(endOf(from)) };
  }
  return { names, from: pathOf(context, path) };
}

function pathOf(context: Context, token: IToken): Path {
  return { path: token.tokenType === T.StringText ? unescape(token.image) : '', span: context.span(token.startOffset, endOf(token)) };
}

function importedNames(context: Context, node: CstNode): readonly Ident[] {
  const names: Ident[] = [];
  let afterName = false;
  let damaged = false;
  for (const element of inOrder(node, 'Identifier', 'Comma', 'Any', 'block')) {
    const isToken = 'image' in element;
    if (isToken && element.tokenType === T.Comma) {
      if (!afterName && !damaged) context.unexpected(element, { message: "expected a name before ','" });
      afterName = false;
      damaged = false;
    } else if (isToken && !afterName && tokenMatcher(element, T.Identifier)) {
      names.push(identOf(context, element));
      afterName = true;
    } else {
      if (!damaged) context.unexpected(context.tokenFrom(startOf(element)), { message: `expected ${afterName ? "',' or '}'" : 'a name'}, found ${describe(context.tokenFrom(startOf(element)))}` });
      damaged = true;
      afterName = true;
    }
  }
  return names;
}
