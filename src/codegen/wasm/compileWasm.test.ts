import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomKernelSchedule } from '../../schedule/testing/randomKernels.ts';
import type { Node, ScalarOp, Schedule } from '../../schedule/types.ts';
import { interpretRounded } from '../js/testing/interpretRounded.ts';
import { inputsFor } from './testing/inputsFor.ts';
import { placedApart, runWasm } from './testing/runWasm.ts';

/** Ops whose last bit is left open. */
const INEXACT: readonly ScalarOp[] = ['exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'tanh', 'logistic', 'power', 'rsqrt'];

function nodesOf(schedule: Schedule): readonly Node[] {
  return schedule.kernels.flatMap(({ kernel }) => (kernel.kind === 'loops' ? [...kernel.nodes, ...kernel.epilogue] : kernel.kind === 'contraction' ? kernel.epilogue : []));
}

const exact = (schedule: Schedule): boolean => !nodesOf(schedule).some((node) => node.kind === 'apply' && INEXACT.includes(node.op));

function expectSame(schedule: Schedule, seed: number, odd = 0.15): void {
  const inputs = inputsFor(schedule, seed, odd);
  const placed = placedApart(schedule);
  for (const options of [{}, { chunkwise: true }, { debug: true }]) {
    const found = runWasm(placed, inputs, options);
    for (const [name, expected] of interpretRounded(schedule, inputs)) {
      const close = found.get(name)!.map((x, i) => (Math.abs(x - expected[i]) <= 2e-5 * Math.max(1e-2, Math.abs(expected[i])) && x !== 0 ? expected[i] : x));
      expect(close).toEqual(Array.from(expected));
    }
  }
}

describe('compileWasm', () => {
  it.each(['loops', 'contraction'] as const)('runs random %s kernels as they are defined', (kind) => {
    fc.assert(
      fc.property(randomKernelSchedule(kind).filter(exact), fc.nat(), (schedule, seed) => expectSame(schedule, seed)),
      { numRuns: 60, seed: 5, endOnFailure: true },
    );
  });
});
