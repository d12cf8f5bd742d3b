import { forEachIndex } from '../../../ir/values.ts';
import type { Buffer, ContractionKernel } from '../../../schedule/types.ts';
import { dataOf, interpretNodes, interpretStore, rounded, type BufferValues } from './interpretLoops.ts';

const sizesOf = (dims: readonly { readonly size: number }[]) => dims.map(({ size }) => size);

/** What a contraction does, element by element, as `ContractionKernel` says it. */
export function interpretContraction(kernel: ContractionKernel, buffers: readonly Buffer[], values: BufferValues): void {
  const { batch, rows, windows, contracted, columns } = kernel;
  const [lhs, rhs] = [dataOf(values, kernel.lhs.buffer), dataOf(values, kernel.rhs.buffer)];
  const { dtype } = buffers[kernel.lhs.buffer];
  const times = dtype === 'i32' ? Math.imul : (a: number, b: number) => a * b;
  forEachIndex(sizesOf([...batch, ...rows, ...windows, ...columns]), (index) => {
    const outputs = index.slice(batch.length + rows.length);
    const lhsStart = [...batch, ...rows].reduce((place, dim, axis) => place + dim.lhs * index[axis], kernel.lhs.offset);
    const batchStart = batch.reduce((place, dim, axis) => place + dim.rhs * index[axis], kernel.rhs.offset);
    const rhsStart = columns.reduce((place, dim, axis) => place + dim.rhs * outputs[windows.length + axis], batchStart);
    let sum = 0;
    forEachIndex(windows.map(({ taps }) => taps), (taps) => {
      let [from, weight] = [lhsStart, rhsStart];
      for (let axis = 0; axis < windows.length; axis++) {
        const window = windows[axis];
        const coordinate = (outputs[axis] * window.stride + taps[axis] * window.tapStride - window.low) / window.dilation;
        if (!Number.isInteger(coordinate) || coordinate < 0 || coordinate >= window.inputSize) return;
        from += coordinate * window.lhs;
        weight += taps[axis] * window.rhs;
      }
      forEachIndex(sizesOf(contracted), (inner) => {
        const a = contracted.reduce((place, dim, axis) => place + dim.lhs * inner[axis], from);
        const b = contracted.reduce((place, dim, axis) => place + dim.rhs * inner[axis], weight);
        sum += times(lhs[a], rhs[b]);
      });
    });
    const nodes = interpretNodes(kernel.epilogue, index, [rounded(dtype, sum)], values);
    for (const store of kernel.stores) interpretStore(store, index, nodes, values);
  });
}
