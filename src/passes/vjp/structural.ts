import type { EquationOf, ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { isScalar, type Type } from '../../ir/types.ts';
import { emitter, filledLike, reshaped, sumOver } from '../emit.ts';
import { rankOf, shapeOf, staticShape } from '../shapes.ts';
import { differentiable, zero, type VjpContext, type VjpTable } from './rule.ts';

/** Most structural rules compute with sizes. */
export function lacksShapes<K extends OpKind>(equation: EquationOf<K>, typeOf: (id: ValueId) => Type): string | null {
  const known = [...equation.operands, equation.id].every((id) => staticShape(typeOf(id)));
  return known ? null : 'the shapes of its operands are not known yet';
}

/** slice: g goes back to where its elements were taken from, with zeros between and around. */
function sliceGradient({ builder, equation, cotangent }: VjpContext<'slice'>): ValueId {
  const from = shapeOf(builder.typeOf(equation.operands[0]));
  const to = shapeOf(builder.typeOf(equation.id));
  if (to.includes(0)) return filledLike(builder, 0, equation.operands[0]);
  const { start_indices, strides } = equation.attributes;
  return builder.emit('pad', [cotangent, builder.constant(0)], {
    low: start_indices,
    high: from.map((size, i) => size - (start_indices[i] + (to[i] - 1) * strides[i] + 1)),
    interior: strides.map((stride) => stride - 1),
  });
}

/** The elements that `pad` put in the places of its operand, taken out again: crops what was added, adds what was cropped. */
function unpad({ builder, equation }: VjpContext<'pad'>, padded: ValueId): ValueId {
  const { low, high, interior } = equation.attributes;
  const shape = shapeOf(builder.typeOf(equation.operands[0]));
  const cropped = builder.emit('pad', [padded, builder.constant(0)], {
    low: low.map((n) => -n),
    high: high.map((n) => -n),
    interior: low.map(() => 0),
  });
  const dilated = shapeOf(builder.typeOf(cropped));
  return builder.emit('slice', [cropped], { start_indices: shape.map(() => 0), limit_indices: dilated, strides: interior.map((n) => n + 1) });
}

function padGradient(context: VjpContext<'pad'>, position: number): ValueId {
  const { builder, equation, cotangent } = context;
  const [operand] = equation.operands;
  if (position === 0) return shapeOf(builder.typeOf(operand)).includes(0) ? filledLike(builder, 0, operand) : unpad(context, cotangent);
  const inside = builder.emit('pad', [filledLike(builder, 1, operand), builder.constant(0)], equation.attributes);
  const { compare, select } = emitter(builder);
  const outside = select(compare('EQ', inside, builder.constant(0)), cotangent, builder.constant(0));
  return builder.emit('reduce', [outside], { kind: 'add', axes: 'all' });
}

function concatenateGradient({ builder, equation, cotangent }: VjpContext<'concatenate'>, position: number): ValueId {
  const { dimension } = equation.attributes;
  const sizeOf = (id: ValueId) => shapeOf(builder.typeOf(id))[dimension];
  const start = equation.operands.slice(0, position).reduce((sum, id) => sum + sizeOf(id), 0);
  const total = shapeOf(builder.typeOf(equation.id));
  return builder.emit('slice', [cotangent], {
    start_indices: total.map((_, i) => (i === dimension ? start : 0)),
    limit_indices: total.map((size, i) => (i === dimension ? start + sizeOf(equation.operands[position]) : size)),
    strides: total.map(() => 1),
  });
}

/** broadcast_in_dim: the sum over the axes that were added, and over those that were stretched from 1. */
function broadcastInDimGradient({ builder, equation, cotangent }: VjpContext<'broadcast_in_dim'>): ValueId {
  const operand = builder.typeOf(equation.operands[0]);
  const { shape, broadcast_dimensions } = equation.attributes;
  const from = shapeOf(operand);
  const summed = shape.flatMap((size, axis) => {
    const source = broadcast_dimensions.indexOf(axis);
    return source < 0 || (from[source] === 1 && size !== 1) ? [axis] : [];
  });
  const sum = sumOver(builder, cotangent, summed);
  const kept = broadcast_dimensions.filter((axis) => !summed.includes(axis));
  const sorted = [...kept].sort((a, b) => a - b);
  const order = kept.map((axis) => sorted.indexOf(axis));
  const arranged = order.every((axis, i) => axis === i) ? sum : builder.emit('transpose', [sum], { permutation: order });
  return reshaped(builder, arranged, from);
}

/** The transpose of broadcast_like. Aligned to the front, x's dimensions come first and the rest is summed away. */
function broadcastLikeGradient({ builder, equation, cotangent }: VjpContext<'broadcast_like'>): ValueId {
  const [x, like] = equation.operands;
  const type = builder.typeOf(x);
  if (isScalar(type)) return isScalar(builder.typeOf(like)) ? cotangent : builder.emit('reduce', [cotangent], { kind: 'add', axes: 'all' });
  if (equation.attributes.align === 'trailing') return builder.emit('sum_like', [cotangent, x]);
  const from = staticShape(type);
  const to = staticShape(builder.typeOf(like));
  if (from && to) {
    const summed = to.flatMap((size, axis) => (axis >= from.length || (from[axis] === 1 && size !== 1) ? [axis] : []));
    return reshaped(builder, sumOver(builder, cotangent, summed), from);
  }
  return builder.emit('reduce', [cotangent], { kind: 'add', axes: 'all_but_first' });
}

function lacksBroadcastLike(equation: EquationOf<'broadcast_like'>, typeOf: (id: ValueId) => Type): string | null {
  const [x, like] = equation.operands.map(typeOf);
  if (equation.attributes.align === 'trailing' || isScalar(x)) return null;
  if (staticShape(x) && staticShape(like)) return null;
  // a leading dimension of 1 could be stretched; a symbol shared with `like` cannot
  const shared = x.kind === 'tensor' && like.kind === 'tensor' && rankOf(x) === 1 && x.shape.dims[0] === like.shape.dims[0];
  return shared ? null : 'the shapes of its operands are not known yet';
}

/** append: g without its last entries, and the sum of these. */
function appendGradient({ builder, equation, cotangent }: VjpContext<'append'>, position: number): ValueId {
  const shape = shapeOf(builder.typeOf(equation.id));
  const last = shape.length - 1;
  const cut = shape[last] - 1;
  const part = builder.emit('slice', [cotangent], {
    start_indices: shape.map((_, axis) => (axis === last && position === 1 ? cut : 0)),
    limit_indices: shape.map((size, axis) => (axis === last && position === 0 ? cut : size)),
    strides: shape.map(() => 1),
  });
  return position === 0 ? part : builder.emit('reduce', [part], { kind: 'add', axes: 'all' });
}

export const STRUCTURAL_VJP: Pick<
  VjpTable,
  | 'constant' | 'iota' | 'reshape' | 'transpose' | 'broadcast_in_dim' | 'slice' | 'pad' | 'concatenate' | 'reverse'
  | 'iota_like' | 'descending_rank' | 'append' | 'broadcast_like' | 'sum_like' | 'broadcast_weights'
> = {
  constant: zero('it has no operands'),
  iota: zero('it has no operands'),
  reshape: differentiable(
    ({ builder, equation, cotangent }) => builder.emit('reshape', [cotangent], { shape: shapeOf(builder.typeOf(equation.operands[0])) }),
    { lacks: lacksShapes },
  ),
  transpose: differentiable(({ builder, equation, cotangent }) => {
    const { permutation } = equation.attributes;
    return builder.emit('transpose', [cotangent], { permutation: permutation.map((_, axis) => permutation.indexOf(axis)) });
  }),
  broadcast_in_dim: differentiable(broadcastInDimGradient, { lacks: lacksShapes }),
  slice: differentiable(sliceGradient, { lacks: lacksShapes }),
  pad: differentiable(padGradient, { lacks: lacksShapes }),
  concatenate: differentiable(concatenateGradient, { lacks: lacksShapes }),
  reverse: differentiable(({ builder, equation, cotangent }) => builder.emit('reverse', [cotangent], equation.attributes)),
  iota_like: zero('it depends on the shape only'),
  descending_rank: zero('it is constant between its steps'),
  append: differentiable(appendGradient, { lacks: lacksShapes }),
  broadcast_like: differentiable(broadcastLikeGradient, { inert: [1], lacks: lacksBroadcastLike }),
  sum_like: differentiable(
    ({ builder, equation, cotangent }) => builder.emit('broadcast_like', [cotangent, equation.operands[0]], { align: 'trailing' }),
    { inert: [1] },
  ),
  broadcast_weights: differentiable(
    ({ builder, equation, cotangent }) => {
      const [weights, losses] = equation.operands;
      if (isScalar(builder.typeOf(losses))) return cotangent;
      if (isScalar(builder.typeOf(weights))) return builder.emit('reduce', [cotangent], { kind: 'add', axes: 'all' });
      return builder.emit('sum_like', [cotangent, weights]);
    },
    { inert: [1] },
  ),
};
