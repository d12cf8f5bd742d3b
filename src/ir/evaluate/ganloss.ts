import { SpecError } from '../../support/diagnostic.ts';
import { invariant } from '../../support/invariant.ts';
import { scheduleValue } from '../../support/schedules.ts';
import { inferType } from '../infer.ts';
import type { EachOp, OpKind } from '../ops.ts';
import type { ArrayValue, Value } from '../values.ts';
import { arrayValue, listValue, outputsValue, scalarValue, sizeOf, typeOfValue } from '../values.ts';
import type { EvaluateRule, EvaluateTable, RuleContext } from './rule.ts';
import { arrayOperand } from './rule.ts';

const zerosLike = (value: Value): Value => (value.kind === 'array' ? arrayValue(value.shape, Array.from(value.data, () => 0)) : value);

function draws<K extends 'rng_uniform' | 'rng_normal'>(op: K, distribution: 'uniform' | 'normal'): EvaluateRule<K> {
  return (operands, attributes, { environment }) => {
    invariant(environment.random, `${op}: there is no source of random numbers`);
    const like = arrayOperand(op, operands, 0);
    const type = inferType<'rng_uniform' | 'rng_normal'>(op, [typeOfValue(like)], attributes);
    invariant(type.kind === 'tensor', `${op} gives a tensor`);
    const shape = type.shape.dims.map(Number);
    const numbers = environment.random(attributes.draw, distribution, shape);
    invariant(numbers.length === sizeOf(shape), `${op}: ${numbers.length} numbers were drawn for shape [${shape.join(', ')}]`);
    return arrayValue(shape, numbers);
  };
}

function identity<K extends OpKind>(): EvaluateRule<K> {
  return (operands) => operands[0];
}

function missingHead(head: string, { origin }: RuleContext): SpecError {
  const message = `the network has no head '${head}'`;
  return new SpecError(message, [{ code: 'GL5003', severity: 'error', message, span: origin[0] ?? null }]);
}

function items(op: OpKind, value: Value): readonly Value[] {
  if (value.kind === 'array') return [value];
  invariant(value.kind === 'list', `${op}: a value of kind ${value.kind} is not a list`);
  return value.items;
}

/** A tensor as a matrix whose columns its last axis counts. */
function matrixOf({ shape, data }: ArrayValue) {
  const columns = shape[shape.length - 1] ?? 1;
  const rows = sizeOf(shape.slice(0, -1));
  const sum = (length: number, term: (i: number) => number) => Array.from({ length }, (_, i) => term(i)).reduce((total, x) => total + x, 0);
  return {
    rows,
    times: (v: ArrayLike<number>) => Array.from({ length: rows }, (_, row) => sum(columns, (column) => data[row * columns + column] * v[column])),
    transposedTimes: (u: ArrayLike<number>) => Array.from({ length: columns }, (_, column) => sum(rows, (row) => data[row * columns + column] * u[row])),
  };
}

/** Of length 1; of 0 where there is nothing to scale. */
function unit(vector: readonly number[]): readonly number[] {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return vector.map((x) => x / (length + SMALL));
}

/** Keeps directions of zero finite. */
const SMALL = 1e-12;

export const ganloss = {
  rng_uniform: draws('rng_uniform', 'uniform'),
  rng_normal: draws('rng_normal', 'normal'),
  network_call: (operands, { network, outputs }, { environment }) => {
    const call = environment.networks?.get(network);
    invariant(call, `network_call: there is no network '${network}'`);
    const given = call(operands[0], operands[1] ?? null);
    const all = given.kind === 'outputs' ? given : outputsValue(given);
    return outputs === 'all' ? all : all.first;
  },
  get_tuple_element: (operands, { head }, context) => {
    const [outputs] = operands;
    invariant(outputs.kind === 'outputs', `get_tuple_element: a value of kind ${outputs.kind} has no heads`);
    const value = head === null ? outputs.first : outputs.heads.get(head);
    if (value === undefined) throw missingHead(String(head), context);
    return value;
  },
  network_weights: (_operands, { network, least_rank }, { environment }) => {
    invariant(environment.weights, `network_weights: there are no weights of '${network}'`);
    return listValue(environment.weights(network).filter(({ shape }) => shape.length >= least_rank));
  },
  hook_call: (operands, { hook, draw }, { environment }) => {
    const call = environment.hooks?.get(hook);
    invariant(call, `hook_call: there is no hook '${hook}'`);
    return call(arrayOperand('hook_call', operands, 0), draw);
  },
  as_list: (operands) => listValue(items('as_list', operands[0])),
  each: (operands, { applied }, { evaluateOp }) => {
    const lists = operands.flatMap((value) => (value.kind === 'list' ? [value.items.length] : []));
    invariant(lists.every((length) => length === lists[0]), `each: lists of ${lists.join(' and ')} tensors`);
    const at = (index: number) => operands.map((value) => (value.kind === 'list' ? value.items[index] : value));
    return listValue(Array.from({ length: lists[0] ?? 0 }, (_, index) => evaluateOp<EachOp>(applied.op, at(index), applied.attributes)));
  },
  sum_of_each: (operands) => {
    const sums = items('sum_of_each', operands[0]).map((item) => {
      invariant(item.kind === 'array', `sum_of_each: a value of kind ${item.kind} has no sum`);
      return item.data.reduce((sum, x) => sum + x, 0);
    });
    return arrayValue([sums.length], sums);
  },
  singular_start: (operands) => {
    const { rows } = matrixOf(arrayOperand('singular_start', operands, 0));
    return arrayValue([rows], Array.from({ length: rows }, (_, i) => Math.cos(i + 1)));
  },
  singular_vector: (operands, { iterations }) => {
    const matrix = matrixOf(arrayOperand('singular_vector', operands, 0));
    let u: ArrayLike<number> = arrayOperand('singular_vector', operands, 1).data;
    for (let round = 0; round < iterations; round++) u = unit(matrix.times(unit(matrix.transposedTimes(u))));
    return arrayValue([matrix.rows], u);
  },
  spectral_norm: (operands) => {
    const matrix = matrixOf(arrayOperand('spectral_norm', operands, 0));
    const image = matrix.transposedTimes(arrayOperand('spectral_norm', operands, 1).data);
    const v = unit(image);
    return scalarValue(image.reduce((sum, x, i) => sum + x * v[i], 0));
  },
  log_prob: (operands) => {
    const [distributions, values] = operands;
    invariant(distributions.kind === 'distributions', `log_prob: operand 0 is a value of kind ${distributions.kind}`);
    const at = items('log_prob', values);
    invariant(at.length === distributions.items.length, `log_prob: ${at.length} values for ${distributions.items.length} distributions`);
    return listValue(distributions.items.map((distribution, i) => distribution.logProb(at[i])));
  },
  mean_of_each: (operands) => {
    const means = items('mean_of_each', operands[0]).map((item) => {
      invariant(item.kind === 'array', `mean_of_each: a value of kind ${item.kind} has no mean`);
      return item.data.reduce((sum, x) => sum + x, 0) / item.data.length;
    });
    return arrayValue([means.length], means);
  },
  gradient: (_operands, _attributes, { gradient }) => {
    invariant(gradient, 'gradient has no value of its own: differentiate first');
    return gradient();
  },
  stop_gradient: identity(),
  optimization_barrier: identity(),
  custom_vjp: identity(),
  param: (_operands, { name }, { environment }) => {
    const value = environment.params?.get(name);
    invariant(value !== undefined, `param: '${name}' has no value`);
    return scalarValue(value);
  },
  schedule: (_operands, { fn, args }, { environment }) => scalarValue(scheduleValue({ fn, args }, environment.step ?? 0)),
  every: (operands, { interval }, { environment }) => ((environment.step ?? 0) % interval === 0 ? operands[0] : zerosLike(operands[0])),
  state_read: (operands, { key }, { environment }) => environment.state?.get(key) ?? operands[0],
  state_write: (operands, { key }, { environment }) => {
    environment.writeState?.(key, operands[0]);
    return operands[0];
  },
  state_pool: (operands, { key, size }, { environment }) => {
    invariant(environment.pool, `state_pool: there is no pool for '${key}'`);
    return environment.pool(key, size, operands[0]);
  },
} satisfies Partial<EvaluateTable>;
