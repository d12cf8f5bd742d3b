import { nodesOf } from './childrenOf.ts';
import type { TypedObjective } from './typed.ts';

/** The names of the user's functions that an objective calls, each once, in the order of the terms. */
export function hooksOf({ instances }: Pick<TypedObjective, 'instances'>): readonly string[] {
  const roots = instances.flatMap(({ clauses, updates }) => [clauses.discriminator, clauses.generator, ...updates.map(({ value }) => value)].filter((expr) => expr !== null));
  return [...new Set(nodesOf(roots).flatMap((node) => (node.kind === 'hook' ? [node.hook] : [])))];
}
