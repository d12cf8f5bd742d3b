import type { Arg, BinaryOperator, Expr } from './ast.ts';
import type { CommentCursor } from './commentCursor.ts';
import { group, ifBroken, indent, line, softline, type Doc } from './doc.ts';
import { BINDING, CONDITIONAL_LEVEL, POSTFIX_LEVEL, PREFIX_LEVEL } from './precedence.ts';

/**
 * An expression in its canonical form: the fewest parentheses that keep its meaning, `^` tight, products tight unless
 * they mix `*` and `/` (`gamma/2 * mean(x)`), everything else with blanks.
 */
export function exprDoc(expr: Expr, comments: CommentCursor): Doc {
  const { start } = expr.span;
  switch (expr.kind) {
    case 'number':
      return [comments.before(start), expr.text];
    case 'string':
      return [comments.before(start), quote(expr.value)];
    case 'boolean':
      return [comments.before(start), String(expr.value)];
    case 'none':
      return [comments.before(start), 'none'];
    case 'name':
      return [comments.before(start), expr.name];
    case 'missing':
      return [comments.before(start), '…'];
    case 'member':
      // the name must stay on the line of its dot
      return [memberObject(expr.object, expr.member.name, comments), comments.before(expr.member.span.start), `.${expr.member.name}`];
    case 'call':
      return [operand(expr.callee, POSTFIX_LEVEL, comments), listDoc(expr.args.map((arg) => argItem(arg, comments)), expr.span.end - 1, comments)];
    case 'unary':
      return [comments.before(start), expr.operator, operand(expr.operand, PREFIX_LEVEL, comments)];
    case 'binary':
      return binaryDoc(expr, comments);
    case 'conditional':
      return conditionalDoc(expr, comments);
  }
}

/** How tightly an expression's outermost operator binds. */
function levelOf(expr: Expr): number {
  switch (expr.kind) {
    case 'conditional':
      return CONDITIONAL_LEVEL;
    case 'binary':
      return BINDING[expr.operator].level;
    case 'unary':
      return PREFIX_LEVEL;
    default:
      return POSTFIX_LEVEL;
  }
}

/** An expression in a place that asks for operators of at least a level. */
function operand(expr: Expr, level: number, comments: CommentCursor): Doc {
  return levelOf(expr) >= level ? exprDoc(expr, comments) : parenthesised(expr, comments);
}

export function parenthesised(expr: Expr, comments: CommentCursor): Doc {
  // comments go before the parenthesis, even those that stand behind one that is not needed
  return [comments.before(firstTokenOf(expr)), '(', exprDoc(expr, comments), ')'];
}

/** Where an expression's first token stands, opening parentheses aside. */
export function firstTokenOf(expr: Expr): number {
  let first = expr;
  for (;;) {
    switch (first.kind) {
      case 'member':
        first = first.object;
        break;
      case 'call':
        first = first.callee;
        break;
      case 'binary':
        first = first.left;
        break;
      case 'conditional':
        first = first.condition;
        break;
      default:
        return first.span.start;
    }
  }
}

function memberObject(object: Expr, member: string, comments: CommentCursor): Doc {
  // `2.e5` would be read as a number
  return object.kind === 'number' && /^e\d/i.test(member) ? parenthesised(object, comments) : operand(object, POSTFIX_LEVEL, comments);
}

type Binary = Extract<Expr, { readonly kind: 'binary' }>;

function binaryDoc(expr: Binary, comments: CommentCursor): Doc {
  const { level } = BINDING[expr.operator];
  if (expr.operator === '^') {
    const left = operand(expr.left, level + 1, comments);
    return [left, comments.before(expr.operatorSpan.start), '^', operand(expr.right, PREFIX_LEVEL, comments)];
  }
  const { first, rest } = flatten(expr, level);
  const mixed = new Set(rest.map(({ operator }) => operator)).size > 1;
  const isProduct = level === BINDING['*'].level;
  // of left operands the leftmost is printed first, so that comments come in the order of the text
  const head = operand(first, level, comments);
  const tail = rest.map((step): Doc => {
    const { operator, operatorSpan, right } = step;
    const tight = isProduct && (!mixed || operator === '/');
    if (isProduct) return [comments.before(operatorSpan.start), tight ? operator : ` ${operator} `, operand(right, level + 1, comments)];
    const breaking = level === BINDING['=='].level ? ' ' : line;
    return [comments.trailing(operatorSpan.start), breaking, comments.before(operatorSpan.start), `${operator} `, operand(right, level + 1, comments)];
  });
  return group(head, indent(...tail));
}

interface Step {
  readonly operator: BinaryOperator;
  readonly operatorSpan: Binary['operatorSpan'];
  readonly right: Expr;
}

/** A left-leaning chain of operators of one level as a list; not by recursion, sums are long. */
function flatten(expr: Binary, level: number): { readonly first: Expr; readonly rest: readonly Step[] } {
  const rest: Step[] = [];
  let first: Expr = expr;
  while (first.kind === 'binary' && BINDING[first.operator].level === level) {
    rest.push({ operator: first.operator, operatorSpan: first.operatorSpan, right: first.right });
    first = first.left;
  }
  return { first, rest: rest.reverse() };
}

function conditionalDoc(expr: Extract<Expr, { readonly kind: 'conditional' }>, comments: CommentCursor): Doc {
  const parts: Doc[] = [];
  let head: Doc | null = null;
  let rest: Expr = expr;
  while (rest.kind === 'conditional') {
    const condition = operand(rest.condition, CONDITIONAL_LEVEL + 1, comments);
    if (head === null) head = condition;
    else parts.push(condition);
    const { whenTrue, whenFalse }: { readonly whenTrue: Expr; readonly whenFalse: Expr } = rest;
    const [second, third] = [firstTokenOf(whenTrue), firstTokenOf(whenFalse)];
    parts.push(comments.trailing(second), line, comments.before(second), '? ', exprDoc(whenTrue, comments));
    parts.push(comments.trailing(third), line, comments.before(third), ': ');
    rest = whenFalse;
  }
  return group(head ?? '', indent(...parts, exprDoc(rest, comments)));
}

/** An item of a list in brackets: where it begins in the text, and its document, made when its turn comes. */
export interface ListItem {
  readonly start: number;
  readonly doc: () => Doc;
}

function argItem(arg: Arg, comments: CommentCursor): ListItem {
  const { name, value, span } = arg;
  if (name === null) return { start: firstTokenOf(value), doc: () => exprDoc(value, comments) };
  return { start: span.start, doc: () => [comments.before(span.start), `${name.name}: `, exprDoc(value, comments)] };
}

/** Opening and closing bracket, and the line end inside them where the list is broken. */
type Brackets = readonly [open: string, close: string, edge: Doc];

/** `(a, b)`, or an item a line with a comma after each. `end` is where the closing bracket stands. */
export function listDoc(items: readonly ListItem[], end: number, comments: CommentCursor, brackets: Brackets = ['(', ')', softline]): Doc {
  const [open, close, edge] = brackets;
  const head = comments.trailing(items[0]?.start ?? end);
  if (items.length === 0) {
    const own = comments.before(end);
    return group(open, head, indent(isEmpty(own) ? '' : [softline, own, softline]), close);
  }
  const body = items.map((item, index): Doc => {
    const next = items[index + 1];
    return next === undefined ? [item.doc(), ifBroken(','), comments.before(end)] : [item.doc(), ',', comments.trailing(next.start), line];
  });
  return group(open, head, indent(edge, body), edge, close);
}

function isEmpty(doc: Doc): boolean {
  return Array.isArray(doc) && doc.length === 0;
}

function quote(value: string): string {
  const escaped = value.replaceAll(/["\\\n\t\r]/g, (character) => ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[character] ?? `\\${character}`);
  return `"${escaped}"`;
}
