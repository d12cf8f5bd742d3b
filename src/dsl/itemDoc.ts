import type { Item, LetItem, TermItem, TermMember } from './ast.ts';
import type { CommentCursor } from './commentCursor.ts';
import { hardline, indent, line, type Doc } from './doc.ts';
import { exprDoc, listDoc, parenthesised, type ListItem } from './exprDoc.ts';
import { sequenceDoc } from './sequenceDoc.ts';

/** An item in its canonical form, without its doc comment. */
export function itemDoc(item: Item, comments: CommentCursor, text: string): Doc {
  switch (item.kind) {
    case 'import': {
      const names = item.names.map((name): ListItem => ({ start: name.span.start, doc: () => [comments.before(name.span.start), name.name] }));
      const list = listDoc(names, closingAfter(text, item.names.at(-1)?.span.end ?? item.span.start + 'import'.length), comments, ['{', '}', line]);
      return ['import ', list, ' from ', comments.before(item.from.span.start), quotePath(item.from.path)];
    }
    case 'setting':
      return [`${item.setting} `, comments.before(item.value.span.start), item.value.name];
    case 'pool':
      return ['pool ', exprDoc(item.value, comments)];
    case 'weight_clip':
      return ['weight_clip ', exprDoc(item.value, comments)];
    case 'param':
      return ['param ', definitionDoc(item, comments)];
    case 'input':
      return ['input ', comments.before(item.name.span.start), item.name.name];
    case 'let':
      return ['let ', definitionDoc(item, comments)];
    case 'term':
      return termDoc(item, comments, text);
    case 'objective':
      if (item.explicit) return ['objective = ', exprDoc(item.value, comments)];
      // alone, these words would begin a setting or a term
      return item.value.kind === 'name' && ['pool', 'auxiliary', 'nonnegative'].includes(item.value.name) ? parenthesised(item.value, comments) : exprDoc(item.value, comments);
  }
}

function quotePath(path: string): string {
  return `"${path.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
}

function definitionDoc(item: Pick<LetItem, 'name' | 'value'>, comments: CommentCursor): Doc {
  return [comments.before(item.name.span.start), `${item.name.name} = `, exprDoc(item.value, comments)];
}

function termDoc(item: TermItem, comments: CommentCursor, text: string): Doc {
  const { modifier, name, formals, body } = item;
  const head: Doc = [modifier === null ? '' : `${modifier} `, 'term ', comments.before(name.span.start), name.name];
  const list = formals.map((formal): ListItem => ({
    start: formal.span.start,
    doc: () => [comments.before(formal.span.start), formal.name.name, formal.default === null ? '' : [' = ', exprDoc(formal.default, comments)]],
  }));
  const formalsDoc = listDoc(list, closingAfter(text, formals.at(-1)?.span.end ?? name.span.end), comments);
  if (body.kind === 'terms') return [head, formalsDoc, ' = ', exprDoc(body.value, comments)];

  const open = body.span.start;
  const opening: Doc = [head, formalsDoc, comments.before(open), ' {'];
  const members = sequenceDoc(body.members, { from: open + 1, to: body.span.end - 1 }, comments, text, { doc: (member) => memberDoc(member, comments), start: (member) => member.span.start });
  comments.printed();
  if (members === null) return [opening, '}'];
  return [opening, indent(members.trailing, members.body.length === 0 ? '' : hardline, members.body), hardline, '}'];
}

function memberDoc(member: TermMember, comments: CommentCursor): Doc {
  if (member.kind === 'clause') return [`${member.player} = `, exprDoc(member.value, comments)];
  return [`${member.kind} `, definitionDoc(member, comments)];
}

const BETWEEN = /(?:\s|[,({]|\/\/[^\r\n]*|\/\*[^]*?\*\/)*/y;

/** Where the closing bracket of a list stands, which the tree does not say: after the last item's end or the list's beginning. */
function closingAfter(text: string, offset: number): number {
  BETWEEN.lastIndex = offset;
  return offset + (BETWEEN.exec(text)?.[0].length ?? 0);
}
