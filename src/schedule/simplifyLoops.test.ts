import { describe, expect, it } from 'vitest';
import { simplifyLoops } from './simplifyLoops.ts';
import type { Access, LoopsKernel, Node } from './types.ts';

function load(strides: readonly number[], rest: Partial<Access> = {}): Node {
  return { kind: 'load', dtype: 'f32', access: { buffer: 0, offset: 0, strides, guards: [], indirections: [], fill: 0, ...rest } };
}

function kernel(space: readonly number[], nodes: readonly Node[], strides: readonly number[]): LoopsKernel {
  return { kind: 'loops', space, reduced: [], nodes, reductions: [], epilogue: [], stores: [{ buffer: 1, offset: 0, strides, node: 0 }] };
}

const firstAccess = (simplified: LoopsKernel): Access => (simplified.nodes[0] as Extract<Node, { kind: 'load' }>).access;

describe('simplifyLoops', () => {
  it('drops sizes of 1 and merges what is contiguous', () => {
    const simplified = simplifyLoops(kernel([2, 1, 3, 4], [load([12, 7, 4, 1])], [12, 0, 4, 1]));
    expect(simplified.space).toEqual([24]);
    expect(firstAccess(simplified).strides).toEqual([1]);
    expect(simplified.stores[0].strides).toEqual([1]);
  });

  it('keeps dimensions apart that one access traverses otherwise', () => {
    const simplified = simplifyLoops(kernel([2, 3, 4], [load([12, 4, 1]), load([0, 0, 1])], [12, 4, 1]));
    expect(simplified.space).toEqual([6, 4]);
    expect(simplifyLoops(kernel([3, 4], [load([1, 3])], [4, 1])).space).toEqual([3, 4]);
  });

  it('merges within space and within reduced, not across', () => {
    const simplified = simplifyLoops({
      kind: 'loops', space: [2, 3], reduced: [4, 5], nodes: [load([60, 20, 5, 1])], reductions: [{ combine: 'add', node: 0 }],
      epilogue: [{ kind: 'accumulator', dtype: 'f32', place: 0 }], stores: [{ buffer: 1, offset: 0, strides: [3, 1], node: 0 }],
    });
    expect([simplified.space, simplified.reduced, firstAccess(simplified).strides]).toEqual([[6], [20], [20, 1]]);
  });

  it('keeps a reduction over nothing but ones, and sizes of 0', () => {
    const reduction = simplifyLoops({
      kind: 'loops', space: [2], reduced: [1, 1], nodes: [load([1, 0, 0])], reductions: [{ combine: 'add', node: 0 }],
      epilogue: [{ kind: 'accumulator', dtype: 'f32', place: 0 }], stores: [{ buffer: 1, offset: 0, strides: [1], node: 0 }],
    });
    expect([reduction.reduced, firstAccess(reduction).strides]).toEqual([[1], [1, 0]]);
    expect(simplifyLoops(kernel([0, 3], [load([3, 1])], [3, 1])).space).toEqual([0]);
  });

  it('folds guards that always hold, and undilated ones', () => {
    const always = simplifyLoops(kernel([3, 4], [load([0, 1], { guards: [{ offset: 2, coefficients: [2, 0], dilation: 2, size: 5, stride: 4 }] })], [4, 1]));
    expect(firstAccess(always)).toMatchObject({ offset: 4, strides: [1], guards: [] });
    const never = simplifyLoops(kernel([3, 4], [load([0, 1], { fill: 7, guards: [{ offset: 1, coefficients: [2, 0], dilation: 2, size: 5, stride: 4 }] })], [4, 1]));
    expect(never.nodes[0]).toEqual({ kind: 'constant', dtype: 'f32', value: 7 });
    const padded = simplifyLoops(kernel([3], [load([0], { guards: [{ offset: -1, coefficients: [1], dilation: 1, size: 2, stride: 1 }] })], [1]));
    expect(firstAccess(padded).guards).toHaveLength(1);
  });
});
