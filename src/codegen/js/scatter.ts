import type { ScatterKernel } from '../../schedule/types.ts';
import { stridesOf } from '../../ir/values.ts';
import type { EmitKernel } from './kernelContext.ts';
import type { Term } from './text.ts';
import { affine } from './text.ts';

/** Adds each update at the place that its index vector says; what falls outside is dropped. */
export const emitScatter: EmitKernel<ScatterKernel> = ({ result, indices, updates, attributes }, context) => {
  const { text, base, view, bufferOf, helper } = context;
  const { update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims, index_vector_dim } = attributes;
  const [operandShape, indexShape, updateShape] = [result, indices, updates].map((id) => bufferOf(id).shape);
  const [operandStrides, indexStrides, updateStrides] = [operandShape, indexShape, updateShape].map(stridesOf);
  const batchAxes = updateShape.map((_, axis) => axis).filter((axis) => !update_window_dims.includes(axis));
  const windowAxes = operandShape.map((_, axis) => axis).filter((axis) => !inserted_window_dims.includes(axis));
  const batchIndexAxes = indexShape.map((_, axis) => axis).filter((axis) => axis !== index_vector_dim);
  // without a dimension of its own an index vector is one number
  const vectorStride = index_vector_dim === indexShape.length ? 0 : indexStrides[index_vector_dim];
  const name = (axis: number) => `i${axis}`;

  const inWindow = () => {
    const starts = scatter_dims_to_operand_dims;
    const coordinates = operandShape.map((_, axis) => {
      const window = windowAxes.indexOf(axis);
      const terms: Term[] = [...(starts.includes(axis) ? [[1, `x${axis}`] as const] : []), ...(window >= 0 ? [[1, name(update_window_dims[window])] as const] : [])];
      return affine(null, 0, terms);
    });
    const checks = coordinates.flatMap((coordinate, axis) => (starts.includes(axis) ? [`${coordinate} >= 0 && ${coordinate} < ${operandShape[axis]}`] : []));
    const at = `${view(result)}[${affine(base(result), 0, coordinates.map((coordinate, axis): Term => [operandStrides[axis], `(${coordinate})`]))}]`;
    const update = `${view(updates)}[${affine(base(updates), 0, updateShape.map((_, axis): Term => [updateStrides[axis], name(axis)]))}]`;
    const add = view(result) === 'f' ? `${at} = ${helper('fround')}(${at} + ${update});` : `${at} = (${at} + ${update}) | 0;`;
    text.line(checks.length === 0 ? add : `if (${checks.join(' && ')}) ${add}`);
  };
  const overWindow = (i: number): void => {
    if (i === update_window_dims.length) return inWindow();
    const index = name(update_window_dims[i]);
    text.block(`for (let ${index} = 0; ${index} < ${updateShape[update_window_dims[i]]}; ${index}++)`, () => overWindow(i + 1));
  };
  const overBatch = (i: number): void => {
    if (i < batchAxes.length) {
      const index = name(batchAxes[i]);
      text.block(`for (let ${index} = 0; ${index} < ${updateShape[batchAxes[i]]}; ${index}++)`, () => overBatch(i + 1));
      return;
    }
    const vector = batchAxes.map((axis, k): Term => [indexStrides[batchIndexAxes[k]], name(axis)]);
    scatter_dims_to_operand_dims.forEach((axis, k) => text.line(`const x${axis} = i[${affine(base(indices), k * vectorStride, vector)}];`));
    overWindow(0);
  };
  overBatch(0);
};
