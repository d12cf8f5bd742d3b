import { invariant } from '../../support/invariant.ts';
import type { Axes, OpKind, WindowAttributes } from '../ops.ts';
import { formatShape, mayEqual, windowCount } from '../shapes.ts';
import type { Dim, Shape, TensorType } from '../types.ts';
import { formatType, SCALAR_SHAPE } from '../types.ts';
import { broadcastAll } from './elementwise.ts';
import type { InferTable } from './rule.ts';
import { closed, rankedOperand, requireAxes, requireIntegers, requireLength, tensor, tensorOperand } from './rule.ts';

/**
 * What a reduction leaves. 'all_but_first' of a scalar is the scalar itself, and of a tensor of which nothing is known something
 * of which nothing is known.
 */
function reducedShape(op: OpKind, shape: Shape, axes: Axes): Shape {
  if (axes === 'all') return SCALAR_SHAPE;
  if (axes === 'all_but_first') return shape.dims.length > 0 ? { dims: [shape.dims[0]], open: false } : shape;
  requireAxes(op, 'axes', axes, shape.open ? Infinity : shape.dims.length);
  return { dims: shape.dims.filter((_, i) => !axes.includes(i)), open: shape.open };
}

/** Axes that may be negative, which count from the end, as ones that count from the start. */
export function fromStart(axes: readonly number[], rank: number): readonly number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}

/** The axes of a tensor that are meant, counted from the start. */
export function resolveAxes(axes: Axes, rank: number): readonly number[] {
  if (typeof axes !== 'string') return fromStart(axes, rank);
  const all = Array.from({ length: rank }, (_, i) => i);
  return axes === 'all' ? all : all.slice(1);
}

/** The dimensions of a windowed reduction. A symbol survives only where the window is 1 and moves by 1. */
export function windowedDims(op: OpKind, operand: TensorType, { window_dimensions, window_strides, padding }: WindowAttributes): readonly Dim[] {
  const { dims } = operand.shape;
  requireLength(op, 'window_dimensions', window_dimensions, dims.length);
  requireLength(op, 'window_strides', window_strides, dims.length);
  requireLength(op, 'padding', padding, dims.length);
  requireIntegers(op, 'window_dimensions', window_dimensions, 1);
  requireIntegers(op, 'window_strides', window_strides, 1);
  requireIntegers(op, 'padding', padding.flat());
  return dims.map((dim, i) => {
    const [low, high] = padding[i];
    if (window_dimensions[i] === 1 && window_strides[i] === 1 && low === 0 && high === 0) return dim;
    invariant(typeof dim === 'number', `${op}: dimension ${i} of ${formatType(operand)} has a window and must be known`);
    return windowCount(dim, window_dimensions[i], { stride: window_strides[i], low, high });
  });
}

export const reductions = {
  reduce: (operands, { axes }, op) => {
    const { dtype, shape } = tensorOperand(op, operands, 0, ['f32', 'i32']);
    return tensor(dtype, reducedShape(op, shape, axes));
  },
  size: (operands, { axes }, op) => {
    const { dims, open } = tensorOperand(op, operands, 0).shape;
    if (typeof axes !== 'string') {
      requireIntegers(op, 'axes', axes);
      if (!open) requireAxes(op, 'axes', fromStart(axes, dims.length), dims.length);
    }
    return closed('f32', []);
  },
  reduce_window: (operands, attributes, op) => {
    const operand = rankedOperand(op, operands, 0, ['f32', 'i32']);
    return closed(operand.dtype, windowedDims(op, operand, attributes));
  },
  select_and_scatter: (operands, attributes, op) => {
    const operand = rankedOperand(op, operands, 0, ['f32', 'i32']);
    const source = rankedOperand(op, operands, 1, [operand.dtype]);
    const expected = windowedDims(op, operand, attributes);
    const fits = expected.length === source.shape.dims.length && expected.every((dim, i) => mayEqual(dim, source.shape.dims[i]));
    invariant(fits, `${op}: the source is ${formatType(source)}, but there are ${formatShape({ dims: expected, open: false })} windows`);
    return operand;
  },
  // of an open shape the last dimension may be the last known one
  softmax_cross_entropy: (operands, _attributes, op) => {
    const shape = broadcastAll(op, [tensorOperand(op, operands, 0, ['f32']).shape, tensorOperand(op, operands, 1, ['f32']).shape]);
    invariant(shape.open || shape.dims.length > 0, `${op}: a scalar has no last dimension`);
    return tensor('f32', { dims: shape.dims.slice(0, -1), open: shape.open });
  },
} satisfies Partial<InferTable>;
