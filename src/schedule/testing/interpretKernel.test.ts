import { describe, expect, it } from 'vitest';
import type { Buffer, LoopsKernel } from '../types.ts';
import type { Memory } from './interpretKernel.ts';
import { interpretKernel } from './interpretKernel.ts';

const buffer = (name: string, ...shape: number[]): Buffer => ({ name, dtype: 'f32', shape });

describe('interpretKernel', () => {
  it('reads padding and the gaps of a dilation as fill', () => {
    const buffers = [buffer('x', 3), buffer('y', 7)];
    const memory: Memory = [Float64Array.of(1, 2, 3), undefined];
    const kernel: LoopsKernel = {
      kind: 'loops', space: [7], reduced: [], reductions: [], epilogue: [],
      nodes: [{ kind: 'load', dtype: 'f32', access: { buffer: 0, offset: 0, strides: [0], guards: [{ offset: -1, coefficients: [1], dilation: 2, size: 3, stride: 1 }], indirections: [], fill: -9 } }],
      stores: [{ buffer: 1, offset: 0, strides: [1], node: 0 }],
    };
    interpretKernel(kernel, buffers, memory);
    expect([...memory[1]!]).toEqual([-9, 1, -9, 2, -9, 3, -9]);
  });

  it('reduces, and goes on with the result', () => {
    const buffers = [buffer('x', 2, 3), buffer('y', 2)];
    const memory: Memory = [Float64Array.of(1, 5, 2, 3, NaN, 4), undefined];
    const kernel: LoopsKernel = {
      kind: 'loops', space: [2], reduced: [3],
      nodes: [{ kind: 'load', dtype: 'f32', access: { buffer: 0, offset: 0, strides: [3, 1], guards: [], indirections: [], fill: 0 } }],
      reductions: [{ combine: 'maximum', node: 0 }, { combine: 'add', node: 0 }],
      epilogue: [
        { kind: 'accumulator', dtype: 'f32', place: 0 },
        { kind: 'accumulator', dtype: 'f32', place: 1 },
        { kind: 'apply', dtype: 'f32', op: 'subtract', attributes: {}, args: [1, 0] },
      ],
      stores: [{ buffer: 1, offset: 0, strides: [1], node: 2 }],
    };
    interpretKernel(kernel, buffers, memory);
    expect([...memory[1]!]).toEqual([3, NaN]);
  });

  it('finds places outside of a buffer', () => {
    const kernel: LoopsKernel = {
      kind: 'loops', space: [3], reduced: [], reductions: [], epilogue: [],
      nodes: [{ kind: 'constant', dtype: 'f32', value: 1 }],
      stores: [{ buffer: 0, offset: 0, strides: [1], node: 0 }],
    };
    expect(() => interpretKernel(kernel, [buffer('y', 2)], [undefined])).toThrow('y[2] is written at 2, for the point [2]');
  });
});
