import type { Span } from '../../support/source.ts';
import type { TermInstance } from '../typed.ts';
import { bindArguments, type EvaluatedArg } from './bind.ts';
import { mapInstances, scale } from './linear.ts';
import { report, reportValue, type CheckState, type Scope } from './state.ts';
import { describe, ERROR, objectiveValue, type Value } from './values.ts';

/**
 * `every(n, term)`: lazy regularisation (Karras et al., 2020). The term is computed in the steps that n divides, the first one
 * included, and weighs n times as much there.
 */
export function applyEvery(state: CheckState, scope: Scope, args: readonly EvaluatedArg[], whole: Span): Value {
  const formals = [{ name: 'n', required: true }, { name: 'term', required: true }];
  const bound = bindArguments({ owner: "'every'", formals }, args, whole, (problem) => report(state, scope, problem));
  const [n, term] = [bound?.get('n')?.[0], bound?.get('term')?.[0]];
  if (n === undefined || term === undefined) return ERROR;
  const steps = stepsOf(state, scope, n);
  if (term.value.kind === 'error') return ERROR;
  if (term.value.kind !== 'objective') {
    reportValue(state, scope, term.value, term.valueSpan, { code: 'GL3004', message: `'term' of 'every' must be a term, not ${describe(term.value)}`, label: describe(term.value), hint: 'Write every(16, gp).' });
    return ERROR;
  }
  const { objective } = term.value;
  const lazy = [...objective.values()].find(({ instance }) => instance.every > 1);
  if (lazy !== undefined) {
    const { every, name } = lazy.instance;
    report(state, scope, { code: 'GL3004', span: term.valueSpan, message: `'${name}' is already computed every ${every} steps only`, label: 'lazy already', hint: "Give it one 'every', with the number of steps that is meant." });
    return ERROR;
  }
  if (steps === null) return ERROR;
  if (steps === 1) return objectiveValue(objective, whole);
  return objectiveValue(scale(mapInstances(objective, (instance) => lazyInstance(state, instance, steps)), steps, state.keys, whole), whole);
}

/** The number of steps; null after it was reported to be none. */
function stepsOf(state: CheckState, scope: Scope, { value, valueSpan }: EvaluatedArg): number | null {
  if (value.kind === 'error') return null;
  if (value.kind !== 'number') {
    reportValue(state, scope, value, valueSpan, { code: 'GL3004', message: `'n' of 'every' must be a number that is known while compiling, not ${describe(value)}`, label: describe(value) });
    return null;
  }
  if (Number.isSafeInteger(value.value) && value.value >= 1) return value.value;
  reportValue(state, scope, value, valueSpan, { code: 'GL3013', message: `'n' of 'every' must be a whole number of at least 1, not ${value.value}`, label: 'out of range' });
  return null;
}

/** A term and the same term now and then are two: each has draws and state of its own. */
function lazyInstance(state: CheckState, instance: TermInstance, every: number): TermInstance {
  const known = state.lazy.get(instance)?.get(every);
  if (known !== undefined) return known;
  const made: TermInstance = { ...instance, label: `every(${every}, ${instance.label})`, every };
  state.lazy.set(instance, new Map([...(state.lazy.get(instance) ?? []), [every, made]]));
  return made;
}
