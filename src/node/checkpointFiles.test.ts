import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compile } from '../compile.ts';
import { SpecError } from '../support/diagnostic.ts';
import { mlp, modelsOf, tensor, valuesOf } from '../runtime/trainer/testing/networks.ts';
import type { TrainerState } from '../runtime/trainer/trainerState.ts';
import { CHECKPOINT_FILE, loadCheckpoint, PREVIOUS_FILE, saveCheckpoint } from './checkpointFiles.ts';
import { trainer } from './fileTrainer.ts';

/** How many operations on files still work; the next one fails, as on a full disk or under a kill. */
const disk = vi.hoisted(() => ({ operations: Infinity }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const spend = (): void => {
    if (disk.operations-- <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  return {
    ...real,
    mkdir: async (...args: Parameters<typeof real.mkdir>) => (spend(), real.mkdir(...args)),
    link: async (...args: Parameters<typeof real.link>) => (spend(), real.link(...args)),
    copyFile: async (...args: Parameters<typeof real.copyFile>) => (spend(), real.copyFile(...args)),
    rename: async (...args: Parameters<typeof real.rename>) => (spend(), real.rename(...args)),
    // a process that was killed tidies nothing up
    rm: async (...args: Parameters<typeof real.rm>) => (spend(), real.rm(...args)),
    open: async (...args: Parameters<typeof real.open>) => {
      spend();
      const file = await real.open(...args);
      return {
        async writeFile(bytes: Uint8Array) {
          // half of it arrives
          await file.write(bytes.subarray(0, bytes.length / 2));
          spend();
          await file.write(bytes.subarray(bytes.length / 2));
        },
        sync: async () => (spend(), file.sync()),
        close: () => file.close(),
      };
    },
  };
});

let directory = '';
beforeEach(async () => {
  disk.operations = Infinity;
  directory = await fs.mkdtemp(join(tmpdir(), 'ganloss-checkpoint-'));
});
afterEach(async () => {
  disk.operations = Infinity;
  await fs.rm(directory, { recursive: true });
});

const state = (step: number): TrainerState => ({
  model: 'gan',
  fingerprint: 'wasserstein',
  step,
  seed: 1,
  params: {},
  optimizers: {},
  tensors: [{ name: 'weights/generator/0', label: 'w', dtype: 'float32', shape: [3], data: new Float32Array([step, 2, 3]) }],
});
const codeOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error === null) return null;
  if (error instanceof SpecError) return error.diagnostics[0].code;
  throw error;
};

describe('files of checkpoints', () => {
  it('are written into a folder that need not be there, and read back', async () => {
    const folder = join(directory, 'a', 'b');
    expect(await saveCheckpoint(folder, state(1))).toBe(join(folder, CHECKPOINT_FILE));
    expect(await loadCheckpoint(folder)).toEqual(state(1));
    expect(await fs.readdir(folder)).toEqual([CHECKPOINT_FILE]);
  });

  it('are the old one or the new one, whichever operation fails, and the next save works', async () => {
    await saveCheckpoint(directory, state(1));
    const seen = [];
    for (let operations = 0; operations < 12; operations += 1) {
      disk.operations = operations;
      const code = await codeOf(saveCheckpoint(directory, state(2 + operations)));
      disk.operations = Infinity;
      const { step } = await loadCheckpoint(directory);
      seen.push({ code, kept: step < 2 + operations });
      await saveCheckpoint(directory, state(1));
      expect(await loadCheckpoint(directory)).toEqual(state(1));
    }
    // mkdir, open, write, sync; rm, link, rename and rm for the old one; rename. What follows is not needed for the process, only for the disk
    expect(seen).toEqual([...Array(9).fill({ code: 'GL7005', kept: true }), ...Array(3).fill({ code: null, kept: false })]);
    expect((await fs.readdir(directory)).sort()).toEqual([PREVIOUS_FILE, CHECKPOINT_FILE]);
  });

  it('that are missing, or damaged, are refused', async () => {
    expect(await codeOf(loadCheckpoint(directory))).toBe('GL7001');
    const path = await saveCheckpoint(directory, state(1));
    const bytes = await fs.readFile(path);
    await fs.writeFile(path, bytes.subarray(0, -1));
    expect(await codeOf(loadCheckpoint(directory))).toBe('GL7006');
  });

  it('that are damaged or gone offer the one before, where that is whole', async () => {
    const path = await saveCheckpoint(directory, state(1));
    const hintOf = async () => {
      const error: unknown = await loadCheckpoint(directory).catch((reason: unknown) => reason);
      return error instanceof SpecError ? [error.diagnostics[0].code, error.diagnostics[0].hint] : error;
    };
    const bytes = await fs.readFile(path);
    const flipped = bytes.map((byte, index) => (index === bytes.length - 2 ? byte ^ 4 : byte));
    await fs.writeFile(path, flipped);
    expect(await hintOf()).toEqual(['GL7006', undefined]);
    await fs.rm(path);
    await saveCheckpoint(directory, state(1));
    await saveCheckpoint(directory, state(2));
    const previous = join(directory, PREVIOUS_FILE);
    const offer = `the checkpoint before it, of step 1, is whole; to go on from that: mv '${previous}' '${path}'`;
    await fs.writeFile(path, flipped);
    expect(await hintOf()).toEqual(['GL7006', offer]);
    await fs.truncate(path, 100);
    expect(await hintOf()).toEqual(['GL7006', offer]);
    await fs.rm(path);
    expect(await hintOf()).toEqual(['GL7001', offer]);
    await fs.rename(previous, path);
    expect(await loadCheckpoint(directory)).toEqual(state(1));
    // one file under two names, as after a kill between the two renamings
    await fs.link(path, previous);
    await saveCheckpoint(directory, state(5));
    expect((await fs.readdir(directory)).sort()).toEqual([PREVIOUS_FILE, CHECKPOINT_FILE]);
  });

  it('can not be written where a file is in the way', async () => {
    await fs.writeFile(join(directory, 'file'), '');
    expect(await codeOf(saveCheckpoint(join(directory, 'file'), state(1)))).toBe('GL7005');
  });
});

describe('a trainer with files', () => {
  const objective = compile('wasserstein + 10*gp');
  const networks = () => ({ generator: mlp('g', [3, 5, 2]), discriminator: mlp('d', [2, 5, 1]) });
  const options = () => ({ optimizers: { generator: tf.train.adam(0.01), discriminator: tf.train.adam(0.01) }, noise: 3 });
  const batch = () => ({ real: tensor('real', [4, 2]) });

  it('saves, and goes on from what it or another saved', async () => {
    const [mine, theirs] = [networks(), networks()];
    const first = trainer(objective, mine, options());
    await first.step(batch());
    expect(first.stepCount).toBe(1);
    await first.save(directory);
    await first.step(batch());
    const wanted = valuesOf(modelsOf(mine));

    const second = await trainer.load(directory, objective, theirs, options());
    expect(second.stepCount).toBe(1);
    await second.step(batch());
    expect(valuesOf(modelsOf(theirs))).toEqual(wanted);

    await first.load(directory);
    await first.step(batch());
    expect(valuesOf(modelsOf(mine))).toEqual(wanted);
    first.dispose();
    second.dispose();
  });

  it('is not left behind where loading fails', async () => {
    const before = tf.getGradient('Tanh');
    await saveCheckpoint(directory, state(1));
    expect(await codeOf(trainer.load(directory, objective, networks(), options()))).toBe('GL7007');
    expect(tf.getGradient('Tanh')).toBe(before);
  });
});
