import type { Pass } from './pass.ts';
import { rewrite } from './rewrite.ts';
import { ALL_RULES } from './rules/allRules.ts';

/** Applies the algebraic rules of `rules/`, each of which says under which `math` it holds. */
export const simplify: Pass = {
  name: 'simplify',
  run: (graph, context) => rewrite(graph, ALL_RULES, 'simplify', context),
};
