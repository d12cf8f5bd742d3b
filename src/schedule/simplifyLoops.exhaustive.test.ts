import { describe, expect, it } from 'vitest';
import { sizeOf } from '../ir/values.ts';
import { DIMENSION_RULES, GUARD_RULES, simplifyLoops } from './simplifyLoops.ts';
import { interpretKernel, type Memory } from './testing/interpretKernel.ts';
import { copyKernel, lists, SMALL_GUARDS } from './testing/smallKernels.ts';
import type { Buffer, Guard, LoopsKernel } from './types.ts';

const SIZE = 64;
const DATA = Float64Array.from({ length: SIZE }, (_, i) => i + 1);

/** What a kernel writes. */
function run(kernel: LoopsKernel, points: number): readonly number[] {
  const buffers: readonly Buffer[] = [{ name: 'x', dtype: 'f32', shape: [SIZE] }, { name: 'y', dtype: 'f32', shape: [points] }];
  const memory: Memory = [DATA, undefined];
  interpretKernel(kernel, buffers, memory);
  return [...(memory[1] ?? [])];
}

/** Fails where the simplified kernel writes something else; the simplified one. */
function expectSame(kernel: LoopsKernel): LoopsKernel {
  const simplified = simplifyLoops(kernel);
  const [before, after] = [kernel, simplified].map((one) => run(one, sizeOf(kernel.space)));
  if (before.some((x, i) => !Object.is(x, after[i])) || before.length !== after.length) expect.fail(`${JSON.stringify(kernel)}: ${before.join()} became ${after.join()} by ${JSON.stringify(simplified)}`);
  return simplified;
}

/** Whether a guard holds at a point, and the coordinate there. */
function coordinateAt({ offset, coefficients, dilation, size }: Guard, index: readonly number[]): number | null {
  const place = (offset + coefficients.reduce((sum, coefficient, d) => sum + coefficient * index[d], 0)) / dilation;
  return Number.isInteger(place) && place >= 0 && place < size ? place : null;
}

const SPACES = lists(2, [1, 2, 3]);
const pointsOf = ([rows, columns]: readonly number[]) => Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);

describe('every guard of small numbers over every small space', () => {
  it.each(GUARD_RULES.map((rule) => [rule.name, rule] as const))('%s', (_name, { apply }) => {
    let applied = 0;
    for (const sizes of SPACES) for (const guard of SMALL_GUARDS) {
      const known = apply(guard, sizes);
      if (known === null) continue;
      applied += 1;
      for (const index of pointsOf(sizes)) {
        const before = coordinateAt(guard, index);
        const right = known === 'fails' ? before === null : known === 'holds' ? before !== null : Object.is(before, coordinateAt(known, index));
        if (!right) expect.fail(`${JSON.stringify(guard)} over ${sizes.join('×')} at ${index.join()}`);
      }
    }
    expect(applied).toBeGreaterThan(100);
  });

  it('simplified kernels write the same', () => {
    for (const sizes of SPACES) for (const guard of SMALL_GUARDS) expectSame(copyKernel(sizes, 2, { strides: [0, 7], guards: [guard] }));
  });
});

describe('every kernel of up to three dimensions and all small strides', () => {
  it.each([3, 2, 1])('%i of them kept, the others summed up', (split) => {
    const merged = new Set<string>();
    for (const sizes of lists(3, [0, 1, 2, 3])) for (const strides of lists(3, [0, 1, 2, 3, 6, -1])) {
      const kernel = copyKernel(sizes, split, { strides });
      const simplified = expectSame(kernel);
      if (sizes.includes(0)) continue;
      if (sizes.includes(1)) merged.add('of size 1, dropped');
      if (simplified.space.length + simplified.reduced.length < sizes.filter((size) => size !== 1).length) merged.add('traversed as one with its neighbour');
    }
    expect([...merged].sort()).toEqual(Object.keys(DIMENSION_RULES).sort());
  });
});
