import { resolveAxes } from '../infer/reductions.ts';
import type { OpAttributes } from '../ops.ts';
import type { DType } from '../types.ts';
import { forEachIndex, offsetsOf, placeOf, sizeOf, stridesOf } from '../values.ts';
import type { EvaluateTable } from './rule.ts';
import { arrayRule } from './rule.ts';

type Kind = OpAttributes['reduce']['kind'];

const COMBINE: { readonly [K in Kind]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  maximum: Math.max,
  minimum: Math.min,
};

function initial(kind: Kind, dtype: DType): number {
  if (kind === 'add') return 0;
  const extreme = dtype === 'i32' ? 2 ** 31 : Infinity;
  return kind === 'maximum' ? -extreme : dtype === 'i32' ? extreme - 1 : extreme;
}

/** Calls `visit` with the place in the operand of each element of one window, in row-major order; padding is left out. */
function eachInWindow(
  shape: readonly number[],
  window: OpAttributes['select_and_scatter'],
  windowIndex: readonly number[],
  visit: (place: number) => void,
): void {
  const start = windowIndex.map((i, axis) => i * window.window_strides[axis] - window.padding[axis][0]);
  forEachIndex(window.window_dimensions, (index) => {
    const place = placeOf(
      shape,
      index.map((i, axis) => start[axis] + i),
    );
    if (place >= 0) visit(place);
  });
}

export const reductions = {
  reduce: arrayRule('reduce', (result, [operand], { kind, axes }) => {
    const removed = resolveAxes(axes, operand.shape.length);
    const combine = COMBINE[kind];
    const kept = stridesOf(operand.shape.filter((_, i) => !removed.includes(i)));
    let next = 0;
    const strides = operand.shape.map((_, i) => (removed.includes(i) ? 0 : kept[next++]));
    result.fill(initial(kind, operand.dtype));
    offsetsOf(operand.shape, strides).forEach((offset, i) => (result[offset] = combine(result[offset], operand.data[i])));
  }),
  size: arrayRule('size', (result, [operand], { axes }) => {
    result[0] = sizeOf(resolveAxes(axes, operand.shape.length).map((axis) => operand.shape[axis]));
  }),
  reduce_window: arrayRule('reduce_window', (result, [operand], attributes, shape) => {
    const combine = COMBINE[attributes.kind];
    result.fill(initial(attributes.kind, operand.dtype));
    forEachIndex(shape, (index, place) => {
      eachInWindow(operand.shape, attributes, index, (from) => (result[place] = combine(result[place], operand.data[from])));
    });
  }),
  // StableHLO's with `select` = GE: the earlier of two stays unless it is less, so the first maximum wins; a window of padding adds nothing
  select_and_scatter: arrayRule('select_and_scatter', (result, [operand, source], attributes) => {
    forEachIndex(source.shape, (index, place) => {
      let selected = -1;
      eachInWindow(operand.shape, attributes, index, (from) => {
        if (selected < 0 || !(operand.data[selected] >= operand.data[from])) selected = from;
      });
      if (selected >= 0) result[selected] += source.data[place];
    });
  }),
  softmax_cross_entropy: arrayRule('softmax_cross_entropy', (result, [labels, logits], _attributes, shape) => {
    const rank = Math.max(labels.shape.length, logits.shape.length);
    const last = (value: typeof labels) => value.shape[value.shape.length - 1] ?? 1;
    const classes = last(labels) === 1 ? last(logits) : last(labels);
    const rows = [...shape, classes];
    const [z, x] = [labels, logits].map((value) => {
      const missing = rank - value.shape.length;
      const own = stridesOf(value.shape);
      const strides = rows.map((_, i) => (i < missing || value.shape[i - missing] === 1 ? 0 : own[i - missing]));
      return Float64Array.from(offsetsOf(rows, strides), (offset) => value.data[offset]);
    });
    for (let row = 0; row < result.length; row++) {
      const labelRow = z.subarray(row * classes, (row + 1) * classes);
      const logitRow = x.subarray(row * classes, (row + 1) * classes);
      const greatest = logitRow.reduce((a, b) => Math.max(a, b), -Infinity);
      const logSum = Math.log(logitRow.reduce((sum, logit) => sum + Math.exp(logit - greatest), 0));
      result[row] = labelRow.reduce((sum, label, i) => sum + label * (logSum - (logitRow[i] - greatest)), 0);
    }
  }),
} satisfies Partial<EvaluateTable>;
