import type { Player } from '../../dsl/ast.ts';
import type { TypedObjective } from '../../dsl/typed.ts';
import { lower } from '../../lower/lower.ts';
import type { Remark } from '../../passes/pass.ts';
import { PASSES, runPasses } from '../../passes/pipeline.ts';

/** Passes whose remarks say something that the report does not say elsewhere. */
const TELLING: ReadonlySet<string> = new Set(['simplify', 'foldConstants', 'mergeCommon']);

/** What the passes wrote more simply, a line each: `discriminator: slopes / 1 (x / 1 is x)`. */
export function simplifications(objective: TypedObjective): readonly string[] {
  const graphs = lower(objective);
  const lines = (['discriminator', 'generator'] as const satisfies readonly Player[]).flatMap((player) => {
    const remarks: Remark[] = [];
    runPasses(graphs[player], PASSES, { math: objective.math, remark: (remark) => remarks.push(remark) });
    return remarks.filter(({ pass }) => TELLING.has(pass)).map(({ what, why }) => `${player}: ${what} (${why})`);
  });
  return [...new Set(lines)];
}
