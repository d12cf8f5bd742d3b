import type { Code } from '../../support/codes.ts';
import { SpecError } from '../../support/diagnostic.ts';

/** Raises one diagnostic that has no place in a text. */
export function problem(code: Code, message: string, hint?: string): never {
  throw new SpecError(message, [{ code, severity: 'error', message, span: null, ...(hint === undefined ? {} : { hint }) }]);
}
