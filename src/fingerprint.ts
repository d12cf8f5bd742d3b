import { printTypedExpr } from './dsl/printTypedExpr.ts';
import { statesOf } from './dsl/statesOf.ts';
import type { TypedObjective } from './dsl/typed.ts';

/**
 * What an objective means, as text: checkpoints of one objective do not load into another. It has no positions, comments, names of
 * files or parameter defaults in it, so that a specification may be reformatted, and its params changed, between two runs.
 */
export function fingerprintOf({ model, reduction, math, pool, weightClip, params, inputs, instances, summands }: TypedObjective): string {
  const settings = `model ${model}, reduction ${reduction}, math ${math}, pool ${pool === null ? 'none' : `${pool.size} ${pool.probability}`}${weightClip === null ? '' : `, weight_clip ${weightClip}`}`;
  const declarations = [...params.map(({ name }) => `param ${name}`), ...inputs.map(({ name }) => `input ${name}`)];
  const terms = instances.flatMap(({ label, every, clauses, updates }) => [
    ...(every === 1 ? [] : [`${label} every ${every}`]),
    ...statesOf({ clauses, updates }).map(({ name, initial }) => `${label}.${name} = ${initial} at first`),
    ...(['generator', 'discriminator'] as const).flatMap((player) => (clauses[player] === null ? [] : [`${label}.${player} = ${printTypedExpr(clauses[player])}`])),
    ...updates.map(({ state, value }) => `${label}.${state.name} = ${printTypedExpr(value)}`),
  ]);
  const sum = summands.map(({ instance, player, weight }) => `${player} += ${printTypedExpr(weight)} * ${instance.label}`);
  return [settings, ...declarations, ...terms, ...sum].join('\n');
}
