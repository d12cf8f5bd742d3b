import { sizeOf, stridesOf } from '../../../ir/values.ts';
import type { ScatterKernel } from '../../../schedule/types.ts';
import type { Local } from '../assembler/instruction.ts';
import type { KernelCode, KernelContext } from '../kernelContext.ts';
import { countedNest, pushDot, whenCalled } from './counted.ts';

/**
 * Adds each element of updates at its place, one after the other, as updates may collide. A last dimension that is a whole row on both
 * sides (an embedding's) goes by vectors.
 */
export function scatterKernel(kernel: ScatterKernel, { buffers }: KernelContext): readonly KernelCode[] {
  const { update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims, index_vector_dim } = kernel.attributes;
  const [result, indices, updates] = [kernel.result, kernel.indices, kernel.updates].map((buffer) => buffers[buffer]);
  const targetStrides = stridesOf(result.shape);
  const batchAxes = updates.shape.map((_, d) => d).filter((d) => !update_window_dims.includes(d));
  const windowAxes = result.shape.map((_, d) => d).filter((d) => !inserted_window_dims.includes(d));
  /** Which dimension of updates runs along a dimension of the result. */
  const along = result.shape.map((_, d) => (windowAxes.includes(d) ? update_window_dims[windowAxes.indexOf(d)] : undefined));

  // strides of the indices by dimension of updates, and from one component of an index to the next
  const indexStrides = stridesOf(indices.shape);
  const componentStride = index_vector_dim < indices.shape.length ? indexStrides[index_vector_dim] : 0;
  const batchStrides = indexStrides.filter((_, d) => d !== index_vector_dim);
  const fromIndices = updates.shape.map((_, d) => (batchAxes.includes(d) ? batchStrides[batchAxes.indexOf(d)] : 0));

  const last = updates.shape.length - 1;
  const row = result.shape.length - 1;
  const rows = result.dtype === 'f32' && last >= 0 && row >= 0 && along[row] === last && !scatter_dims_to_operand_dims.includes(row) && updates.shape[last] >= 4 && updates.shape[last] === result.shape[row];

  return [{
    chunks: 1,
    bases: [kernel.result, kernel.indices, kernel.updates].map((buffer) => ({ kind: 'buffer', buffer })),
    scratchBytes: 0,
    emit: (fn) => {
      if (sizeOf(updates.shape) === 0 || sizeOf(result.shape) === 0) return;
      const [, , to, where, from] = fn.params;
      const looped = rows ? updates.shape.slice(0, -1) : updates.shape;
      const updateStrides = stridesOf(updates.shape);
      const coordinate = fn.local('i32', 'coordinate');
      const target = fn.local('i32', 'target');
      const source = fn.local('i32', 'source');

      /** Leaves the outer block where a coordinate lies outside. */
      const addCoordinate = (d: number, ats: readonly Local[], skip: () => void): void => {
        const component = scatter_dims_to_operand_dims.indexOf(d);
        const window = along[d];
        if (component < 0) {
          if (window === undefined) return;
          if (window === last && rows) return;
          fn.get(ats[window]);
        } else {
          pushDot(fn, ats, fromIndices.slice(0, ats.length).map((stride) => stride * 4), 0);
          fn.get(where);
          fn.i32Add();
          fn.i32Load(component * componentStride * 4);
          if (window !== undefined) {
            fn.get(ats[window]);
            fn.i32Add();
          }
        }
        fn.tee(coordinate);
        fn.i32Const(result.shape[d]);
        fn.i32GeU();
        skip();
        fn.get(target);
        fn.get(coordinate);
        fn.i32Const(targetStrides[d] * 4);
        fn.i32Mul();
        fn.i32Add();
        fn.set(target);
      };
      const addPart = (offset: number, kind: 'vector' | 'f32' | 'i32'): void => {
        fn.get(target);
        fn.get(target);
        if (kind === 'vector') {
          fn.v128Load(offset, 2);
          fn.get(source);
          fn.v128Load(offset, 2);
          fn.f32x4Add();
          fn.v128Store(offset, 2);
        } else if (kind === 'f32') {
          fn.f32Load(offset);
          fn.get(source);
          fn.f32Load(offset);
          fn.f32Add();
          fn.f32Store(offset);
        } else {
          fn.i32Load(offset);
          fn.get(source);
          fn.i32Load(offset);
          fn.i32Add();
          fn.i32Store(offset);
        }
      };
      const addRow = (size: number): void => {
        const vectors = Math.floor(size / 4);
        const end = fn.local('i32', 'end');
        fn.get(target);
        fn.i32Const(vectors * 16);
        fn.i32Add();
        fn.set(end);
        fn.loop((again) => {
          addPart(0, 'vector');
          for (const pointer of [source, target]) {
            fn.get(pointer);
            fn.i32Const(16);
            fn.i32Add();
            fn.set(pointer);
          }
          fn.get(target);
          fn.get(end);
          fn.i32LtU();
          fn.brIf(again);
        });
        for (let i = 0; i < size % 4; i++) addPart(i * 4, 'f32');
        fn.release(end);
      };

      whenCalled(fn, () =>
        countedNest(fn, looped, (ats) => {
          fn.block((skipped) => {
            fn.get(to);
            fn.set(target);
            result.shape.forEach((_, d) => addCoordinate(d, ats, () => fn.brIf(skipped)));
            fn.get(from);
            pushDot(fn, ats, updateStrides.slice(0, ats.length).map((stride) => stride * 4), 0);
            fn.i32Add();
            fn.set(source);
            if (rows) addRow(updates.shape[last]);
            else addPart(0, result.dtype === 'f32' ? 'f32' : 'i32');
          });
        }));
    },
  }];
}
