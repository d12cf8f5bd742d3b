/** Asserts what only a bug of the compiler itself can break; a user's mistake gets a diagnostic instead. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`compiler bug: ${message}`);
}
