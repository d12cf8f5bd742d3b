import type { Builder } from '../ir/builder.ts';
import type { Equation, EquationOf, ValueId } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import type { Span } from '../support/source.ts';
import { filledLike } from './emit.ts';
import { splat } from './constants.ts';
import { joinOrigins } from './origins.ts';
import { isFloat } from './shapes.ts';
import type { VjpContext } from './vjp/rule.ts';
import { vjpRule } from './vjp/vjpTable.ts';

export type Gradients =
  /** One value for each x, of its type; zeros where y does not depend on it (`dependent` says which do). */
  | { readonly kind: 'found'; readonly values: readonly ValueId[]; readonly dependent: readonly boolean[] }
  /** `equation` lies between an x and y and cannot be differentiated in the graph. */
  | { readonly kind: 'opaque'; readonly equation: Equation; readonly why: string };

/** Whether a gradient can flow from an equation's result to the operand at `position`. */
function flows(equation: Equation, position: number): boolean {
  const rule = vjpRule(equation.op);
  if (rule.kind !== 'differentiable') return rule.kind === 'opaque';
  if (rule.inert === 'all_but_first') return position === 0;
  if (rule.inert === 'values_and_gradients') return position >= 2 && position % 2 === 0;
  return !rule.inert.includes(position);
}

/** Values that depend differentiably on an x; an x itself counts as free, whatever made it. */
function dependents(equations: readonly Equation[], xs: readonly ValueId[]): ReadonlySet<ValueId> {
  const active = new Set<ValueId>(xs);
  for (const equation of equations) {
    if (active.has(equation.id)) continue;
    const carries = equation.type.kind === 'opaque' || isFloat(equation.type);
    if (carries && equation.operands.some((id, position) => active.has(id) && flows(equation, position))) active.add(equation.id);
  }
  return active;
}

/** The active equations on which y depends, y's first. */
function slice(equations: readonly Equation[], y: ValueId, active: ReadonlySet<ValueId>, xs: ReadonlySet<ValueId>): readonly Equation[] {
  const reached = new Set<ValueId>([y]);
  const found: Equation[] = [];
  for (const equation of [...equations].reverse()) {
    if (!reached.has(equation.id) || !active.has(equation.id) || xs.has(equation.id)) continue;
    found.push(equation);
    equation.operands.forEach((id, position) => {
      if (flows(equation, position)) reached.add(id);
    });
  }
  return found;
}

function operandGradient<K extends OpKind>(context: VjpContext<K>, position: number): ValueId {
  const rule = vjpRule(context.equation.op);
  if (rule.kind !== 'differentiable') throw new Error(`compiler bug: ${context.equation.op} has no gradient to emit`);
  return rule.gradient(context, position);
}

function obstacle<K extends OpKind>(equation: EquationOf<K>, builder: Builder): string | null {
  const rule = vjpRule(equation.op);
  if (rule.kind === 'differentiable') return rule.lacks(equation, builder.typeOf);
  return rule.kind === 'opaque' ? rule.why : null;
}

/**
 * The sum of y differentiated by each x, as values of the builder (reverse mode). An x may be an input or any equation: it stands for
 * itself, and what it was made from does not count. Everything is emitted in ordinary ops, so the results can be differentiated again.
 * The equations that come from one of y's keep its origin behind `origin`.
 */
export function gradients(builder: Builder, y: ValueId, xs: readonly ValueId[], origin: readonly Span[] = []): Gradients {
  const equations = builder.finish([]).equations.filter(({ id }) => id <= y);
  const definitions = new Map(equations.map((equation) => [equation.id, equation]));
  const active = dependents(equations, xs);
  const path = slice(equations, y, active, new Set(xs));
  for (const equation of path) {
    const why = obstacle(equation, builder);
    if (why !== null) return { kind: 'opaque', equation, why };
  }

  const cotangents = new Map<ValueId, ValueId>();
  const constantOf = (id: ValueId): number | null => {
    const equation = definitions.get(id);
    return equation?.op === 'broadcast_in_dim' ? constantOf(equation.operands[0]) : splat(equation);
  };
  if (active.has(y)) cotangents.set(y, builder.at(origin, () => filledLike(builder, 1, y)));
  for (const equation of path) {
    const cotangent = cotangents.get(equation.id);
    if (cotangent === undefined) continue;
    builder.at(joinOrigins(origin, equation.origin), () => {
      equation.operands.forEach((id, position) => {
        if (!active.has(id) || !flows(equation, position)) return;
        const part = operandGradient({ builder, equation, cotangent, constantOf }, position);
        const before = cotangents.get(id);
        cotangents.set(id, before === undefined ? part : builder.emit('add', [before, part]));
      });
    });
  }
  const dependent = xs.map((x) => cotangents.has(x));
  const values = xs.map((x) => cotangents.get(x) ?? builder.at(origin, () => filledLike(builder, 0, x)));
  return { kind: 'found', values, dependent };
}
