import type { EquationOf, ValueId } from '../../ir/graph.ts';
import type { Axes } from '../../ir/ops.ts';
import { isScalar, type Type } from '../../ir/types.ts';
import type { Builder } from '../../ir/builder.ts';
import { emitter } from '../emit.ts';
import { otherAxes, range, rankOf, staticShape } from '../shapes.ts';
import { differentiable, zero, type VjpContext, type VjpTable } from './rule.ts';

/** Numbered axes that are the last ones, so that what a reduction leaves is aligned to the front of its operand. */
function areLast(axes: readonly number[], rank: number | null): boolean {
  return rank !== null && axes.every((axis) => axis >= rank - axes.length);
}

function areFirst(axes: readonly number[]): boolean {
  return axes.every((axis) => axis < axes.length);
}

/** What a reduction over `axes` left, spread over `like`, its operand, again. */
export function spread(builder: Builder, reduced: ValueId, like: ValueId, axes: Axes): ValueId {
  const type = builder.typeOf(like);
  if (isScalar(type)) return reduced;
  const shape = staticShape(type);
  if (shape) {
    const removed = axes === 'all' ? range(shape.length) : axes === 'all_but_first' ? range(shape.length).slice(1) : axes;
    return builder.emit('broadcast_in_dim', [reduced], { shape, broadcast_dimensions: otherAxes(shape.length, removed) });
  }
  const trailing = axes !== 'all' && axes !== 'all_but_first' && areFirst(axes);
  return builder.emit('broadcast_like', [reduced, like], { align: trailing ? 'trailing' : 'leading' });
}

function lacksAxes({ operands, attributes: { axes } }: EquationOf<'reduce'>, typeOf: (id: ValueId) => Type): string | null {
  const type = typeOf(operands[0]);
  if (axes === 'all' || axes === 'all_but_first' || staticShape(type) || areFirst(axes) || areLast(axes, rankOf(type))) return null;
  return 'the shape of its operand is not known yet';
}

function reduceGradient({ builder, equation, cotangent }: VjpContext<'reduce'>): ValueId {
  const [x] = equation.operands;
  const { kind, axes } = equation.attributes;
  const over = (value: ValueId) => spread(builder, value, x, axes);
  if (kind === 'add') return over(cotangent);
  // TensorFlow's _MinOrMaxGrad: all elements that attain the extremum share the gradient evenly
  const { compare, toFloat, divide, multiply } = emitter(builder);
  const attains = toFloat(compare('EQ', x, over(equation.id)));
  const count = builder.emit('reduce', [attains], { kind: 'add', axes });
  return multiply(divide(attains, over(count)), over(cotangent));
}

export const REDUCTION_VJP: Pick<VjpTable, 'reduce' | 'size'> = {
  reduce: differentiable(reduceGradient, { lacks: lacksAxes }),
  size: zero('it depends on the shape only'),
};
