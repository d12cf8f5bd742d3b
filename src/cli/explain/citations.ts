import type { TermDoc } from '../../dsl/typed.ts';

/** Where a term comes from, in short: `Gulrajani et al., 2017 · TF-GAN wasserstein_gradient_penalty`. Null when its doc names nothing. */
export function citation({ paper, tfgan }: TermDoc): string | null {
  const parts = [paper === null ? '' : authorsAndYear(paper), tfgan === null ? '' : `TF-GAN ${tfgan}`].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(' · ');
}

/** Everything up to the year; all of it where there is no year. */
function authorsAndYear(paper: string): string {
  return /^.*?\b(?:19|20)\d\d\b/.exec(paper)?.[0] ?? paper;
}
