import { describe, expect, it } from 'vitest';
import { adam, setUp, updatesOf } from '../../bench/steps/systems/ganloss/setup.ts';
import { WORK } from '../../bench/steps/work.ts';
import { compile } from '../../src/index.ts';
import { recordStep } from '../../src/runtime/ahead/planStep.ts';
import { contractionFlops } from '../../src/schedule/contractions.ts';

describe('the work of a step', () => {
  it.each([['mlp64', 'D'], ['mlp64', 'G'], ['dcgan', 'D'], ['dcgan', 'G'], ['cyclegan', 'D']] as const)('is what its schedule counts: %s %s', (name, phase) => {
    const { objective, networks, batch } = setUp(name);
    const { programs } = recordStep({ objective: compile(objective), networks, batch, math: 'strict', options: { optimizers: { generator: adam(), discriminator: adam() }, steps: updatesOf(phase) } });
    const flops = programs.flatMap(({ schedule }) => schedule.kernels).reduce((sum, { kernel }) => sum + (kernel.kind === 'contraction' ? contractionFlops(kernel) : 0), 0);
    // taps on padding left out; what a layer of one output costs going back is not in the count by hand
    expect(flops / WORK[name][phase]!.valid).toBeGreaterThan(0.999);
    expect(flops / WORK[name][phase]!.valid).toBeLessThan(1.01);
  });
});
