import { fail } from '../models/fail.ts';
import type { RunnableObjective } from '../runnable.ts';

export type Params = Readonly<Record<string, number>>;

/**
 * `params` with `changes`, when that is allowed: known names, finite numbers, no weight that is not finite, none below 0 where the
 * term refuses it.
 *
 * @throws SpecError GL5009
 */
export function changeParams(objective: RunnableObjective, params: Params, changes: Params): Params {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(objective.params, name)) {
      const known = Object.keys(objective.params).map((param) => `'${param}'`);
      return fail('GL5009', `the objective has no param '${name}'`, known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`);
    }
    if (!Number.isFinite(value)) return fail('GL5009', `param '${name}' can not be ${String(value)}: it must be a finite number`);
  }
  const next = { ...params, ...changes };
  const cause = Object.entries(changes).map(([name, value]) => `${name} = ${value}`).join(', ') || 'the params as they are';
  for (const term of objective.terms) {
    for (const step of term.stepsToCheck) {
      const weight = term.weight(next, step);
      const when = term.stepsToCheck.length > 1 ? ` at step ${step}` : '';
      if (!Number.isFinite(weight)) return fail('GL5009', `${cause} makes the weight of '${term.name}' ${weight}${when}`);
      if (term.nonnegative && weight < 0) return fail('GL5009', `${cause} makes the weight of '${term.name}' ${weight}${when}: it must not be negative`);
    }
  }
  return next;
}
