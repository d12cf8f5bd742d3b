import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoopsKernel, Schedule } from '../../../schedule/types.ts';
import { interpretRounded } from '../../js/testing/interpretRounded.ts';
import { inputsFor } from '../testing/inputsFor.ts';
import { randomLoopsSchedule } from '../testing/randomLoops.ts';
import { placedApart, runWasm } from '../testing/runWasm.ts';
import { loopsKernel } from './loopsKernel.ts';

function expectSame(schedule: Schedule, seed: number, odd: number): void {
  const inputs = inputsFor(schedule, seed, odd, [NaN, Infinity, -Infinity, -0]);
  const placed = placedApart(schedule);
  const reduces = schedule.kernels.some(({ kernel }) => kernel.kind === 'loops' && kernel.reductions.length > 0);
  const expected = interpretRounded(schedule, inputs);
  // sums are taken in another order than the interpreter's; whether and how they are split must not matter
  const within = (x: number, y: number): boolean => Object.is(x, y) || (reduces && (x === y || Math.abs(x - y) <= 1e-4 * Math.max(1, Math.abs(y))));
  for (const options of [{}, { chunkwise: true, chunkCycles: 60 }, { chunkCycles: 400 }]) {
    const found = runWasm(placed, inputs, options);
    for (const [name, numbers] of expected) expect(found.get(name)!.map((x, i) => (within(x, numbers[i]) ? numbers[i] : x))).toEqual(Array.from(numbers));
  }
}

describe('loops kernels', () => {
  it('compute random kernels to the bit, sums up to rounding', () => {
    fc.assert(
      fc.property(randomLoopsSchedule(), fc.nat(), fc.constantFrom(0, 0, 0.02), (schedule, seed, odd) => expectSame(schedule, seed, odd)),
      { numRuns: Number(process.env['RUNS'] ?? 60), seed: Number(process.env['SEED'] ?? 8) },
    );
  });

  /** Sum and maximum over the rows of x[rows, columns]. */
  function columnSums(rows: number, columns: number): Schedule {
    const kernel: LoopsKernel = {
      kind: 'loops', space: [columns], reduced: [rows],
      nodes: [{ kind: 'load', dtype: 'f32', access: { buffer: 0, offset: 0, strides: [1, columns], guards: [], indirections: [], fill: 0 } }],
      reductions: [{ combine: 'add', node: 0 }, { combine: 'maximum', node: 0 }],
      epilogue: [{ kind: 'accumulator', dtype: 'f32', place: 0 }, { kind: 'accumulator', dtype: 'f32', place: 1 }],
      stores: [0, 1].map((node) => ({ buffer: 1 + node, offset: 0, strides: [1], node })),
    };
    const buffers = [['x', rows * columns], ['sum', columns], ['max', columns]].map(([name, size]) => ({ name: String(name), dtype: 'f32' as const, shape: [Number(size)] }));
    return { name: 'columns', buffers, kernels: [{ kernel, name: 'sums', origin: [] }], constants: [], inputs: [{ name: 'x', buffer: 0 }], outputs: [{ name: 'sum', buffer: 1 }, { name: 'max', buffer: 2 }] };
  }

  it.each([[1543, 3], [512, 1], [5000, 5], [700, 40]])('sum over %i rows of %i numbers', (rows, columns) => {
    expectSame(columnSums(rows, columns), 1, 0);
    expectSame(columnSums(rows, columns), 2, 0.0002);
  });

  it('splits reductions into few results, and those over narrow rows, the same way whatever runs them', () => {
    const stages = (rows: number, columns: number) => loopsKernel(columnSums(rows, columns).kernels[0].kernel as LoopsKernel, { buffers: columnSums(rows, columns).buffers, relaxedSimd: false }).map(({ chunks }) => chunks);
    expect(stages(100, 3)).toEqual([1]);
    expect(stages(1543, 3)).toEqual([1, 1, 1]);
    expect(stages(6272, 32)).toEqual([1]);
    expect(stages(100_000, 64)[0]).toBeGreaterThan(8);
  });

  it('adds many numbers up as exactly as float64', () => {
    const schedule = columnSums(100_000, 4);
    const x = Float32Array.from({ length: 400_000 }, (_, i) => 1 + (i % 7) / 10);
    const exact = [0, 1, 2, 3].map((column) => x.reduce((sum, number, i) => (i % 4 === column ? sum + number : sum), 0));
    const found = runWasm(placedApart(schedule), new Map([['x', x]])).get('sum')!;
    found.forEach((sum, i) => expect(Math.abs(sum / exact[i] - 1)).toBeLessThan(2.5e-7));
  });
});
