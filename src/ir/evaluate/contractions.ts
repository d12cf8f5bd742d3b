import { resolveAxes } from '../infer/reductions.ts';
import { parseDimensionNumbers } from '../shapes.ts';
import { forEachIndex, offsetsOf, placeOf, sizeOf, stridesOf } from '../values.ts';
import type { EvaluateTable } from './rule.ts';
import { arrayRule } from './rule.ts';

export const contractions = {
  dot_general: arrayRule('dot_general', (result, [lhs, rhs], attributes) => {
    const places = (shape: readonly number[], axes: readonly number[]) => {
      const strides = stridesOf(shape);
      return offsetsOf(
        axes.map((axis) => shape[axis]),
        axes.map((axis) => strides[axis]),
      );
    };
    const free = (shape: readonly number[], taken: readonly number[]) => shape.map((_, i) => i).filter((i) => !taken.includes(i));
    const { lhs_batching_dimensions: lhsBatch, rhs_batching_dimensions: rhsBatch } = attributes;
    const lhsContract = resolveAxes(attributes.lhs_contracting_dimensions, lhs.shape.length);
    const rhsContract = resolveAxes(attributes.rhs_contracting_dimensions, rhs.shape.length);
    const batches = [places(lhs.shape, lhsBatch), places(rhs.shape, rhsBatch)];
    const contracted = [places(lhs.shape, lhsContract), places(rhs.shape, rhsContract)];
    const rows = places(lhs.shape, free(lhs.shape, [...lhsBatch, ...lhsContract]));
    const columns = places(rhs.shape, free(rhs.shape, [...rhsBatch, ...rhsContract]));
    const times = lhs.dtype === 'i32' ? Math.imul : (a: number, b: number) => a * b;
    let place = 0;
    for (let b = 0; b < batches[0].length; b++) {
      for (const row of rows) {
        for (const column of columns) {
          let sum = 0;
          for (let k = 0; k < contracted[0].length; k++) {
            sum += times(lhs.data[batches[0][b] + row + contracted[0][k]], rhs.data[batches[1][b] + column + contracted[1][k]]);
          }
          result[place++] = sum;
        }
      }
    }
  }),

  convolution: arrayRule('convolution', (result, [lhs, rhs], attributes, shape) => {
    const input = parseDimensionNumbers(attributes.input, 'bf');
    const kernel = parseDimensionNumbers(attributes.kernel, 'io');
    const output = parseDimensionNumbers(attributes.output, 'bf');
    const { window_strides, padding, lhs_dilation, rhs_dilation, window_reversal } = attributes;
    const window = kernel.spatial.map((axis) => rhs.shape[axis]);
    const inputSpatial = input.spatial.map((axis) => lhs.shape[axis]);
    const lhsStrides = stridesOf(lhs.shape);
    const rhsStrides = stridesOf(rhs.shape);
    const kernelFeatures = rhs.shape[kernel.first];
    const outputFeatures = rhs.shape[kernel.second];
    // consecutive output features of one group read the same part of the input's features, or of its batch
    const featuresPerGroup = outputFeatures / attributes.feature_group_count;
    const featuresPerBatchGroup = outputFeatures / attributes.batch_group_count;
    const batchPerGroup = lhs.shape[input.first] / attributes.batch_group_count;

    forEachIndex(shape, (index, place) => {
      const feature = index[output.second];
      const batch = Math.floor(feature / featuresPerBatchGroup) * batchPerGroup + index[output.first];
      const firstFeature = Math.floor(feature / featuresPerGroup) * kernelFeatures;
      const lhsStart = batch * lhsStrides[input.first] + firstFeature * lhsStrides[input.second];
      const rhsStart = feature * rhsStrides[kernel.second];
      let sum = 0;
      forEachIndex(window, (tap) => {
        let from = lhsStart;
        let weight = rhsStart;
        for (let axis = 0; axis < tap.length; axis++) {
          const position = index[output.spatial[axis]] * window_strides[axis] + tap[axis] * rhs_dilation[axis] - padding[axis][0];
          const source = position / lhs_dilation[axis];
          // outside, or in a hole between dilated elements: zero
          if (!Number.isInteger(source) || source < 0 || source >= inputSpatial[axis]) return;
          from += source * lhsStrides[input.spatial[axis]];
          weight += (window_reversal[axis] ? window[axis] - 1 - tap[axis] : tap[axis]) * rhsStrides[kernel.spatial[axis]];
        }
        for (let k = 0; k < kernelFeatures; k++) {
          sum += lhs.data[from + k * lhsStrides[input.second]] * rhs.data[weight + k * rhsStrides[kernel.first]];
        }
      });
      result[place] = sum;
    });
  }),

  gather: arrayRule('gather', (result, [operand, indices], attributes, shape) => {
    const { offset_dims, collapsed_slice_dims, start_index_map, index_vector_dim, slice_sizes } = attributes;
    const batchAxes = shape.map((_, i) => i).filter((axis) => !offset_dims.includes(axis));
    const operandAxes = operand.shape.map((_, i) => i).filter((axis) => !collapsed_slice_dims.includes(axis));
    const vectors = indexVectors(indices.shape, index_vector_dim);
    forEachIndex(shape, (index, place) => {
      const source = operand.shape.map(() => 0);
      const start = vectors(batchAxes.map((axis) => index[axis]));
      start_index_map.forEach((axis, k) => {
        const most = operand.shape[axis] - slice_sizes[axis];
        source[axis] = Math.min(Math.max(indices.data[start(k)], 0), most);
      });
      operandAxes.forEach((axis, i) => (source[axis] += index[offset_dims[i]]));
      result[place] = operand.data[placeOf(operand.shape, source)];
    });
  }),

  scatter: arrayRule('scatter', (result, [operand, indices, updates], attributes) => {
    const { update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims, index_vector_dim } = attributes;
    const batchAxes = updates.shape.map((_, i) => i).filter((axis) => !update_window_dims.includes(axis));
    const windowAxes = operand.shape.map((_, i) => i).filter((axis) => !inserted_window_dims.includes(axis));
    const vectors = indexVectors(indices.shape, index_vector_dim);
    result.set(operand.data);
    forEachIndex(updates.shape, (index, from) => {
      const target = operand.shape.map(() => 0);
      const start = vectors(batchAxes.map((axis) => index[axis]));
      scatter_dims_to_operand_dims.forEach((axis, k) => (target[axis] = indices.data[start(k)]));
      windowAxes.forEach((axis, i) => (target[axis] += index[update_window_dims[i]]));
      const place = placeOf(operand.shape, target);
      // what falls outside is dropped, as the specification says
      if (place >= 0) result[place] += updates.data[from];
    });
  }),
} satisfies Partial<EvaluateTable>;

/** Where entry k of the index vector of a batch index lies: `index_vector_dim` may stand anywhere, or be implied at the end. */
function indexVectors(shape: readonly number[], indexVectorDim: number): (batch: readonly number[]) => (k: number) => number {
  const implied = indexVectorDim === shape.length;
  const full = implied ? [...shape, 1] : shape;
  const strides = stridesOf(full);
  return (batch) => {
    const index = [...batch.slice(0, indexVectorDim), 0, ...batch.slice(indexVectorDim)];
    const start = sizeOf(full) === 0 ? 0 : index.reduce((sum, i, axis) => sum + i * strides[axis], 0);
    return (k) => start + k * strides[indexVectorDim];
  };
}
