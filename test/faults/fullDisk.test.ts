import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/testing/runCli.ts';
import { CHECKPOINT_FILE, createSummaryWriter, loadCheckpoint, PREVIOUS_FILE, saveCheckpoint } from '../../src/node.ts';
import { SpecError } from '../../src/support/diagnostic.ts';
import { stateOf } from './state.ts';
import { buildTrainProgram, ended, filesOf, startProgram, stepsOf, type TrainProgram } from './trainProgram.ts';

// Disks that are full and folders that can only be read, for real: what the system says is not made up.

let program: TrainProgram;
beforeAll(async () => {
  program = await buildTrainProgram();
});
afterAll(() => program.remove());
const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((one) => one()));

/** A new folder of the test's own. */
function folderOf(name: string): string {
  const folder = join(program.folder, name);
  mkdirSync(folder);
  return folder;
}

async function problemOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof SpecError)) throw error instanceof Error ? error : new Error('it was written');
  const [{ code, message, hint }] = error.diagnostics;
  return { code, message, hint };
}

/** Linux has a device on which every write says ENOSPC; elsewhere the limit on the size of files stands for it. */
const FULL = '/dev/full';
const hasFull = existsSync(FULL);

/** Runs the command line where no file may grow beyond so many blocks of 512 bytes. */
const limited = (blocks: number, parameters: readonly string[]) => ended(startProgram('/bin/sh', ['-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', process.execPath, program.cli, ...parameters], { cwd: program.folder }));

describe.skipIf(!hasFull)('a device that is full', () => {
  it('leaves the checkpoint, the one before it, and nothing else', async () => {
    const folder = folderOf('checkpoints');
    for (const step of [1, 2]) await saveCheckpoint(folder, stateOf(step));
    symlinkSync(FULL, join(folder, `${CHECKPOINT_FILE}.unfinished`));
    expect(await problemOf(saveCheckpoint(folder, stateOf(3)))).toEqual({ code: 'GL7005', message: expect.stringContaining('can not be written: ENOSPC'), hint: 'the disk is full: make room and run it again' });
    expect(await loadCheckpoint(folder)).toEqual(stateOf(2));
    expect(readdirSync(folder).sort()).toEqual([PREVIOUS_FILE, CHECKPOINT_FILE]);
    await saveCheckpoint(folder, stateOf(3));
    expect(await loadCheckpoint(folder)).toEqual(stateOf(3));
  });

  it('is named by the writer of event files', async () => {
    const writer = createSummaryWriter('/dev', { fileName: 'full' });
    writer.scalar('loss', 1, 1);
    expect(await problemOf(writer.flush())).toEqual({ code: 'GL7005', message: expect.stringContaining('the event file /dev/full can not be written: ENOSPC'), hint: 'the disk is full: make room and run it again' });
  });
});

describe('a limit on the size of files (ulimit -f)', () => {
  it('ends a run at its metrics, with the last checkpoint whole, and no half line', async () => {
    const run = join(program.folder, 'metrics');
    const { code, stderr } = await limited(48, program.arguments('metrics', '--steps', '100000', '--checkpoint-every', '10', '--sample-every', '100000'));
    expect(stderr).toContain("error[GL7005]: 'metrics/metrics.csv' cannot be written (EFBIG)\n  = help: the file would be larger than files may be here (ulimit -f)");
    expect(code).toBe(1);
    const { step } = await loadCheckpoint(join(run, 'checkpoint'));
    const steps = stepsOf(run);
    expect(step).toBe(steps - (steps % 10));
    expect(readFileSync(join(run, 'metrics.csv'), 'utf8')).toMatch(/\n$/);
    expect(filesOf(run).filter((name) => /\.tmp$|\.unfinished$/.test(name))).toEqual([]);
  });

  it('ends a run at a checkpoint that has grown: the one before is whole, and nothing else is left', async () => {
    const run = join(program.folder, 'grown');
    // pictures take 13 kB, the first checkpoint 7, those that hold a pool 17
    const { code, stderr } = await limited(28, program.arguments('grown', '--steps', '10', '--checkpoint-every', '2'));
    expect(stderr).toMatch(/error\[GL7005\]: the checkpoint grown\/checkpoint\/checkpoint\.safetensors can not be written: EFBIG.*\n {2}= help: the file would be larger/);
    expect(code).toBe(1);
    expect((await loadCheckpoint(join(run, 'checkpoint'))).step).toBe(0);
    expect(readdirSync(join(run, 'checkpoint'))).toEqual([CHECKPOINT_FILE]);
    // with more room it goes on
    const on = await ended(program.start('grown', '--resume'));
    expect(on.code).toBe(0);
    expect(stepsOf(run)).toBe(10);
  });
});

describe('train, where nothing can be written', () => {
  const refused = async (out: string) => {
    const { exit, stderr } = await runCli(program.arguments(out, '--steps', '1', '--mode', 'tape'), { cwd: program.folder });
    expect(exit).toBe(1);
    return /error\[GL7005\].*\n.*/.exec(stderr)?.[0];
  };

  it('says so of a path below a file', async () => {
    writeFileSync(join(program.folder, 'file'), '');
    expect(await refused('file/run')).toMatch(/cannot be written \(ENOTDIR\)\n {2}= help: a part of the path is a file: choose another directory/);
  });

  it('says so of a folder that can only be read', async () => {
    const locked = folderOf('locked');
    await chmod(locked, 0o555);
    if (process.getuid?.() === 0) {
      // root may write everywhere: as nobody, then, who may go through the folder above
      await chmod(program.folder, 0o755);
      process.seteuid?.(65534);
      undo.push(() => process.seteuid?.(0));
    }
    expect(await refused('locked/run')).toMatch(/cannot be written \(EACCES\)\n {2}= help: check the permissions of the directory/);
    expect(readdirSync(locked)).toEqual([]);
  });

  it('says so while it goes on, and leaves the checkpoint as it is', async () => {
    const run = join(program.folder, 'readable');
    expect((await runCli(program.arguments('readable', '--steps', '1', '--mode', 'tape'), { cwd: program.folder })).exit).toBe(0);
    copyFileSync(join(run, 'checkpoint', CHECKPOINT_FILE), join(program.folder, 'copy'));
    // pictures cannot be written where a file lies in place of their folder
    rmSync(join(run, 'samples'), { recursive: true });
    writeFileSync(join(run, 'samples'), '');
    const { exit, stderr } = await runCli([...program.arguments('readable', '--resume', '--steps', '3'), '--sample-every', '2'], { cwd: program.folder });
    expect(stderr).toMatch(/error\[GL7005\]: '.*samples\/step-000002\.png' cannot be written \((ENOTDIR|EEXIST)\)/);
    expect(exit).toBe(1);
    expect(readFileSync(join(run, 'checkpoint', CHECKPOINT_FILE))).toEqual(readFileSync(join(program.folder, 'copy')));
  });
});
