import { copyFile, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../runtime/models/fail.ts';
import { SpecError } from '../support/diagnostic.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../runtime/trainer/checkpoint.ts';
import type { TrainerState } from '../runtime/trainer/trainerState.ts';
import { writeHint } from './writeHint.ts';

/** The file of a checkpoint in its folder. */
export const CHECKPOINT_FILE = 'checkpoint.safetensors';

/** The file of the checkpoint before it. */
export const PREVIOUS_FILE = 'checkpoint.previous.safetensors';

/**
 * Writes a state into a folder, which is made where there is none. It goes to a file beside the old checkpoint, which then takes its
 * place: whenever the process or the machine stops, the folder holds the old one or the new one, whole. The old one stays beside it,
 * as `checkpoint.previous.safetensors`.
 *
 * @returns the path of the file
 * @throws SpecError GL7005 where it can not be written (disk full, no permission); the old checkpoint is then as it was
 */
export async function saveCheckpoint(directory: string, state: TrainerState): Promise<string> {
  const path = join(directory, CHECKPOINT_FILE);
  const unfinished = unfinishedOf(path);
  try {
    await mkdir(directory, { recursive: true });
    await writeSynced(unfinished, encodeCheckpoint(state));
    await keepPrevious(path, join(directory, PREVIOUS_FILE));
    await rename(unfinished, path);
    await syncDirectory(directory);
  } catch (error) {
    for (const left of [unfinished, unfinishedOf(join(directory, PREVIOUS_FILE))]) await rm(left, { force: true }).catch(() => {});
    return fail('GL7005', `the checkpoint ${path} can not be written: ${messageOf(error)}`, writeHint(String((error as NodeJS.ErrnoException).code)));
  }
  return path;
}

/** What a file is called until it is whole. */
function unfinishedOf(path: string): string {
  return `${path}.unfinished`;
}

/** Gives the checkpoint a second name, under which it stays when the next one takes its place. */
async function keepPrevious(path: string, previous: string): Promise<void> {
  const unfinished = unfinishedOf(previous);
  await rm(unfinished, { force: true });
  try {
    await link(path, unfinished).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw error;
      // not every file system knows two names of one file
      return copyFile(path, unfinished);
    });
  } catch (error) {
    // the first checkpoint of a folder has none before it
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rename(unfinished, previous);
  // a name of the same file is not renamed: it stays (rename(2))
  await rm(unfinished, { force: true });
}

/**
 * Reads the checkpoint of a folder. Where it is damaged or missing, and the one before it is whole, the hint says how to go on from that.
 *
 * @throws SpecError GL7001 where there is none, GL7002 where it can not be read, GL7006 where it is damaged
 */
export async function loadCheckpoint(directory: string): Promise<TrainerState> {
  const path = join(directory, CHECKPOINT_FILE);
  try {
    return await readCheckpoint(path, directory);
  } catch (error) {
    const previous = join(directory, PREVIOUS_FILE);
    const step = error instanceof SpecError ? await stepOf(previous) : null;
    if (step === null) throw error;
    const hint = `the checkpoint before it, of step ${step}, is whole; to go on from that: mv '${previous}' '${path}'`;
    throw new SpecError((error as SpecError).message, (error as SpecError).diagnostics.map((diagnostic) => ({ ...diagnostic, hint })));
  }
}

async function readCheckpoint(path: string, directory: string): Promise<TrainerState> {
  return decodeCheckpoint(
    await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return fail('GL7001', `there is no checkpoint in ${directory}`, `it would be ${path}`);
      return fail('GL7002', `the checkpoint ${path} can not be read: ${error.message}`);
    }),
  );
}

/** The step of a checkpoint that is whole; null where there is none. */
async function stepOf(path: string): Promise<number | null> {
  try {
    return decodeCheckpoint(await readFile(path)).step;
  } catch {
    return null;
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the new name last through a power failure; where directories can not be opened (Windows) the file system sees to it. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => null);
  await directory?.sync().catch(() => {});
  await directory?.close();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
