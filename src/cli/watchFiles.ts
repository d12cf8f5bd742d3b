import { existsSync, statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { reportFailure } from './reportFailure.ts';
import { UsageError } from './usageError.ts';

/** Editors write a file in several steps. */
const SETTLE_MS = 60;

/**
 * Runs a command, and again whenever a file that it was given or has read changes, until Ctrl-C.
 * Folders are watched, not files: editors replace a file by another, and a watch on the old one would be blind from then on.
 *
 * @param run returns the files that it read, absolute
 */
export async function watchFiles(names: readonly string[], run: () => Promise<{ readonly files: readonly string[] }>, context: Context): Promise<ExitCode> {
  const { io } = context;
  if (names.includes('-')) throw new UsageError('standard input cannot be watched', 'Name a file.');
  const given = names.map((name) => resolve(io.cwd, name));
  const watchers = new Map<string, FSWatcher>();
  let read: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let again = false;

  const concerns = (folder: string, file: string | null): boolean =>
    file === null || given.some((path) => path === folder) || [...given, ...read].some((path) => dirname(path) === folder && basename(path) === file);
  const changed = (folder: string, file: string | null): void => {
    if (!concerns(folder, file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void runOnce(), SETTLE_MS);
  };
  const watchFolders = (): void => {
    for (const path of [...given, ...read]) {
      const folder = isFolder(path) ? path : dirname(path);
      if (watchers.has(folder) || !existsSync(folder)) continue;
      const watcher = watch(folder, (_event, file) => changed(folder, file));
      // a folder that is removed and made again gets a new watcher at the next run
      watcher.on('error', () => {
        watcher.close();
        watchers.delete(folder);
      });
      watchers.set(folder, watcher);
    }
  };
  const runOnce = async (): Promise<void> => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      read = (await run()).files;
    } catch (error) {
      reportFailure(error, context, false);
    }
    watchFolders();
    busy = false;
    io.stderr.write(context.colours.stderr.dim('watching; Ctrl-C ends\n'));
    if (again) {
      again = false;
      await runOnce();
    }
  };

  await runOnce();
  return new Promise((done) => {
    const undo = io.onInterrupt(() => {
      undo();
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      done(EXIT.ok);
    });
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
