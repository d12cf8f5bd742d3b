import type { Access, ContractionKernel, LoopsKernel } from './types.ts';

/** A contraction as loops that multiply and add up: right for every contraction, and slow. Its dtype is that of the operands. */
export function contractionAsLoops(kernel: ContractionKernel, dtype: 'f32' | 'i32'): LoopsKernel {
  const { batch, rows, windows, columns, contracted } = kernel;
  const sizes = (dims: readonly { readonly size: number }[]): number[] => dims.map(({ size }) => size);
  const zeros = (dims: readonly unknown[]): number[] => dims.map(() => 0);
  const space = [...sizes(batch), ...sizes(rows), ...sizes(windows), ...sizes(columns)];
  const reduced = [...sizes(contracted), ...windows.map(({ taps }) => taps)];
  const rank = space.length + reduced.length;
  const windowAt = batch.length + rows.length;
  const tapAt = space.length + contracted.length;
  const lhs: Access = {
    buffer: kernel.lhs.buffer,
    offset: kernel.lhs.offset,
    strides: [...batch.map((dim) => dim.lhs), ...rows.map((dim) => dim.lhs), ...zeros(windows), ...zeros(columns), ...contracted.map((dim) => dim.lhs), ...zeros(windows)],
    guards: windows.map((window, i) => ({
      offset: -window.low,
      coefficients: Array.from({ length: rank }, (_, d) => (d === windowAt + i ? window.stride : d === tapAt + i ? window.tapStride : 0)),
      dilation: window.dilation,
      size: window.inputSize,
      stride: window.lhs,
    })),
    indirections: [],
    fill: 0,
  };
  const rhs: Access = {
    buffer: kernel.rhs.buffer,
    offset: kernel.rhs.offset,
    strides: [...batch.map((dim) => dim.rhs), ...zeros(rows), ...zeros(windows), ...columns.map((dim) => dim.rhs), ...contracted.map((dim) => dim.rhs), ...windows.map((window) => window.rhs)],
    // a tap outside of the input is skipped, also where the other factor is not finite
    guards: lhs.guards.map((guard) => ({ ...guard, stride: 0 })),
    indirections: [],
    fill: 0,
  };
  return {
    kind: 'loops',
    space,
    reduced: reduced.length > 0 ? reduced : [1],
    nodes: [
      { kind: 'load', dtype, access: reduced.length > 0 ? lhs : extended(lhs) },
      { kind: 'load', dtype, access: reduced.length > 0 ? rhs : extended(rhs) },
      { kind: 'apply', dtype, op: 'multiply', attributes: {}, args: [0, 1] },
    ],
    reductions: [{ combine: 'add', node: 2 }],
    epilogue: kernel.epilogue,
    stores: kernel.stores,
  };
}

/** The access with one more dimension, of size 1. */
function extended(access: Access): Access {
  return { ...access, strides: [...access.strides, 0], guards: access.guards.map((guard) => ({ ...guard, coefficients: [...guard.coefficients, 0] })) };
}
