import type { Fix } from '../../support/diagnostic.ts';
import { didYouMean as sayDidYouMean, suggest } from '../../support/suggest.ts';
import type { Ident } from '../ast.ts';

/** "; did you mean 'x'?", or nothing. */
export function didYouMean(name: string, candidates: readonly string[]): string {
  return suffixOf(suggest(name, candidates));
}

/** The same for a name of the text, with a fix where there is just one likely candidate. */
export function didYouMeanFix(name: Ident, candidates: readonly string[]): { readonly suffix: string; readonly fix?: Fix; readonly best: string | undefined } {
  const suggestions = suggest(name.name, candidates);
  const [best] = suggestions;
  const suffix = suffixOf(suggestions);
  if (best === undefined || suggestions.length > 1) return { suffix, best };
  return { suffix, best, fix: { span: name.span, replacement: best, description: `replace by '${best}'` } };
}

function suffixOf(suggestions: readonly string[]): string {
  const question = sayDidYouMean(suggestions);
  return question === null ? '' : `; ${question}`;
}

/** `every(n, term)` is the one function of terms. */
export const EVERY = 'every';
