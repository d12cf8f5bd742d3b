import type { Builder } from '../../ir/builder.ts';
import type { Equation, ValueId } from '../../ir/graph.ts';
import type { VjpContext } from './rule.ts';

/** Equations in the order of their ids. */
function definition(equations: readonly Equation[], id: ValueId): Equation | undefined {
  let [low, high] = [0, equations.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (equations[middle].id < id) low = middle + 1;
    else high = middle;
  }
  return equations[low]?.id === id ? equations[low] : undefined;
}

/** `root` with other values for some of what it is made of: a copy of the equations in between. */
function substituted(builder: Builder, root: ValueId, values: ReadonlyMap<ValueId, ValueId>): ValueId {
  const { equations } = builder.finish([]);
  const first = Math.min(...values.keys());
  const made = new Map(values);
  const known = (id: ValueId) => made.get(id) ?? (id < first ? id : undefined);
  const pending: ValueId[] = [root];
  // not recursive: the chain may be long
  while (pending.length > 0) {
    const id = pending[pending.length - 1];
    const equation = known(id) === undefined ? definition(equations, id) : undefined;
    const missing = equation?.operands.filter((operand) => known(operand) === undefined) ?? [];
    if (missing.length > 0) {
      pending.push(...missing);
      continue;
    }
    pending.pop();
    if (known(id) !== undefined) continue;
    const operands = equation?.operands.map((operand) => known(operand)!) ?? [];
    const unchanged = equation === undefined || operands.every((operand, i) => operand === equation.operands[i]);
    made.set(id, unchanged ? id : builder.copy(equation, operands));
  }
  return known(root)!;
}

/** The equations from the placeholder of the cotangent to the gradient by the x at `position`, for the cotangent at hand. */
export function customGradient({ builder, equation, cotangent }: VjpContext<'custom_vjp'>, position: number): ValueId {
  const [value, placeholder] = equation.operands;
  return substituted(builder, equation.operands[position + 1], new Map([[value, equation.id], [placeholder, cotangent]]));
}
