import { sizeOf, stridesOf } from '../../../ir/values.ts';
import type { SelectAndScatterKernel } from '../../../schedule/types.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { KernelCode, KernelContext } from '../kernelContext.ts';
import { counted, countedNest, pushDot, whenCalled } from './counted.ts';
import { areTiles, emitVectorWindow } from './selectVectors.ts';

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
  const channels = shape.length - 1;
  const vectors = float && shape.length > 1 && single(channels) ? Math.floor(shape[channels] / 4) : 0;
  const tapped = shape.map((_, d) => d).filter((d) => !single(d));
  const tapDimension = (d: number) => ({ window: window_dimensions[d], stride: window_strides[d], low: padding[d][0], size: shape[d], windows: windows[d], bytes: strides[d] * 4 });
  const covered = vectors > 0 && 4 * vectors === shape[channels] && areTiles(tapped.map(tapDimension));

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
      const toResult = fn.local('i32', 'toResult');

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
      /** All windows of a slice, or of everything: those of four channels together, then those of the channels that are left. */
      const windowsOf = (outer: readonly Local[]): void => {
        if (sizeOf(windows) === 0 || window_dimensions.includes(0)) return;
        if (vectors > 0) countedNest(fn, windows.slice(0, -1), (indices) => vectorWindow(indices), outer);
        if (4 * vectors === windows.at(-1)) return;
        if (vectors === 0) countedNest(fn, windows, window, outer);
        else countedNest(fn, windows.slice(0, -1), (indices) => counted(fn, 4 * vectors, windows.at(-1)!, (channel) => window([...indices, channel])), outer);
      };
      const vectorWindow = (indices: readonly Local[]): void => {
        const [fromOperand, fromSource] = [fn.local('i32', 'operand'), fn.local('i32', 'source')];
        fn.get(operand);
        pushDot(fn, indices, indices.map((_, d) => window_strides[d] * strides[d] * 4), -indices.reduce((sum, _, d) => sum + padding[d][0] * strides[d] * 4, 0));
        fn.i32Add();
        fn.set(fromOperand);
        fn.get(source);
        pushDot(fn, indices, indices.map((_, d) => sourceStrides[d] * 4), 0);
        fn.i32Add();
        fn.set(fromSource);
        emitVectorWindow(fn, { dimensions: tapped.map((d) => tapDimension(d)), indices: tapped.map((d) => indices[d]), operand: fromOperand, source: fromSource, toResult, vectors });
        fn.release(fromOperand, fromSource);
      };
      whenCalled(fn, () => {
        fn.get(to);
        fn.get(operand);
        fn.i32Sub();
        fn.set(toResult);
        if (!sliced) {
          if (!covered) clear(fn, () => fn.get(to), sliceBytes);
          windowsOf([]);
          return;
        }
        counted(fn, begin, end, (slice) => {
          if (!covered) {
            clear(fn, () => {
              fn.get(to);
              fn.get(slice);
              fn.i32Const(sliceBytes);
              fn.i32Mul();
              fn.i32Add();
            }, sliceBytes);
          }
          windowsOf([slice]);
        });
      });
    },
  }];
}
