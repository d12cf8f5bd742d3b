import * as tf from '@tensorflow/tfjs';
import type { Equation, Graph, ValueId } from '../../ir/graph.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import { formatType, isStatic } from '../../ir/types.ts';
import { sizeOf } from '../../ir/values.ts';
import { invariant } from '../../support/invariant.ts';
import { contractions } from './contractions.ts';
import { elementwise } from './elementwise.ts';
import { indexing } from './indexing.ts';
import { reductions } from './reductions.ts';
import { TF_DTYPES, type Row, type RowTable } from './row.ts';
import { structural } from './structural.ts';

/** An op that a pass removes from static graphs, or that only the host can take. */
function removed<K extends OpKind>(op: K, by: string): Row<K> {
  return () => {
    throw new Error(`'${op}' is not for runGraph: ${by}`);
  };
}

const DECOMPOSED = 'decompose writes it in other ops';
const SPECIALIZED = 'specialize removes it';
const HOST = 'a captured graph takes its value as an input';

const ROWS: RowTable = {
  ...elementwise,
  ...structural,
  ...reductions,
  ...contractions,
  ...indexing,
  gradient: removed('gradient', 'differentiate replaces it'),
  softplus: removed('softplus', DECOMPOSED),
  divide_no_nan: removed('divide_no_nan', DECOMPOSED),
  sigmoid_cross_entropy: removed('sigmoid_cross_entropy', DECOMPOSED),
  softmax_cross_entropy: removed('softmax_cross_entropy', DECOMPOSED),
  descending_rank: removed('descending_rank', DECOMPOSED),
  size: removed('size', SPECIALIZED),
  iota_like: removed('iota_like', SPECIALIZED),
  append: removed('append', SPECIALIZED),
  broadcast_like: removed('broadcast_like', SPECIALIZED),
  sum_like: removed('sum_like', SPECIALIZED),
  broadcast_weights: removed('broadcast_weights', SPECIALIZED),
  rng_uniform: removed('rng_uniform', HOST),
  rng_normal: removed('rng_normal', HOST),
  param: removed('param', HOST),
  schedule: removed('schedule', HOST),
  every: removed('every', HOST),
  state_read: removed('state_read', HOST),
  state_write: removed('state_write', HOST),
  state_pool: removed('state_pool', HOST),
  network_call: removed('network_call', HOST),
  get_tuple_element: removed('get_tuple_element', HOST),
  network_weights: removed('network_weights', HOST),
  hook_call: removed('hook_call', HOST),
  as_list: removed('as_list', HOST),
  each: removed('each', HOST),
  sum_of_each: removed('sum_of_each', HOST),
  singular_start: removed('singular_start', HOST),
  singular_vector: removed('singular_vector', HOST),
  spectral_norm: removed('spectral_norm', HOST),
  log_prob: removed('log_prob', HOST),
  mean_of_each: removed('mean_of_each', HOST),
};

function runEquation(equation: Equation, operands: readonly tf.Tensor[], constantOf: (id: ValueId) => number | null): tf.Tensor {
  const { type } = equation;
  invariant(type.kind === 'tensor' && isStatic(type), `${equation.op} is of type ${formatType(type)}: runGraph takes static graphs`);
  const shape = type.shape.dims.map(Number);
  // kernels are not made for tensors without elements
  if (sizeOf(shape) === 0) return tf.tensor([], shape, TF_DTYPES[type.dtype]);
  // a row takes the attributes of its own op
  const row = ROWS[equation.op] as (operands: readonly tf.Tensor[], attributes: OpAttributes[OpKind], site: Parameters<RowTable['add']>[2]) => tf.Tensor;
  return row(operands, equation.attributes, { shape, dtype: type.dtype, constantOf: (place) => constantOf(equation.operands[place]) });
}

/** The number of a constant of one number, also where it is repeated. */
function constants(graph: Graph): (id: ValueId) => number | null {
  const made = new Map(graph.equations.map((equation) => [equation.id, equation]));
  const constantOf = (id: ValueId): number | null => {
    const equation = made.get(id);
    if (equation?.op === 'broadcast_in_dim' || equation?.op === 'reshape') return constantOf(equation.operands[0]);
    if (equation?.op !== 'constant' || equation.attributes.data.length === 0) return null;
    const [first] = equation.attributes.data;
    return equation.attributes.data.every((x) => Object.is(x, first)) ? first : null;
  };
  return constantOf;
}

/**
 * Runs a static graph without opaque ops (StableHLO's, as `optimizeStatic` leaves them) on tfjs's current backend: the forward
 * computation only, the graph's own gradients included. Each value is freed after its last use. Convolutions are the
 * backend's: where values are not finite, some multiply them with the zeros of padding, and XNNPACK's make ∞ of NaN.
 *
 * @param inputs tensors by the names of the graph's inputs; they are left as they are
 * @returns tensors by the names of its outputs, for the caller to dispose of
 */
export function runGraph(graph: Graph, inputs: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
  return tf.tidy(() => {
    const constantOf = constants(graph);
    const uses = new Map<ValueId, number>();
    const use = (id: ValueId) => uses.set(id, (uses.get(id) ?? 0) + 1);
    for (const { operands } of graph.equations) operands.forEach(use);
    for (const { value } of graph.outputs) use(value);
    const values = new Map<ValueId, tf.Tensor>();
    const own = new Set<ValueId>();
    for (const { id, name } of graph.inputs) {
      invariant(inputs[name] !== undefined || !uses.has(id), `input '${name}' has no tensor`);
      if (inputs[name] !== undefined) values.set(id, inputs[name]);
    }
    for (const equation of graph.equations) {
      if (!uses.has(equation.id)) continue;
      const operands = equation.operands.map((id) => values.get(id)!);
      values.set(equation.id, tf.tidy(() => runEquation(equation, operands, constantOf)));
      own.add(equation.id);
      for (const id of equation.operands) {
        uses.set(id, uses.get(id)! - 1);
        if (uses.get(id) === 0 && own.has(id)) values.get(id)!.dispose();
      }
    }
    return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, tf.clone(values.get(value)!)]));
  });
}
