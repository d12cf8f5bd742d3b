import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { compile, installGradients } from '../../src/index.ts';
import { differences, listDifferences } from './compare.ts';
import { directionOf, PLAYERS, referenceSlope, referenceValues, runtimeOutcome } from './runs.ts';
import { createWorld, type WorldOptions } from './world.ts';
import type { Model } from '../../src/dsl/typed.ts';

// Specifications that random tests found to go wrong once, made small.

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

const term = (player: string, body: string) => `term t() { ${player} = ${body} + mean(D(fake)) }\nobjective = wasserstein + t`;

const CASES: readonly (readonly [why: string, model: Model, text: string, options?: WorldOptions])[] = [
  ['an average’s past is a constant', 'gan', term('generator', 'ema(mean(D(fake)), decay: 0.9)')],
  ['a pool’s content is a constant', 'gan', term('generator', 'sum(square(pool(fake, size: 3)))')],
  ['a stargan’s fake varies with its target', 'stargan', term('generator', 'sum(square(grad(D(fake), target)))')],
  ['a stargan’s fake varies with x, under its target', 'stargan', term('generator', 'sum(square(grad(D(fake), x)))')],
  ['a cyclegan’s fake varies with the z of its direction', 'cyclegan', `model cyclegan\n${term('generator', 'sum(square(grad(D(fake), z)))')}`],
  ['the slope of a linear network is a constant', 'gan', term('discriminator', 'sum(square(grad(sum(square(grad(D(real), real))), real)))'), { activation: 'linear' }],
];

it.each(CASES)('%s', (_why, model, text, options = {}) => {
  const objective = compile(text.startsWith('model') ? text : `model ${model}\n${text}`);
  const world = createWorld(model, options);
  for (const player of PLAYERS) {
    const found = runtimeOutcome(objective, world, player);
    const graph = objective.stages.graphs[player];
    expect(differences(referenceValues(graph, world), found.values, 1e-4), player).toEqual([]);
    const along = directionOf(world, player).flat.reduce((sum, x, i) => sum + x * found.gradient[i], 0);
    expect(listDifferences('slope', [referenceSlope(graph, world, player, 1e-3)], [along], 1e-3), player).toEqual([]);
  }
});
