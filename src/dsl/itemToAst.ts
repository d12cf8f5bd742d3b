import type { CstNode } from 'chevrotain';
import { invariant } from '../support/invariant.ts';
import type { Expr, Ident, Item, SettingName } from './ast.ts';
import { endOfElement, nodeOf, startOf, tokenOf, type Context } from './context.ts';
import { definitionParts, nameAfter } from './definitionToAst.ts';
import type { Docs } from './docs.ts';
import { exprToAst, missingAfter, poolValueToAst, wrongSign } from './exprToAst.ts';
import { importParts } from './importToAst.ts';
import { endOf } from './repair.ts';
import { termToAst } from './termToAst.ts';
import { T } from './tokens.ts';

/** An item that begins with a keyword. */
export function itemToAst(context: Context, node: CstNode, doc: readonly string[], docs: Docs): Item {
  const base = { doc, span: context.span(startOf(node), endOfElement(node)) };
  switch (node.name) {
    case 'importItem':
      return { kind: 'import', ...importParts(context, node), ...base };
    case 'settingItem':
      return { kind: 'setting', ...settingParts(context, node), ...base };
    case 'poolItem':
      return { kind: 'pool', value: poolValue(context, node), ...base };
    case 'weightClipItem':
      return { kind: 'weight_clip', value: weightClipValue(context, node), ...base };
    case 'paramItem':
      return { kind: 'param', ...definitionParts(context, node, 'param lambda = 10'), ...base };
    case 'inputItem':
      return { kind: 'input', name: nameAfter(context, tokenOf(node, 'Input')!, tokenOf(node, 'Identifier')), ...base };
    case 'letItem':
      return { kind: 'let', ...definitionParts(context, node, 'let k = 10'), ...base };
    case 'objectiveItem':
      return { kind: 'objective', explicit: true, value: objectiveValue(context, node), ...base };
    default:
      invariant(node.name === 'termItem', `no item is read by ${node.name}`);
      return { kind: 'term', ...termToAst(context, node, docs), ...base };
  }
}

function objectiveValue(context: Context, node: CstNode): Expr {
  const keyword = tokenOf(node, 'Objective')!;
  const equals = tokenOf(node, 'Equals');
  const colon = tokenOf(node, 'Colon');
  const value = nodeOf(node, 'expr');
  if (colon !== null) wrongSign(context, colon, '=', 'the objective stands');
  if (equals === null && colon === null) {
    const end = endOf(keyword);
    context.unexpected(context.tokenFrom(end), { message: "expected '=' after 'objective'", fix: { span: context.span(end, end), replacement: ' =', description: "insert '='" } });
    return value === null ? { kind: 'missing', span: context.span(end, end) } : exprToAst(context, value);
  }
  const sign = (equals ?? colon)!;
  return value === null ? missingAfter(context, endOf(sign), "'objective ='") : exprToAst(context, value);
}

function settingParts(context: Context, node: CstNode): { readonly setting: SettingName; readonly value: Ident } {
  const keyword = tokenOf(node, 'Setting')!;
  const sign = tokenOf(node, 'Equals') ?? tokenOf(node, 'Colon');
  const value = tokenOf(node, 'Identifier') ?? tokenOf(node, 'None');
  const setting = keyword.tokenType === T.Model ? 'model' : keyword.tokenType === T.Reduction ? 'reduction' : 'math';
  if (sign !== null) {
    const span = context.span(sign.startOffset, endOf(sign));
    context.unexpected(sign, { message: `unexpected '${sign.image}'`, hint: `a setting is written without it: '${setting} ${value?.image ?? '…'}'`, fix: { span, replacement: '', description: 'remove it' } });
    if (value === null) return { setting, value: { name: '', span } };
  }
  return { setting, value: nameAfter(context, keyword, value) };
}

function weightClipValue(context: Context, node: CstNode): Expr {
  const keyword = tokenOf(node, 'WeightClip')!;
  const sign = tokenOf(node, 'Equals') ?? tokenOf(node, 'Colon');
  if (sign !== null) {
    const span = context.span(sign.startOffset, endOf(sign));
    context.unexpected(sign, { message: `unexpected '${sign.image}'`, hint: "a setting is written without it: 'weight_clip 0.01'", fix: { span, replacement: '', description: 'remove it' } });
  }
  const value = nodeOf(node, 'expr');
  return value === null ? missingAfter(context, endOf(sign ?? keyword), "'weight_clip'") : exprToAst(context, value);
}

function poolValue(context: Context, node: CstNode): Expr {
  const keyword = tokenOf(node, 'Pool')!;
  const equals = tokenOf(node, 'Equals');
  if (equals !== null) {
    const span = context.span(equals.startOffset, endOf(equals));
    context.unexpected(equals, { message: "unexpected '='", hint: "a pool is written 'pool tensor_pool(size: 50)'", fix: { span, replacement: '', description: 'remove it' } });
  }
  const value = nodeOf(node, 'primary');
  if (value !== null) return poolValueToAst(context, node);
  const end = endOf(equals ?? keyword);
  context.unexpected(context.tokenFrom(end), { message: "expected a call after 'pool'", hint: "for example: pool tensor_pool(size: 50)" });
  return { kind: 'missing', span: context.span(end, end) };
}
