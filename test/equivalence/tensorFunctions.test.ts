import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { compile, installGradients } from '../../src/index.ts';
import { differences, listDifferences } from './compare.ts';
import { printedOutcome } from './printedModule.ts';
import { directionOf, PLAYERS, referenceSlope, referenceValues, runtimeOutcome } from './runs.ts';
import { createWorld } from './world.ts';

// Functions of whole tensors, differentiated: by labels, whose rank is known, in the graph; by data on the tape.

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

it.each([
  'mean(square(grad(sum(similarities(labels, tanh(labels))^2), labels)))',
  'mean(grad(sum(similarities(l2_normalize(labels), labels)^2), labels)^2)',
  'mean(grad(sum(log_sum_exp(labels, weights: sigmoid(labels))), labels)^2)',
  'mean(grad(sum(append(labels, 2)^3), labels)^2)',
  'mean(grad(sum(max_per_sample(labels*labels)), labels)^2)',
  'mean(grad(sum(log_sum_exp(similarities(real, real))), real)^2)*mean(D(fake))',
  'mean(grad(sum(l2_normalize(D.embedding(real))^3), real)^2)',
  'mean(grad(reduce_max(D(real))*sum(where(descending_rank(D(real)) < 2, D(real), 0)), real)^2)',
  'sum(similarities(D.embedding(fake), D.embedding(real))*identity_like(similarities(real, real)))',
])('%s', (body) => {
  const objective = compile(`model acgan\nterm t() { discriminator = ${body} + mean(D(fake)) generator = mean(D(fake)) }\nobjective = wasserstein + t`);
  const world = createWorld('acgan');
  for (const player of PLAYERS) {
    const found = runtimeOutcome(objective, world, player);
    const graph = objective.stages.graphs[player];
    expect(differences(referenceValues(graph, world), found.values, 1e-4), player).toEqual([]);
    const along = directionOf(world, player).flat.reduce((sum, x, i) => sum + x * found.gradient[i], 0);
    expect(listDifferences('slope', [referenceSlope(graph, world, player, 1e-3)], [along], 1e-3), player).toEqual([]);
    expect(printedOutcome(objective, world, player)).toEqual(found);
  }
});
