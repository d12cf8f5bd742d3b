import { writeHint } from '../../node/writeHint.ts';

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

/** Turns an error of the file system into one the user can act on; other errors are returned as they are. */
export function notWritten(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  return new OutputError(`'${path}' cannot be written (${code})`, writeHint(code));
}
