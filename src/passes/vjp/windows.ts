import type { Builder } from '../../ir/builder.ts';
import type { ValueId } from '../../ir/graph.ts';
import type { WindowAttributes } from '../../ir/ops.ts';
import { emitter, filledLike } from '../emit.ts';
import { range, shapeOf } from '../shapes.ts';
import { differentiable, type VjpContext, type VjpTable } from './rule.ts';
import { lacksShapes } from './structural.ts';

function reduceWindowGradient({ builder, equation, cotangent }: VjpContext<'reduce_window'>): ValueId {
  const [x] = equation.operands;
  const { kind, window_dimensions: windows, window_strides: strides, padding } = equation.attributes;
  if (kind === 'maximum') {
    return builder.emit('select_and_scatter', [x, cotangent], { window_dimensions: windows, window_strides: strides, padding });
  }
  const from = shapeOf(builder.typeOf(x));
  const to = shapeOf(builder.typeOf(equation.id));
  if (to.includes(0)) return filledLike(builder, 0, x);
  // element i lies in the windows that start at i − window + 1 … i: a sum over a window again, of g spread out by the strides
  const spread = builder.emit('pad', [cotangent, builder.constant(0)], {
    low: windows.map((window, i) => window - 1 - padding[i][0]),
    high: from.map((size, i) => size + padding[i][0] - ((to[i] - 1) * strides[i] + 1)),
    interior: strides.map((stride) => stride - 1),
  });
  return builder.emit('reduce_window', [spread], {
    kind: 'add',
    window_dimensions: windows,
    window_strides: windows.map(() => 1),
    padding: windows.map(() => [0, 0] as const),
  });
}

/** Every offset inside a window, the last dimension fastest: the order in which `select_and_scatter` looks for the maximum. */
function offsets(windows: readonly number[]): readonly (readonly number[])[] {
  return windows.reduce<readonly (readonly number[])[]>((all, window) => all.flatMap((offset) => range(window).map((k) => [...offset, k])), [[]]);
}

/** For each window the element at `offset`, as a tensor of the windows' shape. */
function atOffset(builder: Builder, padded: ValueId, count: readonly number[], offset: readonly number[], strides: readonly number[]): ValueId {
  return builder.emit('slice', [padded], {
    start_indices: offset,
    limit_indices: offset.map((start, i) => start + (count[i] - 1) * strides[i] + 1),
    strides,
  });
}

/**
 * The transpose of select_and_scatter by its source: for each window the value of `values` where `operand` has its first maximum,
 * 0 where a window holds nothing but padding. Written out offset by offset with slices and selects, which are closed under
 * differentiation.
 */
export function selectFirstMaximum(builder: Builder, operand: ValueId, values: ValueId, count: readonly number[], attributes: WindowAttributes): ValueId {
  const { window_dimensions, window_strides, padding } = attributes;
  const { compare, select } = emitter(builder);
  const padded = (x: ValueId) =>
    builder.emit('pad', [x, builder.constant(0)], { low: padding.map(([low]) => low), high: padding.map(([, high]) => high), interior: padding.map(() => 0) });
  const candidates = padded(operand);
  const carried = padded(values);
  const isPadded = padding.some(([low, high]) => low > 0 || high > 0);
  const inside = isPadded ? padded(filledLike(builder, 1, operand)) : null;

  let best: ValueId | null = null;
  let chosen = carried;
  let found: ValueId | null = null;
  for (const offset of offsets(window_dimensions)) {
    const at = (x: ValueId) => atOffset(builder, x, count, offset, window_strides);
    const candidate = at(candidates);
    const real = inside === null ? null : compare('NE', at(inside), builder.constant(0));
    if (best === null) {
      [best, chosen, found] = [candidate, at(carried), real];
      continue;
    }
    // not "candidate > best": a NaN loses its place to what follows, as in the reference
    let better = builder.emit('not', [compare('GE', best, candidate)]);
    if (real !== null && found !== null) {
      better = builder.emit('and', [real, builder.emit('or', [builder.emit('not', [found]), better])]);
      found = builder.emit('or', [found, real]);
    }
    best = select(better, candidate, best);
    chosen = select(better, at(carried), chosen);
  }
  return chosen;
}

export const WINDOW_VJP: Pick<VjpTable, 'reduce_window' | 'select_and_scatter'> = {
  reduce_window: differentiable(reduceWindowGradient, { lacks: lacksShapes }),
  // its operand decides only where the source goes
  select_and_scatter: differentiable(
    ({ builder, equation, cotangent }) => {
      const [operand, source] = equation.operands;
      const count = shapeOf(builder.typeOf(source));
      if (count.includes(0)) return filledLike(builder, 0, source);
      return selectFirstMaximum(builder, operand, cotangent, count, equation.attributes);
    },
    { inert: [0], lacks: lacksShapes },
  ),
};
