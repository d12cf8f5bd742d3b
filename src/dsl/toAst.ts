import type { CstNode } from 'chevrotain';
import { invariant } from '../support/invariant.ts';
import type { Comment, File, Item, ObjectiveItem } from './ast.ts';
import { describe, endOfElement, startOf, type Context } from './context.ts';
import { createDocs } from './docs.ts';
import { exprToAst } from './exprToAst.ts';
import { itemToAst } from './itemToAst.ts';
import { bareAssignmentToItem, misplacedClause, misspelt } from './mistakes.ts';

/** Makes the tree of a file from what the grammar read, and says what is wrong with it in words. */
export function toAst(context: Context, cst: CstNode, comments: readonly Comment[]): File {
  const docs = createDocs(context, comments);
  const items: Item[] = [];
  // After an error, what still stands on its line belongs to the mistake.
  let hushedUntil = -1;
  let afterJunk = false;

  for (const wrapper of (cst.children['item'] ?? [])) {
    invariant('children' in wrapper, 'an item is a node');
    const element = Object.values(wrapper.children)[0]?.[0];
    invariant(element !== undefined, 'an item has a child');
    const start = startOf(element);
    const end = endOfElement(element);
    const errors = context.errorCount();
    const hushed = start < hushedUntil;
    const doc = docs.takeAbove(start);
    const isJunk = 'image' in element || element.name === 'junk';

    if ('image' in element || element.name === 'junk') {
      if (!hushed) context.unexpected(context.tokenFrom(start), { message: `unexpected ${describe(context.tokenFrom(start))}` });
    } else if (element.name === 'clause') {
      if (!hushed) misplacedClause(context, element);
    } else if (element.name === 'bareAssignment') {
      items.push(bareAssignmentToItem(context, element, doc, hushed));
    } else if (element.name === 'expr' && afterJunk && items.at(-1)?.kind === 'objective') {
      // what stood between the two was reported; that they are two is a consequence of it
      exprToAst(context, element);
    } else if (element.name === 'expr') {
      const meant = misspelt(context, element);
      if (hushed) exprToAst(context, element);
      else if (meant !== null) context.unexpected(context.tokenFrom(start), meant);
      else addObjective(context, items, element, doc);
    } else {
      items.push(itemToAst(context, element, doc, docs));
    }
    afterJunk = isJunk;
    if (hushed || context.errorCount() > errors) hushedUntil = Math.max(hushedUntil, lineEnd(context, end));
  }
  return { kind: 'file', items, comments: docs.rest(), span: context.span(0, context.source.text.length) };
}

/** An objective without `objective =`. Where it follows another one on the same line, an operator was forgotten. */
function addObjective(context: Context, items: Item[], node: CstNode, doc: readonly string[]): void {
  const value = exprToAst(context, node);
  const start = startOf(node);
  const end = endOfElement(node);
  const previous = items.at(-1);
  if (previous?.kind === 'objective' && start < lineEnd(context, previous.span.end)) {
    const at = context.tokenFrom(start);
    const before = context.tokenBefore(start);
    const number = previous.value.kind === 'number' || (previous.value.kind === 'binary' && previous.value.right.kind === 'number');
    context.unexpected(at, {
      message: `expected an operator between ${describe(before)} and ${describe(at)}`,
      hint: number ? `a product is written '${before!.image}*${at!.image}'` : 'the terms of an objective are joined by + or -',
    });
    const span = context.span(previous.span.start, end);
    items[items.length - 1] = { ...previous, value: { kind: 'missing', span }, span };
    return;
  }
  const item: ObjectiveItem = { kind: 'objective', explicit: false, value, doc, span: context.span(start, end) };
  items.push(item);
}

function lineEnd(context: Context, offset: number): number {
  const rest = context.source.text.slice(offset, offset + 10_000).search(/[\r\n]/);
  return rest < 0 ? context.source.text.length : offset + rest;
}
