import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { SpecError } from '../support/diagnostic.ts';
import { mlp, tensor } from '../runtime/trainer/testing/networks.ts';
import { loadFailure, replay, saveFailure } from './failure.ts';
import { trainer } from './fileTrainer.ts';

let directory = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  directory = mkdtempSync(join(tmpdir(), 'ganloss-failure-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const objective = compile('term wild() { discriminator = mean(log(D(real))) }\nwasserstein + wild()');
const networks = (name: string) => ({ generator: mlp(`g${name}`, [3, 4, 2]), discriminator: mlp(`d${name}`, [2, 4, 1]) });
const options = (mode: 'tape' | 'captured') => ({ optimizers: { generator: tf.train.adam(0.01), discriminator: tf.train.adam(0.01) }, noise: 3, seed: 4, mode, steps: { generator: 1, discriminator: 2 } });

it.each(['captured', 'tape'] as const)('a step that fails is kept and taken once more: term, op, step and bounds are the same again (%s)', async (mode) => {
  const run = trainer(objective, networks('a'), options(mode));
  const folder = join(directory, mode);
  const batches = [0, 1, 2].map((index) => ({ real: tensor(`failure${index}`, [4, 2]) }));
  let update = 0;
  const error: unknown = await run.step(() => ({ real: tf.clone(batches[update++].real) })).catch((reason: unknown) => reason);
  if (!(error instanceof SpecError)) throw new Error('it did not fail');
  const [{ code, message, hint, span }] = error.diagnostics;
  expect(code).toBe('GL6001');
  expect(message).toMatch(/^discriminator, step 1, term 'wild': tf\.log holds .*NaN.*, of between -?\d/);
  expect(span).not.toBeNull();
  expect(hint).toContain('saveFailure of ganloss/node keeps the step, and replay takes it once more');
  await saveFailure(folder, run, batches);
  run.dispose();
  const tensors = tf.memory().numTensors;
  const others = networks('b');
  const made = tf.memory().numTensors - tensors;
  const again: unknown = await replay(folder, objective, others, { ...options(mode), seed: 77 }).catch((reason: unknown) => reason);
  expect(again).toBeInstanceOf(SpecError);
  expect((again as SpecError).diagnostics[0].message).toBe(message);
  // each Adam keeps two powers of its betas
  expect(tf.memory().numTensors - tensors).toBe(made + 4);
  const { state, batches: kept } = await loadFailure(folder);
  expect(state.step).toBe(0);
  expect(kept.map((batch) => [...(batch as unknown as { readonly real: tf.Tensor }).real.dataSync()])).toEqual(batches.map(({ real }) => [...real.dataSync()]));
});

it('what is no failure is refused', async () => {
  await expect(loadFailure(join(directory, 'none'))).rejects.toMatchObject({ diagnostics: [{ code: 'GL7001' }] });
  const run = trainer(objective, networks('c'), options('tape'));
  await run.save(join(directory, 'plain'));
  run.dispose();
  await expect(loadFailure(join(directory, 'plain'))).rejects.toMatchObject({ diagnostics: [{ code: 'GL7006', message: expect.stringContaining('holds no batch') }] });
});
