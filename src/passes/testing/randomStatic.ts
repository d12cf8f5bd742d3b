import { createBuilder } from '../../ir/builder.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { createChoices } from '../../ir/testing/choices.ts';
import { GENERATORS } from '../../ir/testing/generators.ts';
import { createSite } from '../../ir/testing/site.ts';
import { decompose } from '../decompose.ts';
import { eliminateDeadCode } from '../eliminateDeadCode.ts';
import { specialize } from '../specialize.ts';
import { CLOSED_OPS } from '../../ir/testing/randomGraph.ts';
import { createUniform } from '../../ir/testing/reference.ts';

/** Ops that need more than inputs. */
const OUTSIDE: readonly OpKind[] = ['rng_uniform', 'rng_normal', 'param', 'schedule', 'every', 'state_read', 'state_write', 'singular_start', 'singular_vector', 'spectral_norm'];

/** What random static graphs are made of: every op that inputs alone determine. */
export const GRAPH_OPS: readonly OpKind[] = CLOSED_OPS.filter((op) => !OUTSIDE.includes(op));

/** A random graph before and after `specialize` and `decompose`: of the second, all ops are StableHLO's. */
export interface RandomStatic {
  readonly open: Graph;
  readonly graph: Graph;
}

/**
 * A graph of static shapes, valid by construction, as in NNSmith: each op looks for operands that fit among the values that are
 * there, or takes new inputs. Sizes 0 and 1, odd windows, dilations, groups and reversed kernels are among them. Outputs are the
 * values that nothing reads (at most six), so that all of the graph is compared.
 */
export function randomStatic(seed: number, options: { readonly equations?: number; readonly largest?: number } = {}): RandomStatic {
  const uniform = createUniform(seed);
  const most = options.equations ?? 14;
  const stream = Array.from({ length: most * 24 }, () => Math.floor(uniform() * (2 ** 31 - 1)));
  const builder = createBuilder(`random${seed}`);
  const choices = createChoices(stream);
  const site = createSite(builder, choices, { tame: choices.rarely(3), largest: options.largest ?? 400 });
  const values: ValueId[] = [];
  for (let count = choices.between(2, most); count > 0; count--) {
    const value = GENERATORS[choices.element(GRAPH_OPS)](site);
    if (value !== null) values.push(value);
  }
  if (values.length === 0) values.push(site.shaped([]).id);
  const read = new Set(builder.finish([]).equations.flatMap(({ operands }) => operands));
  const ends = values.filter((id, i) => !read.has(id) && values.indexOf(id) === i).slice(-6);
  const open = builder.finish((ends.length > 0 ? ends : values.slice(-1)).map((value, i) => ({ name: `y${i}`, value })));
  const fixed = decompose(specialize(open, { inputs: new Map(), typeOf: () => undefined }));
  return { open, graph: eliminateDeadCode.run(fixed, { math: 'strict', remark: () => undefined }) };
}
