import type { TypedObjective } from '../../dsl/typed.ts';
import type { Profile } from '../../runtime/ahead/profileStep.ts';
import type { RecordedStep } from '../../runtime/ahead/planStep.ts';
import { formatStart, type Span } from '../../support/source.ts';
import type { ShareRow } from './report.ts';

const PARTS = { samples: 'generating samples', check: 'finite check', apply: 'optimisers', rest: 'sums and weights' } as const;

/**
 * Whose kernels take how much of the step. A kernel that several terms need (the discriminator on real data, say) counts for each of
 * them in equal parts.
 *
 * @param typed says where each term stands
 */
export function shareByTerm({ programs }: RecordedStep, profile: Profile, typed: TypedObjective): readonly ShareRow[] {
  const labels = new Map(typed.summands.map(({ instance: { label, span } }) => [formatStart(span), label]));
  const times = new Map<string, number>();
  const add = (part: string, ms: number): void => void times.set(part, (times.get(part) ?? 0) + ms);
  for (const { name, schedule, program } of programs) {
    const measured = profile.get(name);
    if (measured === undefined) continue;
    schedule.kernels.forEach(({ origin }, index) => {
      if (program.name.startsWith('check')) return add(PARTS.check, measured[index]);
      if (program.name.startsWith('apply')) return add(PARTS.apply, measured[index]);
      const terms = termsOf(origin, labels);
      if (terms.length === 0) return add(origin.length > 0 && origin.every(isLayer) ? PARTS.samples : PARTS.rest, measured[index]);
      for (const term of terms) add(term, measured[index] / terms.length);
    });
  }
  const whole = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  return [...times].map(([part, ms]) => ({ part, ms, share: whole === 0 ? 0 : ms / whole })).sort((a, b) => b.ms - a.ms);
}

function termsOf(origin: readonly Span[], labels: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set(origin.filter((span) => !isLayer(span)).flatMap((span) => labels.get(formatStart(span)) ?? []))];
}

/** Layers of networks have sources of their own. */
function isLayer({ source }: Span): boolean {
  return source.name === '<layer>';
}
