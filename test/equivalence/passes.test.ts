import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, installGradients, type Objective } from '../../src/index.ts';
import { printGraph } from '../../src/ir/print.ts';
import { PASSES, runPasses } from '../../src/passes/pipeline.ts';
import { differences, listDifferences } from './compare.ts';
import { randomObjective, type Flavour, type RandomObjective } from './randomObjective.ts';
import { PLAYERS, referenceValues, runtimeOutcome } from './runs.ts';
import { createWorld, type World } from './world.ts';

const RUNS = 80;
const TIMEOUT = 300_000;
const NAMES = PASSES.map(({ name }) => name);

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

/** Values and gradients on tfjs, in float32. */
function expectSameOnTfjs(before: Objective, after: Objective, world: World, why: string): void {
  for (const player of PLAYERS) {
    if (before.emit('tfjs') === after.emit('tfjs')) continue;
    const [expected, found] = [runtimeOutcome(before, world, player), runtimeOutcome(after, world, player)];
    expect(differences(expected.values, found.values, 1e-4), `${why}, ${player}`).toEqual([]);
    expect(listDifferences('gradient', expected.gradient, found.gradient, 1e-4), `${why}, ${player}`).toEqual([]);
  }
}

/** Values in float64 of the graphs as they are lowered, and after all passes but some; where a gradient stays for the tape they hold as far as differences do. */
function expectSameInReference({ stages }: Objective, world: World): void {
  for (const player of PLAYERS) {
    const graph = stages.graphs[player];
    const expected = referenceValues(graph, world);
    const seen = new Set([printGraph(graph)]);
    for (const left of ['none', ...NAMES]) {
      const optimized = runPasses(graph, PASSES.filter(({ name }) => name !== left), { math: stages.typed.math, remark: () => undefined });
      const text = printGraph(optimized);
      if (seen.has(text)) continue;
      seen.add(text);
      const found = referenceValues(optimized, world);
      // fast math drops the values of terms that weigh nothing
      const kept = new Map([...expected].filter(([name]) => found.has(name) || stages.typed.math === 'strict'));
      expect(differences(kept, found, 1e-5), `without ${left}, ${player}`).toEqual([]);
    }
  }
}

describe.each<[Flavour, number]>([['terms', 3], ['bodies', 4]])('random objectives of %s', (flavour, seed) => {
  const hold = (property: (spec: RandomObjective, world: World) => void) =>
    fc.assert(fc.property(randomObjective(flavour), (spec) => property(spec, createWorld(spec.model, spec))), { numRuns: RUNS, seed, endOnFailure: true });

  it('mean the same without the passes, all of them and each', () => {
    let turn = 0;
    hold(({ text }, world) => {
      const [optimized, plain] = [compile(text), compile(text, { without: NAMES })];
      expectSameOnTfjs(plain, optimized, world, 'no pass');
      expectSameInReference(optimized, world);
      // gradients take longer: a pass for each specification
      const name = NAMES[turn++ % NAMES.length];
      expectSameOnTfjs(optimized, compile(text, { without: [name] }), world, `without ${name}`);
    });
  }, TIMEOUT);

  it('mean the same under fast math, apart from terms that weigh nothing', () => {
    hold(({ text }, world) => {
      const plain = text.replace(/^math \w+\n/m, '');
      const [strict, fast] = [compile(`math strict\n${plain}`), compile(`math fast\n${plain}`)];
      for (const player of PLAYERS) {
        if (strict.emit('tfjs').replace('math strict', 'math fast') === fast.emit('tfjs')) continue;
        const [expected, found] = [runtimeOutcome(strict, world, player), runtimeOutcome(fast, world, player)];
        const isTerm = ([name]: readonly [string, unknown]) => name.startsWith('term.');
        // the name of a term that is left may be shorter without the others, and then that of another: terms are compared where all are left
        const all = [...expected.values].filter(isTerm).length === [...found.values].filter(isTerm).length;
        const kept = new Map([...expected.values].filter((entry) => (all ? found.values.has(entry[0]) || !isTerm(entry) : !isTerm(entry))));
        const common = new Map([...found.values].filter(([name]) => kept.has(name)));
        expect(differences(kept, common, 1e-4), player).toEqual([]);
        expect(listDifferences('gradient', expected.gradient, found.gradient, 1e-4), player).toEqual([]);
      }
    });
  }, TIMEOUT);
});
