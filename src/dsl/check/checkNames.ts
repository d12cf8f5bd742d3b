import type { Expr } from '../ast.ts';
import { lookUp, reportUnknown } from './lookup.ts';
import { at, type CheckState, type Scope } from './state.ts';

/** Reports the unknown names of an expression that is not evaluated, such as the branch not taken of a `?:`. */
export function checkNames(state: CheckState, scope: Scope, root: Expr): void {
  const stack: { readonly expr: Expr; readonly scope: Scope; readonly called: boolean }[] = [{ expr: root, scope, called: false }];
  while (stack.length > 0) {
    const { expr, scope: here, called } = stack.pop()!;
    const push = (child: Expr, where: Scope, isCallee = false) => stack.push({ expr: child, scope: where, called: isCallee });
    const inner = at(here, 'value');
    const either = here.position === 'objective' ? at(here, 'guess') : here;
    switch (expr.kind) {
      case 'name':
        if (lookUp(state, here, expr.name) === null) reportUnknown(state, here, expr, called);
        break;
      case 'member':
        push(expr.object, here);
        break;
      case 'call':
        push(expr.callee, here, true);
        for (const arg of expr.args) push(arg.value, inner);
        break;
      case 'unary':
        push(expr.operand, here);
        break;
      case 'binary': {
        const sum = expr.operator === '+' || expr.operator === '-';
        push(expr.left, sum ? here : either);
        push(expr.right, sum ? here : either);
        break;
      }
      case 'conditional':
        push(expr.condition, inner);
        push(expr.whenTrue, here);
        push(expr.whenFalse, here);
        break;
      case 'number':
      case 'string':
      case 'boolean':
      case 'none':
      case 'missing':
        break;
    }
  }
}
