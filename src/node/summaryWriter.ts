import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail } from '../runtime/models/fail.ts';
import { writeHint } from './writeHint.ts';
import { createSummaryWriter as createWriter, type SummaryWriter, type SummaryWriterOptions } from '../tfgan/summaryWriter/createSummaryWriter.ts';

export interface FileSummaryWriterOptions extends SummaryWriterOptions {
  /** The file's name; TensorBoard asks that it contains `tfevents`. By default `events.out.tfevents.<seconds since 1970>.<host>`. */
  readonly fileName?: string;
}

export interface FileSummaryWriter extends SummaryWriter {
  /** Of the event file. */
  readonly path: string;
}

/**
 * Writes summaries for TensorBoard into a folder, which is made where there is none (`tensorboard --logdir <folder>` shows it). Each
 * flush appends whole records in one go: a process that is stopped leaves a file that can be read up to its last flush.
 *
 * @throws SpecError GL7005 where the file can not be written, here or in a flush
 */
export function createSummaryWriter(logdir: string, { fileName, ...options }: FileSummaryWriterOptions = {}): FileSummaryWriter {
  const seconds = Math.floor((options.now ?? Date.now)() / 1000);
  const path = join(logdir, fileName ?? `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}`);
  const file = attempt(path, () => {
    mkdirSync(logdir, { recursive: true });
    return openSync(path, 'a');
  });
  let open = true;
  const writer = createWriter((bytes) => {
    if (!open) return fail('GL7005', `the event file ${path} is closed`);
    // one synchronous write: Ctrl-C comes before or after it
    for (let written = 0; written < bytes.length; ) written += attempt(path, () => writeSync(file, bytes, written));
  }, options);
  return {
    ...writer,
    path,
    async close() {
      await writer.close();
      if (open) closeSync(file);
      open = false;
    },
  };
}

function attempt<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    return fail('GL7005', `the event file ${path} can not be written: ${error instanceof Error ? error.message : String(error)}`, writeHint(String((error as NodeJS.ErrnoException).code)));
  }
}
