import { createBuilder } from '../../ir/builder.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { createChoices } from '../../ir/testing/choices.ts';
import { GENERATORS } from '../../ir/testing/generators.ts';
import { createSite } from '../../ir/testing/site.ts';
import { decompose } from '../decompose.ts';
import { gradientGraph } from '../differentiate.ts';
import { eliminateDeadCode } from '../eliminateDeadCode.ts';
import { rebuild } from '../rebuild.ts';
import { specialize } from '../specialize.ts';
import { CLOSED_OPS } from '../../ir/testing/randomGraph.ts';
import type { Type } from '../../ir/types.ts';
import { createUniform } from '../../ir/testing/reference.ts';

/** Ops that need more than inputs. */
const OUTSIDE: readonly OpKind[] = ['rng_uniform', 'rng_normal', 'param', 'schedule', 'every', 'state_read', 'state_write', 'singular_start', 'singular_vector', 'spectral_norm'];

/** What random static graphs are made of: every op that inputs alone determine. */
export const GRAPH_OPS: readonly OpKind[] = CLOSED_OPS.filter((op) => !OUTSIDE.includes(op));

export interface RandomStaticOptions {
  /** At most so many equations; 14 by default. */
  readonly equations?: number;
  /** No tensor has more elements; 400 by default. */
  readonly largest?: number;
}

/**
 * A graph of static shapes, valid by construction, as in NNSmith: each op looks for operands that fit among the values that are
 * there, or takes new inputs. Sizes 0 and 1, odd windows, dilations, groups and reversed kernels are among them. Outputs are the
 * values that nothing reads (at most six), so that all of the graph is compared.
 */
export function randomOpen(seed: number, options: RandomStaticOptions = {}): Graph {
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
  return builder.finish((ends.length > 0 ? ends : values.slice(-1)).map((value, i) => ({ name: `y${i}`, value })));
}

/**
 * The same with a loss, the sum of the last float, and its gradients by the inputs: what training graphs hold (kernels of
 * convolutions as their outputs, dilations and groups that no forward pass has).
 */
export function randomGradient(seed: number, options: RandomStaticOptions = {}): Graph {
  const forward = randomOpen(seed, options);
  const isFloat = ({ type }: { readonly type: Type }) => type.kind === 'tensor' && type.dtype === 'f32';
  const last = forward.equations.findLast(isFloat);
  if (last === undefined) return forward;
  const copied = rebuild(
    forward,
    (equation, operands, builder) => builder.copy(equation, operands),
    (builder, renamed) => [{ name: 'loss', value: builder.emit('reduce', [renamed(last.id)], { kind: 'add', axes: 'all' }) }],
  );
  return gradientGraph({ ...copied, outputs: copied.outputs.slice(-3) }, 'loss', forward.inputs.filter(isFloat).map(({ name }) => name));
}

/** The graph in StableHLO's ops alone, without what is unused. */
export function staticOf(open: Graph): Graph {
  const fixed = decompose(specialize(open, { inputs: new Map(), typeOf: () => undefined }));
  return eliminateDeadCode.run(fixed, { math: 'strict', remark: () => undefined });
}

/** A random graph in StableHLO's ops. */
export function randomStatic(seed: number, options: RandomStaticOptions = {}): Graph {
  return staticOf(randomOpen(seed, options));
}
