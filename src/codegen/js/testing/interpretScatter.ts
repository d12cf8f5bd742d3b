import { evaluateOp } from '../../../ir/evaluate.ts';
import { arrayValue } from '../../../ir/values.ts';
import { invariant } from '../../../support/invariant.ts';
import type { Buffer, BufferId, ScatterKernel, SelectAndScatterKernel } from '../../../schedule/types.ts';
import { dataOf, rounded, type BufferValues } from './interpretLoops.ts';

function tensorOf(id: BufferId, buffers: readonly Buffer[], values: BufferValues) {
  return arrayValue(buffers[id].shape, dataOf(values, id), buffers[id].dtype);
}

/** The op's own evaluation, in place. */
export function interpretScatter(kernel: ScatterKernel | SelectAndScatterKernel, buffers: readonly Buffer[], values: BufferValues): void {
  const tensor = (id: BufferId) => tensorOf(id, buffers, values);
  const value =
    kernel.kind === 'scatter'
      ? evaluateOp('scatter', [tensor(kernel.result), tensor(kernel.indices), tensor(kernel.updates)], kernel.attributes)
      : evaluateOp('select_and_scatter', [tensor(kernel.operand), tensor(kernel.source)], kernel.attributes);
  invariant(value.kind === 'array', 'a scatter gives a tensor');
  dataOf(values, kernel.result).set(value.data.map((x) => rounded(value.dtype, x)));
}
