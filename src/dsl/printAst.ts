import { formatStart, type Span } from '../support/source.ts';
import type { Arg, Expr, File, Formal, Item, TermMember } from './ast.ts';

/** The syntax tree as indented text, a node a line, each with the line and column where it begins. */
export function printAst(file: File): string {
  const lines: string[] = [];
  const write = (depth: number, text: string, span: Span): void => {
    lines.push(`${'  '.repeat(depth)}${text}  ${formatStart(span)}`);
  };
  const writeDoc = (depth: number, doc: readonly string[]): void => {
    for (const docLine of doc) lines.push(`${'  '.repeat(depth)}/// ${docLine}`.trimEnd());
  };

  const writeExpr = (depth: number, expr: Expr, role = ''): void => {
    const prefix = role === '' ? '' : `${role}: `;
    switch (expr.kind) {
      case 'number':
        return write(depth, `${prefix}number ${expr.text}`, expr.span);
      case 'string':
        return write(depth, `${prefix}string ${JSON.stringify(expr.value)}`, expr.span);
      case 'boolean':
        return write(depth, `${prefix}${String(expr.value)}`, expr.span);
      case 'none':
      case 'missing':
        return write(depth, `${prefix}${expr.kind}`, expr.span);
      case 'name':
        return write(depth, `${prefix}name ${expr.name}`, expr.span);
      case 'member':
        write(depth, `${prefix}member ${expr.member.name}`, expr.span);
        return writeExpr(depth + 1, expr.object);
      case 'call':
        write(depth, `${prefix}call`, expr.span);
        writeExpr(depth + 1, expr.callee, 'callee');
        return expr.args.forEach((arg) => writeArg(depth + 1, arg));
      case 'unary':
        write(depth, `${prefix}unary ${expr.operator}`, expr.span);
        return writeExpr(depth + 1, expr.operand);
      case 'binary':
        write(depth, `${prefix}binary ${expr.operator}`, expr.span);
        writeExpr(depth + 1, expr.left);
        return writeExpr(depth + 1, expr.right);
      case 'conditional':
        write(depth, `${prefix}conditional`, expr.span);
        writeExpr(depth + 1, expr.condition, 'if');
        writeExpr(depth + 1, expr.whenTrue, 'then');
        return writeExpr(depth + 1, expr.whenFalse, 'else');
    }
  };
  const writeArg = (depth: number, arg: Arg): void => writeExpr(depth, arg.value, arg.name === null ? 'argument' : `argument ${arg.name.name}`);
  const writeFormal = (depth: number, formal: Formal): void => {
    write(depth, `formal ${formal.name.name}`, formal.span);
    if (formal.default !== null) writeExpr(depth + 1, formal.default, 'default');
  };
  const writeMember = (depth: number, member: TermMember): void => {
    writeDoc(depth, member.doc);
    write(depth, member.kind === 'clause' ? member.player : `${member.kind} ${member.name.name}`, member.span);
    writeExpr(depth + 1, member.value);
  };
  const writeItem = (depth: number, item: Item): void => {
    writeDoc(depth, item.doc);
    switch (item.kind) {
      case 'import':
        write(depth, `import from ${JSON.stringify(item.from.path)}`, item.span);
        return item.names.forEach((name) => write(depth + 1, `name ${name.name}`, name.span));
      case 'setting':
        return write(depth, `${item.setting} ${item.value.name}`, item.span);
      case 'pool':
      case 'weight_clip':
        write(depth, item.kind, item.span);
        return writeExpr(depth + 1, item.value);
      case 'param':
      case 'let':
        write(depth, `${item.kind} ${item.name.name}`, item.span);
        return writeExpr(depth + 1, item.value);
      case 'input':
        return write(depth, `input ${item.name.name}`, item.span);
      case 'term':
        write(depth, `${item.modifier === null ? '' : `${item.modifier} `}term ${item.name.name}`, item.span);
        item.formals.forEach((formal) => writeFormal(depth + 1, formal));
        if (item.body.kind === 'terms') return writeExpr(depth + 1, item.body.value, 'value');
        return item.body.members.forEach((member) => writeMember(depth + 1, member));
      case 'objective':
        write(depth, item.explicit ? 'objective' : 'objective (implicit)', item.span);
        return writeExpr(depth + 1, item.value);
    }
  };

  file.items.forEach((item) => writeItem(0, item));
  return lines.map((text) => `${text}\n`).join('');
}
