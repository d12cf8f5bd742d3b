import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../runtime/models/fail.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../runtime/trainer/checkpoint.ts';
import type { TrainerState } from '../runtime/trainer/trainerState.ts';

/** The file of a checkpoint in its folder. */
export const CHECKPOINT_FILE = 'checkpoint.safetensors';

/**
 * Writes a state into a folder, which is made where there is none. It goes to a file beside the old checkpoint, which then takes its
 * place: whenever the process or the machine stops, the folder holds the old one or the new one, whole.
 *
 * @returns the path of the file
 * @throws SpecError GL7005 where it can not be written (disk full, no permission); the old checkpoint is then as it was
 */
export async function saveCheckpoint(directory: string, state: TrainerState): Promise<string> {
  const path = join(directory, CHECKPOINT_FILE);
  const unfinished = `${path}.unfinished`;
  try {
    await mkdir(directory, { recursive: true });
    await writeSynced(unfinished, encodeCheckpoint(state));
    await rename(unfinished, path);
    await syncDirectory(directory);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    return fail('GL7005', `the checkpoint ${path} can not be written: ${messageOf(error)}`);
  }
  return path;
}

/**
 * Reads the checkpoint of a folder.
 *
 * @throws SpecError GL7001 where there is none, GL7002 where it can not be read, GL7006 where it is damaged
 */
export async function loadCheckpoint(directory: string): Promise<TrainerState> {
  const path = join(directory, CHECKPOINT_FILE);
  return decodeCheckpoint(
    await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return fail('GL7001', `there is no checkpoint in ${directory}`, `it would be ${path}`);
      return fail('GL7002', `the checkpoint ${path} can not be read: ${error.message}`);
    }),
  );
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
