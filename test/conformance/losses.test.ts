import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, it } from 'vitest';
import { installGradients, type Objective } from '../../src/index.ts';
import { readGolden } from './goldenFile.ts';
import { runLossCase } from './runLossCase.ts';

beforeAll(async () => {
  tf.enableProdMode();
  // a backend has its kernels once it was there when the rules were installed
  await tf.setBackend('wasm');
  return installGradients();
});

/**
 * Where a specification is not TF-GAN's function, and why. A case listed here that holds after all fails the test, like one that
 * is not listed and does not hold.
 */
const DIFFERENT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/label_smoothing=-0\.2$/, 'TF-GAN ignores negative smoothing; the language refuses it (GL3013)'],
  [/^wl\/int32losses\//, 'TensorFlow truncates to int32; losses of a specification are float32'],
  [/^loss\/(minimax|modified)\.[DG]\/int32-output$/, 'TensorFlow refuses int32 logits; a specification converts them'],
  [/^loss\/(wass|wass_hinge|lsq)\.D\/shapes-differ\//, 'three TF-GAN losses insist on one shape for real and generated outputs; a specification does not'],
  [/add_summaries-kwarg$/, 'summaries are no part of a specification'],
  [/mutual_information_penalty\/error\/not-list$/, 'a single distribution is a list of one here'],
  [/^wl\/special\/(nan|inf)-allzero\/MEAN$/, 'the gradient of a non-finite loss by its zero weight is NaN here, and 0 in TensorFlow'],
];

it.each([
  ['weighted_loss', 'cpu'],
  ['losses', 'cpu'],
  ['weighted_loss', 'wasm'],
  ['losses', 'wasm'],
])('TF-GAN values of %s on %s', async (family, backend) => {
  await tf.setBackend(backend);
  const compiled = new Map<string, Objective>();
  const cases = readGolden(family);
  const failures = cases.flatMap((golden) => {
    const failure = runLossCase(golden, compiled);
    const reason = DIFFERENT.find(([pattern]) => pattern.test(golden.id))?.[1];
    if (reason !== undefined) return failure === null ? [`${golden.id}: holds, although listed as different (${reason})`] : [];
    return failure === null ? [] : [`${golden.id}: ${failure}`];
  });
  const held = cases.filter(({ id }) => !DIFFERENT.some(([pattern]) => pattern.test(id))).length - failures.length;
  console.log(`${family} on ${backend}: ${held} of ${cases.length} cases hold`);
  expect(failures).toEqual([]);
});
