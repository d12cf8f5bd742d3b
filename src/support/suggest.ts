/** The candidates that a writer of `name` may have meant, the likeliest first; empty if none is close. */
export function suggest(name: string, candidates: Iterable<string>): readonly string[] {
  const wanted = normalise(name);
  const limit = Math.min(4, Math.max(1, Math.floor(wanted.length * 0.4)));
  return [...new Set(candidates)]
    .filter((candidate) => candidate !== name)
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, normalise(candidate), limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || compare(a.candidate, b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** "did you mean 'wasserstein'?", or with more names "did you mean 'a', 'b' or 'c'?"; null without a name. */
export function didYouMean(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop()!;
  return `did you mean ${quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`}?`;
}

// `gradientPenalty`, `gradient_penalty` and `gradient-penalty` are one name to a person who has to remember it
function normalise(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function distanceTo(wanted: string, candidate: string, limit: number): number {
  if (wanted === candidate) return 0;
  // an abbreviation (`wass`) or a longer form (`least_squares_loss`) is as good as a typing error
  const shorter = Math.min(wanted.length, candidate.length);
  if (shorter >= 3 && (wanted.startsWith(candidate) || candidate.startsWith(wanted))) return 1;
  if (Math.abs(wanted.length - candidate.length) > limit) return Number.POSITIVE_INFINITY;
  return editDistance(wanted, candidate);
}

/** Damerau–Levenshtein (optimal string alignment): insertions, deletions, replacements and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, beforePrevious[j - 2]! + 1);
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
