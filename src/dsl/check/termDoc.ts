import type { TermDoc } from '../typed.ts';

const TAGS = ['formula', 'paper', 'tfgan'] as const;

/** Takes a doc comment apart: lines that begin with `@formula`, `@paper` or `@tfgan` (to the next tag), the rest is the summary. */
export function termDoc(lines: readonly string[]): TermDoc {
  const parts = { summary: '', formula: null, paper: null, tfgan: null } as { summary: string } & Record<(typeof TAGS)[number], string | null>;
  let current: 'summary' | (typeof TAGS)[number] = 'summary';
  for (const line of lines) {
    const tag = TAGS.find((name) => line.trimStart().startsWith(`@${name}`));
    const text = tag === undefined ? line.trim() : line.trimStart().slice(tag.length + 1).trim();
    if (tag !== undefined) current = tag;
    parts[current] = [parts[current], text].filter((part) => part !== null && part !== '').join(' ');
  }
  return parts;
}
