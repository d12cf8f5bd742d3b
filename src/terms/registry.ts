import type { TermModifier, Player } from '../dsl/ast.ts';
import { describeTerms, type FormalDescription } from '../dsl/check/describeTerms.ts';
import type { Model, TermDoc } from '../dsl/typed.ts';
import { loadPrelude } from './prelude.ts';

/** A built-in term as data, for documentation, completion and `explain`; derived from the text that is compiled. */
export interface TermSpec {
  readonly name: string;
  /** Its arguments, with their defaults as written. */
  readonly formals: readonly FormalDescription[];
  readonly doc: TermDoc;
  readonly modifier: TermModifier | null;
  /** The models that it is available in. */
  readonly models: readonly Model[];
  /** The players that it has a part for. */
  readonly players: readonly Player[];
  /** The file of the prelude that defines it, and its text. */
  readonly source: { readonly name: string; readonly text: string };
}

/** Every built-in term, in the order of the reference. */
export function termRegistry(): readonly TermSpec[] {
  return loadPrelude().flatMap((prelude) => describeTerms(prelude).map((term) => ({ ...term, source: prelude.source })));
}
