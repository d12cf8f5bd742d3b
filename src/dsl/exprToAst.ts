import type { CstNode, IToken } from 'chevrotain';
import { invariant } from '../support/invariant.ts';
import type { Arg, Expr, Ident } from './ast.ts';
import { foldChain, type Piece } from './foldChain.ts';
import { describe, endOfElement, inOrder, missingExpression, nodeOf, nodesOf, startOf, tokenOf, type Context } from './context.ts';
import { isWellFormedNumber, numberValue } from './numberText.ts';
import { bounded, type Part } from './part.ts';
import { endOf } from './repair.ts';
import { T } from './tokens.ts';

/** `expr` of the grammar: a conditional, or what stands in its place. */
export function exprToAst(context: Context, node: CstNode): Expr {
  return exprPart(context, node).expr;
}

/** Where an expression was left out: reports it at the token that stands there instead. */
export function missingAfter(context: Context, offset: number, what: string): Expr {
  const at = context.tokenFrom(offset);
  context.unexpected(at, missingExpression(context, at, context.tokenBefore(offset), what));
  return missing(context, offset, offset).expr;
}

function missing(context: Context, start: number, end: number): Part {
  return { expr: { kind: 'missing', span: context.span(start, end) }, start, end, depth: 1 };
}

function exprPart(context: Context, node: CstNode): Part {
  const first = chainPart(context, nodeOf(node, 'chain')!);
  const branches = nodesOf(node, 'branch');
  if (branches.length === 0) return first;

  const conditions: Part[] = [first];
  const whenTrue: Part[] = [];
  for (const branch of branches) {
    const question = tokenOf(branch, 'Question')!;
    const colon = tokenOf(branch, 'Colon');
    const yes = nodeOf(branch, 'expr');
    const no = nodeOf(branch, 'chain');
    const yesPart = yes === null ? asPart(missingAfter(context, endOf(question), "'?'")) : exprPart(context, yes);
    whenTrue.push(yesPart);
    if (colon === null) {
      context.unexpected(context.tokenFrom(yesPart.end), {
        message: "expected ':' and what holds otherwise",
        labels: [{ span: context.span(question.startOffset, endOf(question)), message: "this '?' asks for it" }],
      });
      conditions.push(missing(context, yesPart.end, yesPart.end));
    } else {
      conditions.push(no === null ? asPart(missingAfter(context, endOf(colon), "':'")) : chainPart(context, no));
    }
  }
  let result = conditions.at(-1)!;
  for (let i = branches.length - 1; i >= 0; i -= 1) {
    const condition = conditions[i]!;
    const yes = whenTrue[i]!;
    const span = context.span(condition.start, Math.max(result.end, yes.end));
    const expr: Expr = { kind: 'conditional', condition: condition.expr, whenTrue: yes.expr, whenFalse: result.expr, span };
    result = bounded(context, { expr, start: span.start, end: span.end, depth: 1 + Math.max(condition.depth, yes.depth, result.depth) });
  }
  return result;
}

function asPart(expr: Expr): Part {
  return { expr, start: expr.span.start, end: expr.span.end, depth: 1 };
}

function chainPart(context: Context, node: CstNode): Part {
  const pieces = inOrder(node, 'Operator', 'Minus', 'Bang', 'postfix').map((element): Piece => ('image' in element ? element : postfixPart(context, element)));
  return foldChain(context, pieces);
}

function postfixPart(context: Context, node: CstNode): Part {
  let part = primaryPart(context, nodeOf(node, 'primary')!);
  for (const step of inOrder(node, 'member', 'call')) {
    if ('image' in step) continue;
    part = bounded(context, step.name === 'member' ? memberPart(context, part, step) : callPart(context, part, step));
  }
  return part;
}

/** `pool`'s value: a name, perhaps qualified, and at most one call. */
export function poolValueToAst(context: Context, node: CstNode): Expr {
  return postfixPart(context, node).expr;
}

function memberPart(context: Context, object: Part, node: CstNode): Part {
  const dot = tokenOf(node, 'Dot')!;
  const name = tokenOf(node, 'Identifier');
  if (name === null) {
    const at = context.tokenFrom(endOf(dot));
    context.unexpected(at, { message: "expected a name after '.'" });
    return missing(context, object.start, endOf(dot));
  }
  const member = identOf(context, name);
  const expr: Expr = { kind: 'member', object: object.expr, member, span: context.span(object.start, endOf(name)) };
  return { expr, start: object.start, end: endOf(name), depth: object.depth + 1 };
}

export function identOf(context: Context, token: IToken): Ident {
  return { name: token.image, span: context.span(token.startOffset, endOf(token)) };
}

function callPart(context: Context, callee: Part, node: CstNode): Part {
  const { args, depth } = argsOf(context, node);
  const end = endOfElement(node);
  const expr: Expr = { kind: 'call', callee: callee.expr, args, span: context.span(callee.start, end) };
  return { expr, start: callee.start, end, depth: 1 + Math.max(callee.depth, depth) };
}

function argsOf(context: Context, node: CstNode): { readonly args: readonly Arg[]; readonly depth: number } {
  const args: Arg[] = [];
  let depth = 0;
  let afterArg = false;
  let damaged = false;
  for (const element of inOrder(node, 'Comma', 'arg', 'junk')) {
    const start = startOf(element);
    if ('image' in element) {
      if (!afterArg && !damaged) context.unexpected(element, { message: "expected an argument before ','" });
      afterArg = false;
      damaged = false;
    } else if (element.name === 'arg' && !afterArg) {
      const { arg, depth: argDepth } = argPart(context, element);
      args.push(arg);
      depth = Math.max(depth, argDepth);
      afterArg = true;
    } else {
      const before = afterArg ? args.pop()! : null;
      if (!damaged) context.unexpected(context.tokenFrom(start), betweenArgs(context, before, start));
      const span = context.span(before?.span.start ?? start, endOfElement(element));
      args.push({ name: before?.name ?? null, value: { kind: 'missing', span }, span });
      afterArg = true;
      damaged = true;
    }
  }
  return { args, depth };
}

function betweenArgs(context: Context, before: Arg | null, start: number): { readonly message: string; readonly hint?: string } {
  const found = describe(context.tokenFrom(start));
  if (before === null) return { message: `expected an argument, found ${found}` };
  if (before.name === null && before.value.kind === 'name') return { message: `expected ',' or ')', found ${found}`, hint: `a named argument is written '${before.value.name}: …'` };
  return { message: `expected ',' or ')', found ${found}` };
}

function argPart(context: Context, node: CstNode): { readonly arg: Arg; readonly depth: number } {
  const nameToken = tokenOf(node, 'Identifier');
  const value = nodeOf(node, 'expr');
  const equals = tokenOf(node, 'Equals');
  if (equals !== null) wrongSign(context, equals, ':', 'an argument takes its value');
  const name = nameToken === null ? null : identOf(context, nameToken);
  const part = value === null ? asPart(missingAfter(context, endOf((equals ?? tokenOf(node, 'Colon'))!), `'${(equals ?? tokenOf(node, 'Colon'))!.image}'`)) : exprPart(context, value);
  const span = context.span(name?.span.start ?? part.start, part.end);
  return { arg: { name, value: part.expr, span }, depth: part.depth };
}

/** `=` where `:` is right, or the other way round: said, and read as meant. */
export function wrongSign(context: Context, token: IToken, right: string, what: string): void {
  const span = context.span(token.startOffset, endOf(token));
  context.unexpected(token, { message: `unexpected '${token.image}'`, hint: `${what} after '${right}'`, fix: { span, replacement: right, description: `replace by '${right}'` } });
}

function primaryPart(context: Context, node: CstNode): Part {
  const parens = nodeOf(node, 'parens');
  if (parens !== null) return parensPart(context, parens);
  const token = Object.values(node.children)[0]?.[0];
  invariant(token !== undefined && 'image' in token, 'a primary without a token');
  const span = context.span(token.startOffset, endOf(token));
  return { expr: literal(token, span), start: span.start, end: span.end, depth: 1 };
}

function literal(token: IToken, span: Expr['span']): Expr {
  switch (token.tokenType) {
    case T.NumberText:
      return isWellFormedNumber(token.image) ? { kind: 'number', value: numberValue(token.image), text: token.image, span } : { kind: 'missing', span };
    case T.StringText:
      return { kind: 'string', value: unescape(token.image), span };
    case T.SingleQuoted:
    case T.UnterminatedString:
    case T.Missing:
      return { kind: 'missing', span };
    case T.True:
    case T.False:
      return { kind: 'boolean', value: token.tokenType === T.True, span };
    case T.None:
      return { kind: 'none', span };
    default:
      return { kind: 'name', name: token.image, span };
  }
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r' };

/** The value of a string as written, quotes included. A backslash before any other character stands for that character. */
export function unescape(image: string): string {
  return image.slice(1, -1).replaceAll(/\\([^])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

function parensPart(context: Context, node: CstNode): Part {
  const elements = inOrder(node, 'expr', 'Comma', 'junk');
  const start = startOf(node);
  const end = endOfElement(node);
  const [first, second] = elements;
  if (first === undefined || 'image' in first || first.name === 'junk') {
    context.unexpected(context.tokenFrom(first === undefined ? start + 1 : startOf(first)), { message: "an expression is missing after '('" });
    return missing(context, start, end);
  }
  const part = exprPart(context, first);
  if (second === undefined) return { ...part, start, end };
  const at = context.tokenFrom(startOf(second));
  context.unexpected(at, { message: `expected an operator or ')', found ${describe(at)}` });
  return missing(context, start, end);
}
