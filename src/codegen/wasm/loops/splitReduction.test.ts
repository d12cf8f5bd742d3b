import { describe, expect, it } from 'vitest';
import { stridesOf, sizeOf } from '../../../ir/values.ts';
import type { LoopsKernel, Reduction } from '../../../schedule/types.ts';
import { interpretLoops } from '../../js/testing/interpretLoops.ts';
import { splitReduction } from './splitReduction.ts';

const [INPUT, OUTPUT, SCRATCH] = [0, 1, 2];

/** Reduces the last dimensions of a tensor of whole numbers in all three ways at once. */
function kernelOf(space: readonly number[], reduced: readonly number[]): LoopsKernel {
  const combine = ['add', 'maximum', 'minimum'] as const;
  const points = sizeOf(space);
  return {
    kind: 'loops', space, reduced,
    nodes: [
      { kind: 'load', dtype: 'f32', access: { buffer: INPUT, offset: 0, strides: stridesOf([...space, ...reduced]), guards: [{ offset: -1, coefficients: [...space.map(() => 0), 1, ...reduced.slice(1).map(() => 0)], dilation: 1, size: reduced[0], stride: 0 }], indirections: [], fill: 3 } },
      { kind: 'index', dtype: 'f32', offset: 1, coefficients: [...space.map(() => 2), ...reduced.map(() => 1)] },
      { kind: 'apply', dtype: 'f32', op: 'multiply', attributes: {}, args: [0, 1] },
    ],
    reductions: combine.map((how): Reduction => ({ combine: how, node: 2 })),
    epilogue: combine.map((_, place) => ({ kind: 'accumulator', dtype: 'f32', place })),
    stores: combine.map((_, node) => ({ buffer: OUTPUT, offset: node * points, strides: stridesOf(space), node })),
  };
}

describe('splitReduction', () => {
  it.each([[[], [1]], [[], [7]], [[3], [12]], [[2, 2], [9, 2]], [[1], [20, 3]]] as const)('over %j of %j, cut in every way, reduces the same', (space, reduced) => {
    const kernel = kernelOf(space, reduced);
    const [points, size] = [sizeOf(space), sizeOf(space) * sizeOf(reduced)];
    // sums of small whole numbers are exact in any order
    const input = Float64Array.from({ length: size }, (_, i) => ((7 * i) % 11) - 5);
    const run = (stages: readonly LoopsKernel[], scratch: number): readonly number[] => {
      const values = new Map([[INPUT, input], [OUTPUT, new Float64Array(3 * points).fill(NaN)], [SCRATCH, new Float64Array(scratch).fill(NaN)]]);
      for (const stage of stages) interpretLoops(stage, values);
      return [...values.get(OUTPUT)!];
    };
    const expected = run([kernel], 0);
    let cuts = 0;
    for (const parts of [1, 2, 3]) for (const steps of [1, 2, 4]) for (const lanes of [1, 2, 4]) {
      if (parts * steps * lanes > reduced[0]) continue;
      cuts += 1;
      const { stages, scratch } = splitReduction(kernel, { parts, steps, lanes }, SCRATCH);
      expect(run(stages, scratch), `${parts} parts of ${steps} steps of ${lanes} lanes`).toEqual(expected);
    }
    expect(cuts).toBeGreaterThan(0);
  });
});
