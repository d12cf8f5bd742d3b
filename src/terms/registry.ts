import { describeTerms, type TermDescription } from '../dsl/check/describeTerms.ts';
import { loadPrelude } from './prelude.ts';

/** A built-in term as data, for documentation, completion and `explain`; derived from the text that is compiled. */
export interface TermSpec extends TermDescription {
  /** The file of the prelude that defines it, and its text. */
  readonly source: { readonly name: string; readonly text: string };
}

/** Every built-in term, in the order of the reference. */
export function termRegistry(): readonly TermSpec[] {
  return loadPrelude().flatMap((prelude) => describeTerms(prelude).map((term) => ({ ...term, source: prelude.source })));
}
