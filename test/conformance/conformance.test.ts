import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../../src/index.ts';
import type { Json } from './corpus/json.ts';
import { runCorpus } from './runCorpus.ts';

beforeAll(async () => {
  tf.enableProdMode();
  // a backend has its kernels once it was there when the rules were installed
  await tf.setBackend('wasm');
  return installGradients();
});

/** Cases of each family, and how many of them a specification says as well; the others have a reason each (language/spec.ts). */
const COUNTS = {
  combine_adversarial_loss: { cases: 78, expressed: 0 },
  cyclegan_loss: { cases: 64, expressed: 58 },
  errors: { cases: 63, expressed: 0 },
  gan_loss: { cases: 321, expressed: 310 },
  gradient_penalty: { cases: 117, expressed: 117 },
  losses: { cases: 1033, expressed: 975 },
  stargan_loss: { cases: 81, expressed: 66 },
  tensor_pool: { cases: 21, expressed: 0 },
  trajectories: { cases: 25, expressed: 0 },
  weighted_loss: { cases: 608, expressed: 600 },
} as const;

const GOLDEN = new URL('./golden/', import.meta.url);

describe.each(['cpu', 'wasm'])('TF-GAN on %s', (backend) => {
  it.each(Object.entries(COUNTS))('%s, through the facade and as specifications', async (family, { cases, expressed }) => {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const report = await runCorpus(JSON.parse(readFileSync(new URL(`${family}.json`, GOLDEN), 'utf8')) as Json, { through: 'both' });
    expect(report.failures).toEqual([]);
    expect({ cases: report.cases, expressed: report.language.expressed }).toEqual({ cases, expressed });
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('the corpus has these families and no others', () => {
  expect(readdirSync(GOLDEN).sort()).toEqual(Object.keys(COUNTS).map((family) => `${family}.json`));
});
