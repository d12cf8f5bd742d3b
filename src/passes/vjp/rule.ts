import type { Builder } from '../../ir/builder.ts';
import type { EquationOf, ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { isScalar, type Type } from '../../ir/types.ts';
import { surelySameShape } from '../shapes.ts';

export interface VjpContext<K extends OpKind> {
  readonly builder: Builder;
  /** The equation to differentiate; its operands and its id are values of the builder. */
  readonly equation: EquationOf<K>;
  /** The derivative by the equation's result: a value of exactly its shape. */
  readonly cotangent: ValueId;
  /** The number that a value surely is, in every element; null where unknown. */
  readonly constantOf: (id: ValueId) => number | null;
}

/** The vector-Jacobian product of an op by one of its operands, as IR in the same ops: so it can be differentiated again. */
export interface Differentiable<K extends OpKind> {
  readonly kind: 'differentiable';
  /** Operands that give only a shape or an index: no gradient flows to them. `values_and_gradients` are those of a custom_vjp that are no x. */
  readonly inert: readonly number[] | 'all_but_first' | 'values_and_gradients';
  /** Says what this rule lacks to be written for such operands, e.g. a static shape; null when it can. */
  readonly lacks: (equation: EquationOf<K>, typeOf: (id: ValueId) => Type) => string | null;
  /** The gradient by the operand at `position`, of that operand's shape. Asked only where it is needed. */
  readonly gradient: (context: VjpContext<K>, position: number) => ValueId;
}

export type VjpRule<K extends OpKind> =
  | Differentiable<K>
  /** Constant almost everywhere, or without gradient by definition: what lies behind it counts as constant. */
  | { readonly kind: 'zero'; readonly why: string }
  /** It has a gradient that the graph cannot express: the tape takes it. */
  | { readonly kind: 'opaque'; readonly why: string };

export type VjpTable = { readonly [K in OpKind]: VjpRule<K> };

const NOTHING = () => null;

export function zero(why: string): { readonly kind: 'zero'; readonly why: string } {
  return { kind: 'zero', why };
}

export function opaque(why: string): { readonly kind: 'opaque'; readonly why: string } {
  return { kind: 'opaque', why };
}

export function differentiable<K extends OpKind>(
  gradient: Differentiable<K>['gradient'],
  options: { readonly inert?: Differentiable<K>['inert']; readonly lacks?: Differentiable<K>['lacks'] } = {},
): Differentiable<K> {
  return { kind: 'differentiable', inert: options.inert ?? [], lacks: options.lacks ?? NOTHING, gradient };
}

/** Undoes the implicit broadcasting of one operand of an elementwise op: `gradient` has the result's shape. */
export function unbroadcast<K extends OpKind>({ builder, equation }: VjpContext<K>, position: number, gradient: ValueId): ValueId {
  const operand = equation.operands[position];
  const type = builder.typeOf(operand);
  const others = equation.operands.filter((id) => id !== operand);
  if (others.every((id) => isScalar(builder.typeOf(id)))) return gradient;
  if (surelySameShape(type, builder.typeOf(gradient))) return gradient;
  if (isScalar(type)) return builder.emit('reduce', [gradient], { kind: 'add', axes: 'all' });
  return builder.emit('sum_like', [gradient, operand]);
}

/** An elementwise rule: one function for each operand, in the result's shape; broadcasting is undone here. */
export function elementwise<K extends OpKind>(
  gradients: readonly ((context: VjpContext<K>) => ValueId)[],
  inert: readonly number[] = [],
): Differentiable<K> {
  return differentiable((context, position) => unbroadcast(context, position, gradients[position](context)), { inert });
}
