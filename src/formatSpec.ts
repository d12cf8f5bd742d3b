import type { Diagnostic } from './support/diagnostic.ts';
import { createSource, type Source } from './support/source.ts';
import { format as formatSource } from './dsl/format.ts';

/** The canonical form of a specification. With syntax errors the text comes back as it was, beside them. */
export function formatSpec(spec: string | Source): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  return formatSource(typeof spec === 'string' ? createSource('<spec>', spec) : spec);
}
