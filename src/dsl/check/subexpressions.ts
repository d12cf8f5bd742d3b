import type { Expr } from '../ast.ts';

/** Every expression within an expression, itself included, in no particular order. */
export function subexpressions(...roots: readonly Expr[]): readonly Expr[] {
  const found: Expr[] = [...roots];
  for (const expr of found) {
    if (expr.kind === 'member') found.push(expr.object);
    if (expr.kind === 'call') found.push(expr.callee, ...expr.args.map((arg) => arg.value));
    if (expr.kind === 'unary') found.push(expr.operand);
    if (expr.kind === 'binary') found.push(expr.left, expr.right);
    if (expr.kind === 'conditional') found.push(expr.condition, expr.whenTrue, expr.whenFalse);
  }
  return found;
}

/** Every name that expressions mention, whatever it means. */
export function namesIn(exprs: readonly Expr[]): ReadonlySet<string> {
  return new Set(subexpressions(...exprs).flatMap((expr) => (expr.kind === 'name' ? [expr.name] : [])));
}
