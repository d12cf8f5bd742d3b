import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { notWritten } from './outputError.ts';

/**
 * Writes a file so that whoever reads it, at whatever instant the process or the machine stops, finds the old content or the
 * new one: written beside it under another name, synced, renamed, and the renaming synced. Missing directories are made.
 *
 * @throws OutputError (GL7005) and leaves the old file as it was
 */
export function atomicWrite(path: string, content: Uint8Array | string): void {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    writeSynced(temporary, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
    throw notWritten(error, path);
  }
  syncFolder(folder);
}

/** Whether a file of that name is one that `atomicWrite` had not finished when its process was killed. */
export function isUnfinished(name: string): boolean {
  return /^\..+\.\d+\.tmp$/.test(name);
}

function writeSynced(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** What stopped the writing may stop this too; that first error is the one to report. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

/** Makes a renaming durable. Some systems cannot open a directory; there it is durable in its own time. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    return;
  }
}
