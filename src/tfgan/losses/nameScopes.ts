import type { SummarySink } from '../types.ts';

/**
 * TensorFlow's names of a graph, as far as tags of summaries show them: a name that is taken gets `_1`, `_2`, … (without regard to
 * case), and what is named inside a scope is named below it.
 */
export interface NameScopes {
  /** `with tf.name_scope(name)`: a name that ends in '/' is a scope that was opened before; '' is the root. */
  readonly within: <T>(name: string, body: (scope: string) => T) => T;
  /** The next free name of the scope, in full: `loss/penalty`, then `loss/penalty_1`. */
  readonly unique: (name: string) => string;
}

/** A sink that carries the names of the graph that its summaries are part of: losses called with it share them. */
export const NAMES: unique symbol = Symbol('ganloss.tfgan.names');

export function createNameScopes(): NameScopes {
  const used = new Map<string, number>();
  let scope = '';
  const unique = (name: string): string => {
    const full = scope + name;
    const base = full.toLowerCase();
    let count = used.get(base) ?? 0;
    used.set(base, count + 1);
    if (count === 0) return full;
    while (used.has(`${base}_${count}`)) count += 1;
    used.set(`${base}_${count}`, 1);
    return `${full}_${count}`;
  };
  return {
    unique,
    within(name, body) {
      const outer = scope;
      scope = name === '' || name.endsWith('/') ? name : `${unique(name)}/`;
      try {
        return body(scope);
      } finally {
        scope = outer;
      }
    },
  };
}

/** The names that a sink carries; names of a graph of its own for any other. */
export function namesOf(sink: SummarySink | undefined): NameScopes {
  return (sink as { readonly [NAMES]?: NameScopes } | undefined)?.[NAMES] ?? createNameScopes();
}
