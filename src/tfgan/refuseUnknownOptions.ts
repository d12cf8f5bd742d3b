import { fail } from '../runtime/models/fail.ts';
import { didYouMean, suggest } from '../support/suggest.ts';

/** Python's check of keyword arguments. @throws SpecError GL2003 for an option that `callee` does not take */
export function refuseUnknownOptions(callee: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  fail('GL2003', `${callee}() got an unexpected keyword argument '${unknown}'`, didYouMean(suggest(unknown, known)) ?? `it takes ${known.join(', ')}`);
}
