import type { Player } from './ast.ts';
import { nodesOf } from './childrenOf.ts';
import type { StateExpr, TermInstance, TypedObjective } from './typed.ts';

/** The states of a term, each once, in the order of the text; those that nothing updates among them. */
export function statesOf({ clauses, updates }: Pick<TermInstance, 'clauses' | 'updates'>): readonly StateExpr[] {
  const roots = [...Object.values(clauses).filter((clause) => clause !== null), ...updates.flatMap(({ state, value }) => [state, value])];
  const states = nodesOf(roots).flatMap((node) => (node.kind === 'state' ? [node] : []));
  return states.sort((a, b) => a.span.start - b.span.start);
}

/** With whose updates a term's states are set: the discriminator's, unless only the generator's half is in the objective. */
export function updaterOf({ summands }: Pick<TypedObjective, 'summands'>, instance: TermInstance): Player {
  return summands.some((summand) => summand.instance === instance && summand.player === 'discriminator') ? 'discriminator' : 'generator';
}
