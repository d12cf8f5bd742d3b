import * as fc from 'fast-check';
import { ARITY } from '../arity.ts';
import { createBuilder } from '../builder.ts';
import { seededRandom } from '../evaluate/seededRandom.ts';
import type { Graph } from '../graph.ts';
import type { OpKind } from '../ops.ts';
import type { DType } from '../types.ts';
import type { Value } from '../values.ts';
import { arrayValue, listValue, sizeOf } from '../values.ts';
import { createChoices } from './choices.ts';
import { GENERATORS } from './generators.ts';
import { createSite } from './site.ts';

/** Every op. */
export const ALL_OPS: readonly OpKind[] = (Object.keys(ARITY) as OpKind[]).sort();

/** Ops whose value or type only a binding knows, beside `random` and `params`, which `evaluate` takes as functions of their names. */
export const OPAQUE_OPS: readonly OpKind[] = ['network_call', 'get_tuple_element', 'log_prob', 'mean_of_each', 'network_weights', 'hook_call', 'as_list', 'each', 'sum_of_each', 'gradient', 'state_pool'];

/** Ops that the reference evaluation can run without networks: the default. */
export const CLOSED_OPS: readonly OpKind[] = ALL_OPS.filter((op) => !OPAQUE_OPS.includes(op));

/** Ops without kinks, steps or integers: smooth wherever `tame` keeps their operands. For comparisons with finite differences. */
export const SMOOTH_OPS: readonly OpKind[] = [
  'negate', 'exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'sqrt', 'rsqrt', 'tanh', 'logistic', 'softplus',
  'add', 'subtract', 'multiply', 'divide', 'power', 'divide_no_nan', 'select',
  'constant', 'reshape', 'transpose', 'broadcast_in_dim', 'slice', 'pad', 'concatenate', 'reverse',
  'dot_general', 'convolution', 'gather', 'scatter', 'size', 'broadcast_like', 'sum_like', 'broadcast_weights', 'softmax_cross_entropy',
];

export interface RandomGraphOptions {
  /** Which ops to use; by default `CLOSED_OPS`. */
  readonly ops?: readonly OpKind[];
  /** At most so many equations of these ops. */
  readonly equations?: number;
  /**
   * Keeps functions smooth and moderate: logarithms, roots, divisors and bases get x² + 1/2, exponentials tanh(x) (which may add
   * `multiply`, `add`, `tanh` and `constant`), and constants are ordinary numbers.
   */
  readonly tame?: boolean;
  /** No tensor has more elements; 64 by default. */
  readonly largest?: number;
  /** Adds `reduce<add, all>` of the last f32 tensor as the output `loss`; otherwise the last value is it. */
  readonly scalarLoss?: boolean;
}

/**
 * Well-typed graphs with static shapes of small sizes, 0 and 1 among them. Inputs are called x0, x1, … and come to be wherever an
 * op needs an operand that is not there. The output `loss` is the last value, `middle` one from halfway.
 */
export function randomGraph(options: RandomGraphOptions = {}): fc.Arbitrary<Graph> {
  const equations = options.equations ?? 10;
  return fc.array(fc.nat(2 ** 31 - 1), { minLength: 2, maxLength: equations * 12, size: 'max' }).map((stream) => growGraph(stream, options));
}

function growGraph(stream: readonly number[], options: RandomGraphOptions): Graph {
  const ops = options.ops ?? CLOSED_OPS;
  const builder = createBuilder('random');
  const choices = createChoices(stream);
  const site = createSite(builder, choices, { tame: options.tame ?? false, largest: options.largest ?? 64 });
  const values = [site.shaped(site.shape()).id];
  for (let count = 1 + choices.choose(options.equations ?? 10); count > 0; count--) {
    const value = GENERATORS[choices.element(ops)](site);
    if (value !== null) values.push(value);
  }
  let loss = values[values.length - 1];
  if (options.scalarLoss) {
    const last = values.findLast((id) => {
      const type = builder.typeOf(id);
      return type.kind === 'tensor' && type.dtype === 'f32';
    });
    loss = builder.emit('reduce', [last ?? values[0]], { kind: 'add', axes: 'all' });
  }
  return builder.finish([
    { name: 'loss', value: loss },
    { name: 'middle', value: values[values.length >> 1] },
  ]);
}

const ODD: readonly number[] = [NaN, Infinity, -Infinity, -0, 0, 1e30];

const DRAW: { readonly [D in DType]: (normal: number) => number } = {
  f32: (normal) => normal,
  i32: (normal) => Math.round(1 + 1.5 * normal) | 0,
  i1: (normal) => Number(normal > 0),
};

/**
 * Values for a static graph's inputs: normals for f32, whole numbers around 1 for i32 (some of them no valid index), booleans, and
 * lists of tensors for `any`. `odd` mixes NaN, infinities, −0 and large numbers into f32.
 */
export function inputsFor(graph: Graph, seed: number, options: { readonly odd?: boolean } = {}): ReadonlyMap<string, Value> {
  const random = seededRandom(seed);
  return new Map(
    graph.inputs.map(({ name, type }): [string, Value] => {
      if (type.kind === 'opaque') return [name, listValue([])];
      const shape = type.shape.dims.map(Number);
      const normals = Array.from(random(name, 'normal', shape));
      const uniforms = Array.from(random(`${name} odd`, 'uniform', [2, sizeOf(shape)]));
      const data = normals.map((normal, i) => {
        const isOdd = options.odd === true && type.dtype === 'f32' && uniforms[i] < 0.2;
        return isOdd ? ODD[Math.floor(uniforms[normals.length + i] * ODD.length)] : DRAW[type.dtype](normal);
      });
      return [name, arrayValue(shape, data, type.dtype)];
    }),
  );
}

/** What `CLOSED_OPS` need beside inputs. */
export const RANDOM_ENVIRONMENT = {
  params: new Map([
    ['lambda', 10],
    ['weight', 0.5],
  ]),
  random: seededRandom(17),
};

