import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { expect, it } from 'vitest';
import { KERNELS } from './kernelTable.ts';

it('has a row for every kernel that tfjs has a name or an implementation for', () => {
  const implemented = ['cpu', 'wasm', 'webgl'].flatMap((backend) => tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName));
  // tfjs exports the name of each kernel as a constant of that name, or of one that differs by an underscore
  const named = Object.entries(tf).flatMap(([key, value]) => (typeof value === 'string' && value.replace(/^_/, '') === key.replace(/^_/, '') ? [value] : []));
  const missing = [...new Set([...implemented, ...named])].filter((name) => !(name in KERNELS));
  expect(implemented.length).toBeGreaterThan(400);
  expect(named.length).toBeGreaterThan(150);
  expect(missing).toEqual([]);
});
