import { check, type Checked } from '../../src/dsl/check/check.ts';
import type { Diagnostic } from '../../src/support/diagnostic.ts';
import { createSource, formatStart, type Source } from '../../src/support/source.ts';
import { loadPrelude } from '../../src/terms/prelude.ts';

const prelude = loadPrelude();

/** Checks a text with the prelude. @param files what it can import, by path */
export function checkText(text: string, files: Readonly<Record<string, string>> = {}): Checked {
  const sources = new Map<string, Source>(Object.entries(files).map(([name, content]) => [name, createSource(name, content)]));
  return check(createSource('<spec>', text), { prelude, resolveImport: (path) => sources.get(path) ?? null });
}

/** `GL3001 1:1 'wasserstein * gp'`: the code, the start, and the text of the primary span. */
export function brief({ code, span }: Diagnostic): string {
  return span === null ? code : `${code} ${formatStart(span)} '${span.source.text.slice(span.start, span.end)}'`;
}

/** The errors and warnings of a text in brief, in order; notes too if asked for. */
export function problemsOf(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return checkText(text, files).diagnostics.map(brief);
}

/** The one diagnostic with that code. */
export function diagnosticOf(text: string, code: string, files: Readonly<Record<string, string>> = {}): Diagnostic {
  const found = checkText(text, files).diagnostics.filter((diagnostic) => diagnostic.code === code);
  if (found.length !== 1) throw new Error(`${found.length} diagnostics with ${code} in: ${text}`);
  return found[0]!;
}

/** The weights of an objective under its params' defaults: `10 gp.discriminator`. */
export function weightsOf(text: string, files: Readonly<Record<string, string>> = {}): Readonly<Record<string, number>> {
  const { objective, diagnostics } = checkText(text, files);
  if (objective === null) throw new Error(`does not compile: ${diagnostics.map(brief).join(', ')}`);
  return Object.fromEntries(objective.summands.map((summand) => [`${summand.instance.label}.${summand.player}`, summand.defaultWeight]));
}
