import { readFileSync } from 'node:fs';
import { DataError } from './dataError.ts';

/** The bytes of a file; `shown` is how the user named it. Throws {@link DataError}. */
export function readBytes(path: string, shown: string = path): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw unreadable(error, shown);
  }
}

/** Turns an error of the file system into one the user can act on. */
export function unreadable(error: unknown, shown: string): DataError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new DataError('GL7001', `'${shown}' does not exist`, 'check the path: it is taken from the current directory');
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new DataError('GL7001', `'${shown}' may not be read`, 'check the permissions of the file and of its directory');
  }
  if (code === 'ERR_FS_FILE_TOO_LARGE') {
    return new DataError('GL7002', `'${shown}' is larger than the 2 GiB that can be read at once`, 'train on a part of it');
  }
  return new DataError('GL7001', `'${shown}' cannot be read (${code || 'unknown reason'})`, 'check that it is an ordinary file');
}
