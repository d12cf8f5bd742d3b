import type { Equation, ValueId } from '../ir/graph.ts';
import { evaluateOp } from '../ir/evaluate.ts';
import type { OpKind } from '../ir/ops.ts';
import { arrayValue, sizeOf } from '../ir/values.ts';
import type { Pass } from './pass.ts';
import { rule } from './rules/match.ts';
import { rewrite, type AnyRule, type Candidate, type View } from './rewrite.ts';
import { staticShape } from './shapes.ts';

/** Larger results stay computed: the text of a program should not carry tables. */
const MOST_ELEMENTS = 1024;

/** Whether an op's value is decided by its operands. Draws, state, parameters, networks and marks for gradients are not. */
export const FOLDABLE: { readonly [K in OpKind]: boolean } = {
  negate: true,
  abs: true,
  sign: true,
  exponential: true,
  exponential_minus_one: true,
  log: true,
  log_plus_one: true,
  sqrt: true,
  rsqrt: true,
  tanh: true,
  logistic: true,
  floor: true,
  is_finite: true,
  not: true,
  add: true,
  subtract: true,
  multiply: true,
  divide: true,
  power: true,
  maximum: true,
  minimum: true,
  and: true,
  or: true,
  compare: true,
  select: true,
  convert: true,
  // a constant already
  constant: false,
  // shorter than its table
  iota: false,
  reshape: true,
  transpose: true,
  // a broadcast constant is shorter than its table
  broadcast_in_dim: false,
  slice: true,
  pad: true,
  concatenate: true,
  reverse: true,
  reduce: true,
  reduce_window: true,
  dot_general: true,
  convolution: true,
  gather: true,
  scatter: true,
  select_and_scatter: true,
  rng_uniform: false,
  rng_normal: false,
  network_call: false,
  get_tuple_element: false,
  network_weights: false,
  hook_call: false,
  as_list: false,
  each: false,
  sum_of_each: false,
  singular_start: false,
  singular_vector: false,
  spectral_norm: false,
  log_prob: false,
  mean_of_each: false,
  gradient: false,
  stop_gradient: true,
  optimization_barrier: false,
  custom_vjp: false,
  param: false,
  schedule: false,
  every: false,
  state_read: false,
  state_write: false,
  state_pool: false,
  size: true,
  // shorter than its table
  iota_like: false,
  descending_rank: true,
  append: true,
  broadcast_like: true,
  sum_like: true,
  // weights that do not fit are the user's error, which belongs to run time
  broadcast_weights: false,
  divide_no_nan: true,
  softplus: true,
  sigmoid_cross_entropy: true,
  softmax_cross_entropy: true,
};

/** The shortest decimal that is this number in float32: 0.3, not 0.30000001192092896. Programs stay readable, values stay exact. */
export function shortestFloat32(value: number): number {
  const single = Math.fround(value);
  if (!Number.isFinite(single) || Number.isInteger(single)) return single;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}

function literal(equation: Equation | undefined) {
  if (equation?.op !== 'constant') return null;
  const { dtype, shape, data } = equation.attributes;
  return arrayValue(shape, dtype === 'f32' ? data.map(Math.fround) : data, dtype);
}

function fold(candidate: Candidate, view: View): ValueId | null {
  const shape = staticShape(candidate.type);
  if (candidate.type.kind !== 'tensor' || shape === null || sizeOf(shape) > MOST_ELEMENTS) return null;
  const operands = candidate.operands.map((id) => literal(view.definition(id)));
  const known = operands.flatMap((operand) => (operand === null ? [] : [operand]));
  if (known.length < operands.length) return null;
  const result = evaluateOp(candidate.op, known, candidate.attributes);
  if (result.kind !== 'array') return null;
  const data = Array.from(result.data, result.dtype === 'f32' ? shortestFloat32 : (x) => x);
  return view.emit('constant', [], { dtype: result.dtype, shape: result.shape, data });
}

const RULES: readonly AnyRule[] = (Object.keys(FOLDABLE) as OpKind[])
  .filter((op) => FOLDABLE[op])
  .map((op) => rule(op, 'constant operands', 'strict', 'the value is known beforehand, rounded to float32 as at run time', fold));

/** Computes what depends on constants only, one op at a time through the reference evaluation, each result rounded to float32. */
export const foldConstants: Pass = {
  name: 'foldConstants',
  run: (graph, context) => rewrite(graph, RULES, 'foldConstants', context),
};
