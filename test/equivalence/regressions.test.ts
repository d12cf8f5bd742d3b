import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { compile, installGradients } from '../../src/index.ts';
import type { Model } from '../../src/dsl/typed.ts';
import { differences, listDifferences } from './compare.ts';
import { printedOutcome } from './printedModule.ts';
import { directionOf, PLAYERS, referenceSlope, referenceValues, runtimeOutcome } from './runs.ts';
import { createWorld, type WorldOptions } from './world.ts';

// Specifications that random tests found to go wrong once, made small.

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

const term = (player: string, body: string) => `term t() { ${player} = ${body} + mean(D(fake)) }\nobjective = wasserstein + t`;

interface Case {
  readonly why: string;
  readonly model: Model;
  readonly text: string;
  readonly options?: WorldOptions;
}

const CASES: readonly Case[] = [
  { why: 'an average’s past is a constant', model: 'gan', text: term('generator', 'ema(mean(D(fake)), decay: 0.9)') },
  { why: 'a pool’s content is a constant', model: 'gan', text: term('generator', 'sum(square(pool(fake, size: 3)))') },
  { why: 'a stargan’s fake varies with its target', model: 'stargan', text: term('generator', 'sum(square(grad(D(fake), target)))') },
  { why: 'a stargan’s fake varies with x, under its target', model: 'stargan', text: term('generator', 'sum(square(grad(D(fake), x)))') },
  { why: 'a cyclegan’s fake varies with the z of its direction', model: 'cyclegan', text: term('generator', 'sum(square(grad(D(fake), z)))') },
  { why: 'the slope of a linear network is a constant', model: 'gan', text: term('discriminator', 'sum(square(grad(sum(square(grad(D(real), real))), real)))'), options: { activation: 'linear' } },
];

it.each(CASES)('$why', ({ model, text, options = {} }) => {
  const objective = compile(`model ${model}\n${text}`);
  const world = createWorld(model, options);
  for (const player of PLAYERS) {
    const found = runtimeOutcome(objective, world, player);
    const graph = objective.stages.graphs[player];
    expect(differences(referenceValues(graph, world), found.values, 1e-4), player).toEqual([]);
    const along = directionOf(world, player).flat.reduce((sum, x, i) => sum + x * found.gradient[i], 0);
    expect(listDifferences('slope', [referenceSlope(graph, world, player, 1e-3)], [along], 1e-3), player).toEqual([]);
  }
});

it('a generated module asks for the first of several outputs without a name', () => {
  const objective = compile('modified + acgan');
  const world = createWorld('acgan');
  expect(objective.emit('tfjs')).toContain('.head()');
  for (const player of PLAYERS) expect(printedOutcome(objective, world, player)).toEqual(runtimeOutcome(objective, world, player));
});
