import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MODELS } from '../../src/dsl/typed.ts';
import { compile, installGradients } from '../../src/index.ts';
import { differences, listDifferences } from './compare.ts';
import { printedOutcome } from './printedModule.ts';
import { randomObjective, type Flavour, type RandomObjective } from './randomObjective.ts';
import { directionOf, PLAYERS, referenceSlope, referenceValues, runtimeOutcome } from './runs.ts';
import { createWorld } from './world.ts';

const RUNS = 80;
const TIMEOUT = 300_000;

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

describe('random objectives', () => {
  it('are of every kind', () => {
    const terms = fc.sample(randomObjective('terms'), { numRuns: RUNS, seed: 1 });
    const bodies = fc.sample(randomObjective('bodies'), { numRuns: RUNS, seed: 2 });
    const texts = bodies.map(({ text }) => text);
    const count = (pattern: RegExp) => texts.filter((text) => pattern.test(text)).length;
    for (const model of MODELS) expect([...terms, ...bodies].filter((spec) => spec.model === model).length, model).toBeGreaterThan(15);
    for (const pattern of [/grad\(/, /grad\([^\n]*grad\(/, /grad\([^\n]*, v\d/, / \? /, /uniform_per_sample/, /ema\(/, /pool\(/, /D\.\w/, /D\(/, /reduction /, /math fast/]) expect(count(pattern), pattern.source).toBeGreaterThan(2);
  });

  /** The least relative distance of float32 from the reference that is a mistake. */
  const WITHIN = 1e-3;

  function compareWithReference({ text, model, activation, seed }: RandomObjective, tally: { checked: number; kinks: number }): void {
    const objective = compile(text);
    const world = createWorld(model, { activation, seed });
    for (const player of PLAYERS) {
      const graph = objective.stages.graphs[player];
      const found = runtimeOutcome(objective, world, player);
      const expected = referenceValues(graph, world);
      tally.checked += 1;
      const slope = referenceSlope(graph, world, player, 1e-3);
      const finer = referenceSlope(graph, world, player, 2e-4);
      // at a kink a difference says nothing
      const stays = !graph.equations.some(({ op }) => op === 'gradient') || differences(expected, referenceValues(graph, world, 2e-4), WITHIN / 4).length === 0;
      const smooth = stays && listDifferences('slope', [slope], [finer], WITHIN / 4).length === 0;
      if (!smooth) {
        tally.kinks += 1;
        continue;
      }
      expect(differences(expected, found.values, WITHIN), player).toEqual([]);
      const along = directionOf(world, player).flat.reduce((sum, x, i) => sum + x * found.gradient[i], 0);
      expect(listDifferences('slope', [slope], [along], WITHIN), player).toEqual([]);
    }
  }

  it.each<[Flavour, number]>([['terms', 1], ['bodies', 2]])('of %s have the losses and gradients of the reference evaluation', (flavour, seed) => {
    const tally = { checked: 0, kinks: 0 };
    fc.assert(fc.property(randomObjective(flavour), (spec) => compareWithReference(spec, tally)), { numRuns: RUNS, seed, endOnFailure: true });
    expect(tally.kinks / tally.checked).toBeLessThan(0.1);
  }, TIMEOUT);

  it.each<[Flavour, number]>([['terms', 1], ['bodies', 2]])('of %s, printed, do to the bit what the runtime does', (flavour, seed) => {
    fc.assert(
      fc.property(randomObjective(flavour), ({ text, model, activation, seed: weights }) => {
        const objective = compile(text);
        const world = createWorld(model, { activation, seed: weights });
        for (const player of PLAYERS) {
          const [found, printed] = [runtimeOutcome(objective, world, player), printedOutcome(objective, world, player)];
          expect(differences(found.values, printed.values, 0), player).toEqual([]);
          expect(listDifferences('gradient', found.gradient, printed.gradient, 0), player).toEqual([]);
        }
      }),
      { numRuns: RUNS, seed, endOnFailure: true },
    );
  }, TIMEOUT);
});
