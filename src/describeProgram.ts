import type { Player } from './dsl/ast.ts';
import type { TypedObjective } from './dsl/typed.ts';
import type { ProgramInfo } from './codegen/tfjs/emitProgram.ts';
import { INPUT_TYPES } from './lower/bindings.ts';
import { formulaOf } from './formula.ts';
import { VERSION } from './version.ts';

/** The comments of a generated module: what it was made from, and what each function computes. */
export function describeProgram(objective: TypedObjective): ProgramInfo {
  const { source, model, reduction, math } = objective;
  const doc = (player: Player): readonly string[] => {
    const { loss, definitions } = formulaOf(objective, player, 'text');
    const absent = objective.instances.filter(({ clauses }) => clauses[player] === null).map(({ label }) => label);
    return [
      `${player === 'generator' ? 'Generator' : 'Discriminator'}: ${loss}`,
      ...definitions.map((line) => `  ${line}`),
      ...(absent.length > 0 ? [`No part for the ${player}: ${absent.join(', ')}.`] : []),
      reduction === 'none' ? '@returns the unreduced loss and its terms, before their weights' : '@returns the loss, a scalar, and its terms before their weights',
    ];
  };
  return {
    source,
    inputOrder: Object.keys(INPUT_TYPES),
    header: [`${source.name}, compiled by ganloss ${VERSION} (model ${model}, reduction ${reduction}, math ${math})`, `  ${objective.text}`],
    doc: { generator: doc('generator'), discriminator: doc('discriminator') },
  };
}
