import { stridesOf } from '../ir/values.ts';
import type { EquationOf, ValueId } from '../ir/graph.ts';
import { resolveAxes } from '../ir/infer/reductions.ts';
import { parseDimensionNumbers } from '../ir/shapes.ts';
import { identityCoordinates } from './affine.ts';
import type { BufferId, ContractionKernel } from './types.ts';
import { accessOf, NeedsBuffer, type Values } from './values.ts';

/** An operand as strides, one for each of its dimensions. */
interface Strided {
  readonly buffer: BufferId;
  readonly offset: number;
  readonly strides: readonly number[];
}

function stridedOperand(values: Values, id: ValueId): Strided {
  const shape = values.shapeOf(id);
  const access = accessOf(values, id, identityCoordinates(shape), shape);
  if (access === null || access.guards.length > 0) throw new NeedsBuffer(id);
  return { buffer: access.buffer, offset: access.offset, strides: access.strides };
}

type Parts = Pick<ContractionKernel, 'lhs' | 'rhs' | 'batch' | 'rows' | 'windows' | 'contracted' | 'columns'>;

/** A contraction, and the strides of its result (dense, row-major) over [...batch, ...rows, ...windows, ...columns]. */
export interface Contraction {
  readonly parts: Parts;
  readonly result: readonly number[];
}

export function dotGeneral(values: Values, equation: EquationOf<'dot_general'>): Contraction {
  const [lhs, rhs] = equation.operands.map((id) => ({ ...stridedOperand(values, id), shape: values.shapeOf(id) }));
  const { attributes } = equation;
  const lhsContracting = resolveAxes(attributes.lhs_contracting_dimensions, lhs.shape.length);
  const rhsContracting = resolveAxes(attributes.rhs_contracting_dimensions, rhs.shape.length);
  const free = (side: typeof lhs, taken: readonly number[]) => side.shape.map((_, axis) => axis).filter((axis) => !taken.includes(axis));
  const rows = free(lhs, [...attributes.lhs_batching_dimensions, ...lhsContracting]);
  const columns = free(rhs, [...attributes.rhs_batching_dimensions, ...rhsContracting]);
  return {
    parts: {
      lhs: { buffer: lhs.buffer, offset: lhs.offset },
      rhs: { buffer: rhs.buffer, offset: rhs.offset },
      batch: attributes.lhs_batching_dimensions.map((axis, i) => ({ size: lhs.shape[axis], lhs: lhs.strides[axis], rhs: rhs.strides[attributes.rhs_batching_dimensions[i]] })),
      rows: rows.map((axis) => ({ size: lhs.shape[axis], lhs: lhs.strides[axis] })),
      windows: [],
      contracted: lhsContracting.map((axis, i) => ({ size: lhs.shape[axis], lhs: lhs.strides[axis], rhs: rhs.strides[rhsContracting[i]] })),
      columns: columns.map((axis) => ({ size: rhs.shape[axis], rhs: rhs.strides[axis] })),
    },
    result: stridesOf(values.shapeOf(equation.id)),
  };
}

/**
 * StableHLO's convolution. Groups of features split the input's features and the kernel's output features, groups of batches the
 * input's batch and the kernel's output features: either is a dimension of both operands.
 */
export function convolution(values: Values, equation: EquationOf<'convolution'>): Contraction {
  const { attributes } = equation;
  const [lhsId, rhsId] = equation.operands;
  const [lhs, rhs] = [stridedOperand(values, lhsId), stridedOperand(values, rhsId)];
  const [lhsShape, rhsShape, outShape] = [lhsId, rhsId, equation.id].map((id) => values.shapeOf(id));
  const out = stridesOf(outShape);
  const input = parseDimensionNumbers(attributes.input, 'bf');
  const kernel = parseDimensionNumbers(attributes.kernel, 'io');
  const output = parseDimensionNumbers(attributes.output, 'bf');
  const groups = attributes.feature_group_count * attributes.batch_group_count;
  const grouped = groups > 1;
  const perGroup = rhsShape[kernel.second] / groups;
  const groupStride = attributes.batch_group_count > 1 ? (lhsShape[input.first] / groups) * lhs.strides[input.first] : rhsShape[kernel.first] * lhs.strides[input.second];
  let rhsOffset = rhs.offset;
  const windows = kernel.spatial.map((axis, i) => {
    const reversed = attributes.window_reversal[i];
    if (reversed) rhsOffset += (rhsShape[axis] - 1) * rhs.strides[axis];
    return {
      size: outShape[output.spatial[i]],
      inputSize: lhsShape[input.spatial[i]],
      taps: rhsShape[axis],
      stride: attributes.window_strides[i],
      tapStride: attributes.rhs_dilation[i],
      low: attributes.padding[i][0],
      dilation: attributes.lhs_dilation[i],
      lhs: lhs.strides[input.spatial[i]],
      rhs: reversed ? -rhs.strides[axis] : rhs.strides[axis],
    };
  });
  return {
    parts: {
      lhs: { buffer: lhs.buffer, offset: lhs.offset },
      rhs: { buffer: rhs.buffer, offset: rhsOffset },
      batch: grouped ? [{ size: groups, lhs: groupStride, rhs: perGroup * rhs.strides[kernel.second] }] : [],
      rows: [{ size: outShape[output.first], lhs: lhs.strides[input.first] }],
      windows,
      contracted: [{ size: rhsShape[kernel.first], lhs: lhs.strides[input.second], rhs: rhs.strides[kernel.first] }],
      columns: [{ size: perGroup, rhs: rhs.strides[kernel.second] }],
    },
    result: [...(grouped ? [perGroup * out[output.second]] : []), out[output.first], ...output.spatial.map((axis) => out[axis]), out[output.second]],
  };
}

/** How many multiply-adds a contraction needs where taps on padding and in holes are left out; two operations each. */
export function contractionFlops({ batch, rows, windows, contracted, columns }: Parts): number {
  const product = (sizes: readonly { readonly size: number }[]) => sizes.reduce((total, { size }) => total * size, 1);
  const taps = windows.reduce((total, window) => total * validTaps(window), 1);
  return 2 * product(batch) * product(rows) * product(contracted) * product(columns) * taps;
}

/** Over all positions of a window, the taps that meet an element of the input. */
function validTaps(window: ContractionKernel['windows'][number]): number {
  return Array.from({ length: window.size }, (_, position) => tapsAt(window, position).length).reduce((sum, count) => sum + count, 0);
}

/** The taps that meet an element at a position of a window, and that element's place: [tap, input position]. */
export function tapsAt(window: ContractionKernel['windows'][number], position: number): readonly (readonly [tap: number, at: number])[] {
  return Array.from({ length: window.taps }, (_, tap) => [tap, inputPosition(window, position, tap)] as const).flatMap(([tap, at]) => (at === null ? [] : [[tap, at] as const]));
}

/** The input's element under a tap, or null where there is padding or a hole. */
function inputPosition({ stride, tapStride, low, dilation, inputSize }: ContractionKernel['windows'][number], position: number, tap: number): number | null {
  const dilated = position * stride + tap * tapStride - low;
  const place = dilated / dilation;
  return Number.isInteger(place) && place >= 0 && place < inputSize ? place : null;
}
