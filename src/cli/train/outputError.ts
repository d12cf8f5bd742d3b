/** A file that could not be written; the command line shows `message` and `hint`, never a stack. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly code = 'GL7005';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room and run it again',
  EDQUOT: 'your quota of disk space is used up: make room and run it again',
  EACCES: 'check the permissions of the directory',
  EPERM: 'check the permissions of the directory',
  EROFS: 'the disk can only be read: choose another directory with --out',
  ENOTDIR: 'a part of the path is a file: choose another directory with --out',
  EEXIST: 'a part of the path is a file: choose another directory with --out',
  EISDIR: 'there is a directory of that name',
};

/** Turns an error of the file system into one the user can act on; other errors are returned as they are. */
export function notWritten(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  return new OutputError(`'${path}' cannot be written (${code})`, HINTS[code] ?? 'check the path and its permissions');
}
