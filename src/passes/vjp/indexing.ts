import type { Builder } from '../../ir/builder.ts';
import type { ValueId } from '../../ir/graph.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { filledLike } from '../emit.ts';
import { shapeOf } from '../shapes.ts';
import { differentiable, type VjpContext, type VjpTable } from './rule.ts';
import { lacksShapes } from './structural.ts';

/** i32 numbers along the dimension of `like` in which its index vectors lie, spread over the rest. */
function indexVector(builder: Builder, values: readonly number[], like: ValueId, indexVectorDim: number): ValueId {
  const shape = shapeOf(builder.typeOf(like));
  const implicit = indexVectorDim === shape.length;
  const constant = builder.emit('constant', [], { dtype: 'i32', shape: implicit ? [] : [values.length], data: implicit ? values.slice(0, 1) : values });
  return builder.emit('broadcast_in_dim', [constant], { shape, broadcast_dimensions: implicit ? [] : [indexVectorDim] });
}

/** gather moves a slice that would reach over the edge inside, scatter drops it: so the indices are moved inside first. */
function clampedIndices({ builder, equation }: VjpContext<'gather'>): ValueId {
  const [operand, indices] = equation.operands;
  const { start_index_map, slice_sizes, index_vector_dim } = equation.attributes;
  const shape = shapeOf(builder.typeOf(operand));
  const bound = (values: readonly number[]) => indexVector(builder, values, indices, index_vector_dim);
  const raised = builder.emit('maximum', [indices, bound(start_index_map.map(() => 0))]);
  return builder.emit('minimum', [raised, bound(start_index_map.map((axis) => shape[axis] - slice_sizes[axis]))]);
}

function gatherGradient(context: VjpContext<'gather'>): ValueId {
  const { builder, equation, cotangent } = context;
  const { offset_dims, collapsed_slice_dims, start_index_map, index_vector_dim } = equation.attributes;
  return builder.emit('scatter', [filledLike(builder, 0, equation.operands[0]), clampedIndices(context), cotangent], {
    update_window_dims: offset_dims,
    inserted_window_dims: collapsed_slice_dims,
    scatter_dims_to_operand_dims: start_index_map,
    index_vector_dim,
  });
}

/** The size of the window that each update covers in the operand. */
function windowSizes(attributes: OpAttributes['scatter'], operand: readonly number[], updates: readonly number[]): readonly number[] {
  const sizes = attributes.update_window_dims.map((dim) => updates[dim]);
  return operand.map((_, axis) => (attributes.inserted_window_dims.includes(axis) ? 1 : sizes.shift()!));
}

/**
 * scatter adds: its operand's gradient is g, an update's is g where it was added. Elements that fell outside were dropped and get 0:
 * g gets a border of zeros as wide as a window, and no index points beyond it.
 */
function scatterGradient({ builder, equation, cotangent }: VjpContext<'scatter'>, position: number): ValueId {
  if (position === 0) return cotangent;
  const [operand, indices, updates] = equation.operands;
  const { attributes } = equation;
  const { update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims: axes, index_vector_dim } = attributes;
  const shape = shapeOf(builder.typeOf(operand));
  const from = shapeOf(builder.typeOf(updates));
  if (shape.includes(0) || from.includes(0)) return filledLike(builder, 0, updates);
  const slice_sizes = windowSizes(attributes, shape, from);
  const border = shape.map((_, axis) => (axes.includes(axis) ? slice_sizes[axis] : 0));
  const bordered = builder.emit('pad', [cotangent, builder.constant(0)], { low: border, high: border, interior: shape.map(() => 0) });
  const vector = (values: readonly number[]) => indexVector(builder, values, indices, index_vector_dim);
  const lowest = builder.emit('maximum', [indices, vector(axes.map((axis) => -border[axis]))]);
  const within = builder.emit('minimum', [lowest, vector(axes.map((axis) => shape[axis]))]);
  return builder.emit('gather', [bordered, builder.emit('add', [within, vector(axes.map((axis) => border[axis]))])], {
    offset_dims: update_window_dims,
    collapsed_slice_dims: inserted_window_dims,
    start_index_map: axes,
    index_vector_dim,
    slice_sizes,
  });
}

export const INDEXING_VJP: Pick<VjpTable, 'gather' | 'scatter'> = {
  gather: differentiable(gatherGradient, { inert: [1], lacks: lacksShapes }),
  scatter: differentiable(scatterGradient, { inert: [1], lacks: lacksShapes }),
};
