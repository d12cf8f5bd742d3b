import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../../src/index.ts';
import { goldenCases, goldenModules } from './goldenCases.ts';
import { runGoldenCases } from './runGoldenCase.ts';

beforeAll(async () => {
  tf.enableProdMode();
  // a backend has its kernels once it was there when the rules were installed
  await tf.setBackend('wasm');
  return installGradients();
});

describe.each(['cpu', 'wasm'])('terms that TF-GAN does not have, on %s', (backend) => {
  it.each(goldenModules())('%s gives PyTorch’s losses and gradients', async (module) => {
    await tf.setBackend(backend);
    const cases = goldenCases(module);
    expect(cases.length).toBeGreaterThan(0);
    expect(runGoldenCases(cases)).toEqual([]);
  });
});
