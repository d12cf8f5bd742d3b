import { invariant } from '../../support/invariant.ts';
import { dilatedSize, formatShape, mayEqual, parseDimensionNumbers, windowCount } from '../shapes.ts';
import type { Dim } from '../types.ts';
import { formatType, UNKNOWN_SHAPE } from '../types.ts';
import { resolveAxes } from './reductions.ts';
import type { InferTable } from './rule.ts';
import { closed, rankedOperand, requireAxes, requireIntegers, requireLength, tensor, tensorOperand } from './rule.ts';

export const contractions = {
  dot_general: (operands, attributes, op) => {
    const lhs = tensorOperand(op, operands, 0, ['f32', 'i32']);
    const rhs = tensorOperand(op, operands, 1, [lhs.dtype]);
    const { lhs_batching_dimensions: lhsBatch, rhs_batching_dimensions: rhsBatch } = attributes;
    if (lhs.shape.open || rhs.shape.open) {
      invariant(lhsBatch.length === 0 && rhsBatch.length === 0, `${op}: ${formatType(lhs)} and ${formatType(rhs)} cannot be batched before their ranks are known`);
      const bothSamples = attributes.lhs_contracting_dimensions === 'all_but_first' && attributes.rhs_contracting_dimensions === 'all_but_first';
      const [rows, columns] = [lhs.shape.dims.at(0), rhs.shape.dims.at(0)];
      return bothSamples && rows !== undefined && columns !== undefined ? closed(lhs.dtype, [rows, columns]) : tensor(lhs.dtype, UNKNOWN_SHAPE);
    }
    const lhsContract = resolveAxes(attributes.lhs_contracting_dimensions, lhs.shape.dims.length);
    const rhsContract = resolveAxes(attributes.rhs_contracting_dimensions, rhs.shape.dims.length);
    requireAxes(op, 'lhs dimensions', [...lhsBatch, ...lhsContract], lhs.shape.dims.length);
    requireAxes(op, 'rhs dimensions', [...rhsBatch, ...rhsContract], rhs.shape.dims.length);
    requireLength(op, 'rhs_batching_dimensions', rhsBatch, lhsBatch.length);
    requireLength(op, 'rhs_contracting_dimensions', rhsContract, lhsContract.length);
    const rhsPaired = [...rhsBatch, ...rhsContract];
    [...lhsBatch, ...lhsContract].forEach((axis, i) => {
      const good = mayEqual(lhs.shape.dims[axis], rhs.shape.dims[rhsPaired[i]]);
      invariant(good, `${op}: dimension ${axis} of ${formatType(lhs)} does not fit dimension ${rhsPaired[i]} of ${formatType(rhs)}`);
    });
    const free = (dims: readonly Dim[], ...taken: (readonly number[])[]) => dims.filter((_, i) => !taken.some((axes) => axes.includes(i)));
    return closed(lhs.dtype, [
      ...lhsBatch.map((axis) => lhs.shape.dims[axis]),
      ...free(lhs.shape.dims, lhsBatch, lhsContract),
      ...free(rhs.shape.dims, rhsBatch, rhsContract),
    ]);
  },

  convolution: (operands, attributes, op) => {
    const lhs = rankedOperand(op, operands, 0, ['f32']);
    const rhs = rankedOperand(op, operands, 1, ['f32']);
    const rank = lhs.shape.dims.length;
    invariant(rank >= 2 && rhs.shape.dims.length === rank, `${op}: ${formatType(lhs)} and ${formatType(rhs)} differ in rank, or have no features`);
    for (const name of ['input', 'kernel', 'output'] as const) requireLength(op, name, attributes[name], rank);
    const { window_strides, padding, lhs_dilation, rhs_dilation, window_reversal } = attributes;
    for (const name of ['window_strides', 'padding', 'lhs_dilation', 'rhs_dilation', 'window_reversal'] as const) requireLength(op, name, attributes[name], rank - 2);
    requireIntegers(op, 'window_strides', window_strides, 1);
    requireIntegers(op, 'lhs_dilation', lhs_dilation, 1);
    requireIntegers(op, 'rhs_dilation', rhs_dilation, 1);
    requireIntegers(op, 'padding', padding.flat());
    invariant(
      window_reversal.every((reversed) => typeof reversed === 'boolean'),
      `${op}: window_reversal is not a list of booleans`,
    );
    const { feature_group_count: featureGroups, batch_group_count: batchGroups } = attributes;
    requireIntegers(op, 'group counts', [featureGroups, batchGroups], 1);
    invariant(featureGroups === 1 || batchGroups === 1, `${op}: groups of features and of batches exclude each other`);

    const input = parseDimensionNumbers(attributes.input, 'bf');
    const kernel = parseDimensionNumbers(attributes.kernel, 'io');
    const output = parseDimensionNumbers(attributes.output, 'bf');
    const batch = lhs.shape.dims[input.first];
    const features = lhs.shape.dims[input.second];
    const kernelFeatures = rhs.shape.dims[kernel.first];
    const outputFeatures = rhs.shape.dims[kernel.second];
    const divides = (groups: number, dim: Dim) => typeof dim === 'string' || dim % groups === 0;
    invariant(divides(featureGroups, features) && divides(featureGroups, outputFeatures), `${op}: ${featureGroups} groups do not divide the features`);
    invariant(divides(batchGroups, batch) && divides(batchGroups, outputFeatures), `${op}: ${batchGroups} groups do not divide the batch`);
    const good = typeof features === 'string' || mayEqual(features / featureGroups, kernelFeatures);
    invariant(good, `${op}: ${formatType(lhs)} has ${features} features in ${featureGroups} groups, the kernel ${formatType(rhs)} takes ${kernelFeatures}`);
    invariant(batchGroups === 1 || typeof batch === 'number', `${op}: a batch in groups must be known`);

    const dims: Dim[] = Array.from({ length: rank }, () => 0);
    dims[output.first] = typeof batch === 'number' ? batch / batchGroups : batch;
    dims[output.second] = outputFeatures;
    output.spatial.forEach((place, i) => {
      const size = lhs.shape.dims[input.spatial[i]];
      const window = rhs.shape.dims[kernel.spatial[i]];
      invariant(typeof size === 'number' && typeof window === 'number', `${op}: the spatial dimensions of ${formatType(lhs)} and ${formatType(rhs)} must be known`);
      const [low, high] = padding[i];
      dims[place] = windowCount(size, window, { stride: window_strides[i], low, high, baseDilation: lhs_dilation[i], windowDilation: rhs_dilation[i] });
      invariant(dilatedSize(size, lhs_dilation[i]) + low + high >= 0, `${op}: more is cropped from spatial dimension ${i} than there is`);
    });
    return closed('f32', dims);
  },

  gather: (operands, attributes, op) => {
    const operand = rankedOperand(op, operands, 0);
    const indices = rankedOperand(op, operands, 1, ['i32']);
    const { offset_dims, collapsed_slice_dims, start_index_map, index_vector_dim, slice_sizes } = attributes;
    const { dims } = operand.shape;
    requireLength(op, 'slice_sizes', slice_sizes, dims.length);
    requireIntegers(op, 'slice_sizes', slice_sizes, 0);
    requireAxes(op, 'collapsed_slice_dims', collapsed_slice_dims, dims.length);
    requireAxes(op, 'start_index_map', start_index_map, dims.length);
    invariant(
      dims.every((dim, i) => typeof dim === 'string' || slice_sizes[i] <= dim),
      `${op}: slices of [${slice_sizes.join(', ')}] do not fit into ${formatType(operand)}`,
    );
    invariant(
      collapsed_slice_dims.every((axis) => slice_sizes[axis] === 1),
      `${op}: a collapsed dimension has a slice of another length than 1`,
    );
    const batchDims = requireIndexVector(op, indices.shape.dims, index_vector_dim, start_index_map.length);
    const offsetSizes = slice_sizes.filter((_, i) => !collapsed_slice_dims.includes(i));
    requireLength(op, 'offset_dims', offset_dims, offsetSizes.length);
    const rank = batchDims.length + offsetSizes.length;
    requireAxes(op, 'offset_dims', offset_dims, rank);
    let batch = 0;
    let offset = 0;
    return closed(
      operand.dtype,
      Array.from({ length: rank }, (_, i) => (offset_dims.includes(i) ? offsetSizes[offset++] : batchDims[batch++])),
    );
  },

  scatter: (operands, attributes, op) => {
    const operand = rankedOperand(op, operands, 0, ['f32', 'i32']);
    const indices = rankedOperand(op, operands, 1, ['i32']);
    const updates = rankedOperand(op, operands, 2, [operand.dtype]);
    const { update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims, index_vector_dim } = attributes;
    const { dims } = operand.shape;
    const updateDims = updates.shape.dims;
    requireAxes(op, 'inserted_window_dims', inserted_window_dims, dims.length);
    requireAxes(op, 'scatter_dims_to_operand_dims', scatter_dims_to_operand_dims, dims.length);
    requireAxes(op, 'update_window_dims', update_window_dims, updateDims.length);
    const windowed = dims.filter((_, i) => !inserted_window_dims.includes(i));
    requireLength(op, 'update_window_dims', update_window_dims, windowed.length);
    const batchDims = requireIndexVector(op, indices.shape.dims, index_vector_dim, scatter_dims_to_operand_dims.length);
    const updateBatch = updateDims.filter((_, i) => !update_window_dims.includes(i));
    const updateWindow = updateDims.filter((_, i) => update_window_dims.includes(i));
    const fits =
      updateBatch.length === batchDims.length &&
      updateBatch.every((dim, i) => mayEqual(dim, batchDims[i])) &&
      updateWindow.every((dim, i) => {
        const room = windowed[i];
        return typeof dim === 'string' || typeof room === 'string' || dim <= room;
      });
    invariant(fits, `${op}: updates ${formatType(updates)} do not fit ${formatType(operand)} at indices ${formatShape(indices.shape)}`);
    return operand;
  },
} satisfies Partial<InferTable>;

/** Checks the index vectors and gives the remaining dimensions of the indices. */
function requireIndexVector(op: 'gather' | 'scatter', dims: readonly Dim[], indexVectorDim: number, length: number): readonly Dim[] {
  requireIntegers(op, 'index_vector_dim', [indexVectorDim], 0);
  invariant(indexVectorDim <= dims.length, `${op}: index_vector_dim ${indexVectorDim} lies outside indices of rank ${dims.length}`);
  const vector = indexVectorDim === dims.length ? 1 : dims[indexVectorDim];
  invariant(mayEqual(vector, length), `${op}: index vectors have ${vector} entries for ${length} dimensions`);
  return dims.filter((_, i) => i !== indexVectorDim);
}
