import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { createCodeCache, type CodeCache } from '../runtime/compiled/codeCache.ts';
import { createTrainer } from '../runtime/trainer/createTrainer.ts';
import { codeFolder } from './codeFolder.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganloss-code-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  await tf.setBackend('cpu');
});

const objective = compile('wasserstein + 10*gp');

async function losses(codeCache: CodeCache): Promise<readonly number[]> {
  const dense = (units: number, inputs: number, seed: number) => tf.layers.dense({ units, inputShape: [inputs], kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  const networks = { generator: tf.sequential({ layers: [dense(2, 3, 1)] }), discriminator: tf.sequential({ layers: [dense(1, 2, 2)] }) };
  const trained = createTrainer(objective, networks, { optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) }, noise: 3, mode: 'captured', target: 'wasm', threads: 1, codeCache });
  const found: number[] = [];
  for (let step = 0; step < 2; step += 1) {
    const { generatorLoss, discriminatorLoss } = await trained.step({ real: tf.tensor2d([[1, 2], [3, 4]]) });
    found.push(generatorLoss, discriminatorLoss);
  }
  trained.dispose();
  return found;
}

/** The same cache, counting. */
function counted(cache: CodeCache) {
  const counts = { found: 0, made: 0 };
  return {
    counts,
    cache: {
      get(key: string) {
        const code = cache.get(key);
        if (code !== null) counts.found += 1;
        return code;
      },
      set(key: string, code: Uint8Array) {
        counts.made += 1;
        cache.set(key, code);
      },
    },
  };
}

describe.each([['in memory', () => createCodeCache()], ['in a folder', () => codeFolder(join(folder, 'steps'))]] as const)('a cache of code %s', (_, make) => {
  it('gives the second trainer what the first one compiled', async () => {
    const { cache, counts } = counted(make());
    const first = await losses(cache);
    const { made } = counts;
    expect(made).toBeGreaterThan(0);
    expect(counts.found).toBe(0);
    expect(await losses(cache)).toEqual(first);
    expect(counts).toEqual({ found: made, made });
  });
});

describe('codeFolder', () => {
  it('compiles anew what is damaged, and goes without a folder that can not be written', async () => {
    const path = join(folder, 'damaged');
    const first = await losses(codeFolder(path));
    for (const file of readdirSync(path)) {
      const bytes = readFileSync(join(path, file));
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(join(path, file), bytes);
    }
    const { cache, counts } = counted(codeFolder(path));
    expect(await losses(cache)).toEqual(first);
    expect(counts.found).toBe(0);
    writeFileSync(join(folder, 'file'), '');
    expect(await losses(codeFolder(join(folder, 'file')))).toEqual(first);
  });
});

describe('createCodeCache', () => {
  it('lets go of what was not asked for the longest', () => {
    const cache = createCodeCache({ entries: 2 });
    for (const key of ['a', 'b']) cache.set(key, Uint8Array.of(1));
    cache.get('a');
    cache.set('c', Uint8Array.of(2));
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== null)).toEqual([true, false, true]);
  });
});
