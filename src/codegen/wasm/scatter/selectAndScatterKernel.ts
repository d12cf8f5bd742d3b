import { sizeOf, stridesOf } from '../../../ir/values.ts';
import type { SelectAndScatterKernel } from '../../../schedule/types.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { KernelCode, KernelContext } from '../kernelContext.ts';
import { counted, countedNest, pushDot, whenCalled } from './counted.ts';

/** result = 0 in all bytes. */
function clear(fn: FunctionBuilder, address: () => void, bytes: number): void {
  address();
  fn.i32Const(0);
  fn.i32Const(bytes);
  fn.memoryFill();
}

/**
 * For each window finds the place of its first maximum and adds the source there. Chunks are slices of the first dimension where windows
 * do not reach over it.
 */
export function selectAndScatterKernel(kernel: SelectAndScatterKernel, { buffers }: KernelContext): readonly KernelCode[] {
  const { window_dimensions, window_strides, padding } = kernel.attributes;
  const { shape, dtype } = buffers[kernel.operand];
  const windows = buffers[kernel.source].shape;
  const strides = stridesOf(shape);
  const sourceStrides = stridesOf(windows);
  const single = (d: number): boolean => window_dimensions[d] === 1 && window_strides[d] === 1 && padding[d][0] === 0 && padding[d][1] === 0;
  const sliced = shape.length > 1 && single(0) && sizeOf(shape) > 0;
  const chunks = sliced ? shape[0] : 1;
  const float = dtype === 'f32';

  return [{
    chunks,
    bases: [kernel.result, kernel.operand, kernel.source].map((buffer) => ({ kind: 'buffer', buffer })),
    scratchBytes: 0,
    emit: (fn) => {
      const [begin, end, to, operand, source] = fn.params;
      if (sizeOf(shape) === 0) return;
      const sliceBytes = (sizeOf(shape) / chunks) * 4;
      const best = fn.local(float ? 'f32' : 'i32', 'best');
      const found = fn.local(float ? 'f32' : 'i32', 'found');
      const place = fn.local('i32', 'place');
      const at = fn.local('i32', 'at');

      /** Takes the element at `at` (a byte offset) if nothing is selected yet or what is selected is not at least as great. */
      const take = (): void => {
        fn.get(operand);
        fn.get(at);
        fn.i32Add();
        if (float) fn.f32Load();
        else fn.i32Load();
        fn.set(found);
        fn.get(place);
        fn.i32Const(0);
        fn.i32LtS();
        fn.get(best);
        fn.get(found);
        if (float) fn.f32Ge();
        else fn.i32GeS();
        fn.i32Eqz();
        fn.i32Or();
        fn.if(() => {
          fn.get(found);
          fn.set(best);
          fn.get(at);
          fn.set(place);
        });
      };
      const window = (indices: readonly Local[]): void => {
        fn.i32Const(-1);
        fn.set(place);
        const taps = window_dimensions.map((size, d) => (size === 1 ? undefined : d)).filter((d) => d !== undefined);
        countedNest(fn, taps.map((d) => window_dimensions[d]), (tapIndices) => {
          fn.block((outside) => {
            fn.i32Const(0);
            fn.set(at);
            shape.forEach((size, d) => {
              const tap = taps.indexOf(d);
              fn.get(indices[d]);
              fn.i32Const(window_strides[d]);
              fn.i32Mul();
              fn.i32Const(-padding[d][0]);
              fn.i32Add();
              if (tap >= 0) {
                fn.get(tapIndices[tap]);
                fn.i32Add();
              }
              const coordinate = fn.local('i32', 'coordinate');
              fn.tee(coordinate);
              if (!single(d)) {
                fn.i32Const(size);
                fn.i32GeU();
                fn.brIf(outside);
              } else fn.drop();
              fn.get(coordinate);
              fn.i32Const(strides[d] * 4);
              fn.i32Mul();
              fn.get(at);
              fn.i32Add();
              fn.set(at);
              fn.release(coordinate);
            });
            take();
          });
        });
        fn.get(place);
        fn.i32Const(0);
        fn.i32GeS();
        fn.if(() => {
          const target = fn.local('i32', 'target');
          fn.get(to);
          fn.get(place);
          fn.i32Add();
          fn.tee(target);
          fn.get(target);
          if (float) fn.f32Load();
          else fn.i32Load();
          fn.get(source);
          pushDot(fn, indices, sourceStrides.map((stride) => stride * 4), 0);
          fn.i32Add();
          if (float) {
            fn.f32Load();
            fn.f32Add();
            fn.f32Store();
          } else {
            fn.i32Load();
            fn.i32Add();
            fn.i32Store();
          }
          fn.release(target);
        });
      };
      whenCalled(fn, () => {
        if (!sliced) {
          clear(fn, () => fn.get(to), sliceBytes);
          if (sizeOf(windows) > 0 && !window_dimensions.includes(0)) countedNest(fn, windows, window);
          return;
        }
        counted(fn, begin, end, (slice) => {
          clear(fn, () => {
            fn.get(to);
            fn.get(slice);
            fn.i32Const(sliceBytes);
            fn.i32Mul();
            fn.i32Add();
          }, sliceBytes);
          if (sizeOf(windows) > 0 && !window_dimensions.includes(0)) countedNest(fn, windows, window, [slice]);
        });
      });
    },
  }];
}
