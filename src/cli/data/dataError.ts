/** The codes of the diagnostics table that reading training data can end in (DESIGN §2.4, GL7001–7009). */
export type DataErrorCode = 'GL7001' | 'GL7002' | 'GL7003' | 'GL7004';

/**
 * A problem with training data that the user can put right: the command line shows `message` and `hint`, never a stack.
 *
 * - `GL7001` not found, or not readable by this user
 * - `GL7002` not of the format it should be: damaged, truncated, or a variant that is not read
 * - `GL7003` images of different sizes
 * - `GL7004` a package that holds the data is not installed
 */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;
  readonly hint: string;

  constructor(code: DataErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
