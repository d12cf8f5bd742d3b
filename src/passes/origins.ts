import type { Span } from '../support/source.ts';

/** Both lists without repetitions, the first one's spans first. */
export function joinOrigins(first: readonly Span[], second: readonly Span[]): readonly Span[] {
  const fresh = second.filter((span) => !first.some((known) => known.source === span.source && known.start === span.start && known.end === span.end));
  return fresh.length === 0 ? first : [...first, ...fresh];
}
