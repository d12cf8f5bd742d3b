import type { ValueId } from '../graph.ts';
import type { OpKind } from '../ops.ts';
import type { DType } from '../types.ts';
import { contractionGenerators } from './contractionGenerators.ts';
import type { Operand, Site } from './site.ts';

/** Adds one equation of the op, or none where it would be too large. */
export type Generator = (site: Site) => ValueId | null;
type Generators = { readonly [K in OpKind]: Generator };

const FLOAT: readonly DType[] = ['f32'];
const NUMBER: readonly DType[] = ['f32', 'i32'];
const BOOLEAN: readonly DType[] = ['i1'];
const ANY: readonly DType[] = ['f32', 'i32', 'i1'];

/** Ops without attributes. */
type Plain = Parameters<typeof unary>[0] | Parameters<typeof binary>[0] | 'descending_rank' | 'append';

function emitPlain(site: Site, op: Plain, operands: readonly Operand[]): ValueId | null {
  return site.emit(op, operands, {});
}

function unary(
  op:
    | 'negate' | 'abs' | 'sign' | 'exponential' | 'exponential_minus_one' | 'log' | 'log_plus_one' | 'sqrt' | 'rsqrt' | 'tanh' | 'logistic'
    | 'floor' | 'is_finite' | 'not' | 'softplus' | 'stop_gradient' | 'optimization_barrier',
  dtypes: readonly DType[] = FLOAT,
  tamed: (site: Site, x: Operand) => Operand | null = (_site, x) => x,
): Generator {
  return (site) => {
    const x = site.operand(dtypes, site.shape());
    const operand = site.tame ? tamed(site, x) : x;
    return operand && emitPlain(site, op, [operand]);
  };
}

function derived(x: Operand, id: ValueId | null): Operand | null {
  return id === null ? null : { ...x, id };
}

/** x² + 1/2: where logarithms, roots and quotients are smooth. */
function positive(site: Site, x: Operand): Operand | null {
  const square = derived(x, site.emit('multiply', [x, x], {}));
  const half = site.emit('constant', [], { dtype: 'f32', shape: [], data: [0.5] });
  return square && half !== null ? derived(x, site.emit('add', [square, half], {})) : null;
}

/** tanh(x): where exponentials stay moderate. */
function bounded(site: Site, x: Operand): Operand | null {
  return derived(x, site.emit('tanh', [x], {}));
}

/** A shape that broadcasts to `dims` from the right. */
function broadcastable(site: Site, dims: readonly number[]): number[] {
  return dims.slice(site.rarely(3) ? site.choose(dims.length + 1) : 0).map((dim) => (site.rarely(3) ? 1 : dim));
}

function binary(
  op:
    | 'add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'maximum' | 'minimum' | 'and' | 'or' | 'divide_no_nan' | 'sigmoid_cross_entropy',
  dtypes: readonly DType[] = NUMBER,
  tamed: (site: Site, a: Operand, b: Operand) => readonly [Operand | null, Operand | null] = (_site, a, b) => [a, b],
): Generator {
  return (site) => {
    const a = site.operand(dtypes, site.shape());
    const b = site.shaped(broadcastable(site, a.dims), a.dtype);
    const [x, y] = site.rarely(2) ? [b, a] : [a, b];
    const [p, q] = site.tame && x.dtype === 'f32' ? tamed(site, x, y) : [x, y];
    return p && q && emitPlain(site, op, [p, q]);
  };
}

const overPositive = (site: Site, a: Operand, b: Operand) => [a, positive(site, b)] as const;

/** A target that `dims` sums down to: a suffix, some of it 1. */
function summed(site: Site, dims: readonly number[]): number[] {
  return dims.slice(site.choose(dims.length + 1)).map((dim) => (site.rarely(2) ? 1 : dim));
}

const AXES = ['all', 'all_but_first'] as const;

function someAxes(site: Site, dims: readonly number[]) {
  return site.rarely(2) ? site.element(AXES) : site.subset(dims.map((_, i) => i));
}

export const GENERATORS: Generators = {
  ...contractionGenerators,
  negate: unary('negate', NUMBER),
  abs: unary('abs', NUMBER),
  sign: unary('sign', NUMBER),
  exponential: unary('exponential', FLOAT, bounded),
  exponential_minus_one: unary('exponential_minus_one', FLOAT, bounded),
  log: unary('log', FLOAT, positive),
  log_plus_one: unary('log_plus_one', FLOAT, positive),
  sqrt: unary('sqrt', FLOAT, positive),
  rsqrt: unary('rsqrt', FLOAT, positive),
  tanh: unary('tanh'),
  logistic: unary('logistic'),
  floor: unary('floor'),
  is_finite: unary('is_finite'),
  not: unary('not', BOOLEAN),
  softplus: unary('softplus'),
  stop_gradient: unary('stop_gradient', ANY),
  optimization_barrier: unary('optimization_barrier', ANY),
  // tanh with its own derivative, so that the graph's gradients are what they were
  custom_vjp: (site) => {
    const x = site.operand(FLOAT, site.shape());
    const y = derived(x, emitPlain(site, 'tanh', [x]));
    const cotangent = y && derived(x, emitPlain(site, 'optimization_barrier', [y]));
    const square = cotangent && derived(x, site.emit('multiply', [y, y], {}));
    const part = square && derived(x, site.emit('multiply', [cotangent, square], {}));
    const gradient = part && derived(x, site.emit('subtract', [cotangent, part], {}));
    return y && gradient && site.emit('custom_vjp', [y, cotangent, x, gradient], {});
  },
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide', NUMBER, overPositive),
  power: binary('power', NUMBER, (site, a, b) => [positive(site, a), bounded(site, b)]),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  and: binary('and', BOOLEAN),
  or: binary('or', BOOLEAN),
  divide_no_nan: binary('divide_no_nan', FLOAT, overPositive),
  sigmoid_cross_entropy: binary('sigmoid_cross_entropy', FLOAT),
  compare: (site) => {
    const a = site.operand(ANY, site.shape());
    return site.emit('compare', [a, site.shaped(broadcastable(site, a.dims), a.dtype)], { direction: site.element(['EQ', 'NE', 'LT', 'LE', 'GT', 'GE']) });
  },
  select: (site) => {
    const a = site.operand(ANY, site.shape());
    const b = site.shaped(broadcastable(site, a.dims), a.dtype);
    return site.emit('select', [site.shaped(broadcastable(site, a.dims), 'i1'), a, b], {});
  },
  convert: (site) => site.emit('convert', [site.operand(ANY, site.shape())], { dtype: site.element(ANY) }),
  constant: (site) => {
    const shape = site.shape();
    const data = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => site.number());
    return site.emit('constant', [], { dtype: 'f32', shape, data });
  },
  iota: (site) => {
    const shape = site.shape(1);
    return site.emit('iota', [], { dtype: site.element(NUMBER), shape, iota_dimension: site.choose(shape.length) });
  },
  reshape: (site) => {
    const x = site.operand(ANY, site.shape());
    const ones = Array.from({ length: site.choose(2) }, () => 1);
    const flat = [x.dims.reduce((a, b) => a * b, 1)];
    return site.emit('reshape', [x], { shape: site.rarely(3) ? [...flat, ...ones] : site.shuffle([...x.dims, ...ones]) });
  },
  transpose: (site) => {
    const x = site.operand(ANY, site.shape(1));
    return site.emit('transpose', [x], { permutation: site.shuffle(x.dims.map((_, i) => i)) });
  },
  broadcast_in_dim: (site) => {
    const x = site.operand(ANY, site.shape(0, 2));
    const shape: number[] = [...x.dims.map((dim) => (dim === 1 ? site.size() : dim)), ...site.shape(0, 2)];
    const order = site.shuffle(shape.map((_, i) => i));
    const broadcast_dimensions = x.dims.map((_, i) => order.indexOf(i));
    return site.emit('broadcast_in_dim', [x], { shape: order.map((from) => shape[from]), broadcast_dimensions });
  },
  slice: (site) => {
    const x = site.operand(ANY, site.shape(1));
    const start_indices = x.dims.map((dim) => site.between(0, dim));
    const limit_indices = x.dims.map((dim, i) => dim - site.choose(dim - start_indices[i] + 1));
    return site.emit('slice', [x], { start_indices, limit_indices, strides: x.dims.map(() => site.between(1, 3)) });
  },
  pad: (site) => {
    const x = site.operand(ANY, site.shape(1));
    const interior = x.dims.map(() => site.choose(3));
    const low = x.dims.map((dim) => site.between(dim > 0 ? -1 : 0, 2));
    const high = x.dims.map((dim, i) => site.between(-Math.min(2, low[i] + dim + Math.max(0, dim - 1) * interior[i]), 2));
    return site.emit('pad', [x, site.shaped([], x.dtype)], { low, high, interior });
  },
  concatenate: (site) => {
    const x = site.operand(ANY, site.shape(1), (dims) => dims.length > 0);
    const dimension = site.choose(x.dims.length);
    const others = Array.from({ length: site.choose(3) }, () =>
      site.shaped(
        x.dims.map((dim, i) => (i === dimension ? site.size() : dim)),
        x.dtype,
      ),
    );
    return site.emit('concatenate', site.shuffle([x, ...others]), { dimension });
  },
  reverse: (site) => {
    const x = site.operand(ANY, site.shape(1));
    return site.emit('reverse', [x], { dimensions: site.subset(x.dims.map((_, i) => i)) });
  },
  reduce: (site) => {
    const x = site.operand(NUMBER, site.shape());
    return site.emit('reduce', [x], { kind: site.element(['add', 'maximum', 'minimum']), axes: someAxes(site, x.dims) });
  },
  size: (site) => {
    const x = site.operand(ANY, site.shape());
    return site.emit('size', [x], { axes: someAxes(site, x.dims) });
  },
  rng_uniform: (site) => site.emit('rng_uniform', [site.operand(FLOAT, site.shape())], { draw: site.element(['a', 'b', 'gp.alpha']), each: site.element(['sample', 'element']) }),
  rng_normal: (site) => site.emit('rng_normal', [site.operand(FLOAT, site.shape())], { draw: site.element(['c', 'd']) }),
  iota_like: (site) => {
    const x = site.operand(FLOAT, site.shape(1), (dims) => dims.length > 0);
    return site.emit('iota_like', [x], { dimension: site.between(-x.dims.length, x.dims.length - 1) });
  },
  descending_rank: (site) => emitPlain(site, 'descending_rank', [site.operand(FLOAT, site.shape())]),
  append: (site) => emitPlain(site, 'append', [site.operand(FLOAT, site.shape(1), (dims) => dims.length > 0), site.shaped([])]),
  broadcast_like: (site) => {
    const like = site.operand(ANY, site.shape());
    const align = site.element(['trailing', 'leading'] as const);
    const dims = align === 'trailing' ? broadcastable(site, like.dims) : like.dims.slice(0, site.choose(like.dims.length + 1)).map((dim) => (site.rarely(3) ? 1 : dim));
    return site.emit('broadcast_like', [site.shaped(dims), like], { align });
  },
  sum_like: (site) => {
    const x = site.operand(NUMBER, site.shape());
    return site.emit('sum_like', [x, site.shaped(summed(site, x.dims))], {});
  },
  broadcast_weights: (site) => {
    const losses = site.operand(FLOAT, site.shape());
    const dims = site.rarely(3) ? [] : losses.dims.map((dim) => (site.rarely(2) ? 1 : dim));
    return site.emit('broadcast_weights', [site.shaped(dims), losses], {});
  },
  softmax_cross_entropy: (site) => {
    const logits = site.operand(FLOAT, site.shape(1), (dims) => dims.length > 0);
    return site.emit('softmax_cross_entropy', [site.shaped(logits.dims), logits], {});
  },
  network_call: (site) => {
    const data = site.operand(FLOAT, site.shape(1));
    const condition = site.rarely(2) ? [site.opaque('any')] : [];
    return site.emit('network_call', [data, ...condition], { network: site.element(['D', 'G', 'Dx']), outputs: site.element(['single', 'all']) });
  },
  get_tuple_element: (site) => site.emit('get_tuple_element', [site.opaque('outputs')], { head: site.element([null, 'classes', 'codes', 'odd name']) }),
  log_prob: (site) => site.emit('log_prob', [site.opaque('distributions'), site.opaque('any')], {}),
  mean_of_each: (site) => site.emit('mean_of_each', [site.opaque('list')], {}),
  network_weights: (site) => site.emit('network_weights', [], { network: site.element(['D', 'G']), least_rank: site.choose(3) }),
  hook_call: (site) => site.emit('hook_call', [site.operand(FLOAT, site.shape(1))], { hook: site.element(['augment', 'odd name']), keeps_shape: site.rarely(2), draw: 'cr.0' }),
  as_list: (site) => site.emit('as_list', [site.rarely(2) ? site.opaque('list') : site.operand(FLOAT, site.shape())], {}),
  each: (site) => {
    const list = site.opaque('list');
    const other = site.rarely(2) ? site.opaque('list') : site.shaped([]);
    return site.element([
      () => site.emit('each', [list], { applied: { op: 'tanh', attributes: {} } }),
      () => site.emit('each', [list, other], { applied: { op: site.element(['add', 'subtract', 'multiply']), attributes: {} } }),
      () => site.emit('each', [other, list], { applied: { op: 'broadcast_like', attributes: { align: 'trailing' } } }),
      () => site.emit('each', [list], { applied: { op: 'reduce', attributes: { kind: 'add', axes: site.element(['all', 'all_but_first', [0]]) } } }),
      () => site.emit('each', [list], { applied: { op: 'size', attributes: { axes: site.element(['all', [0]]) } } }),
    ])();
  },
  sum_of_each: (site) => site.emit('sum_of_each', [site.opaque('list')], {}),
  singular_start: (site) => site.emit('singular_start', [site.operand(FLOAT, [3, 2], (dims) => dims.length === 2)], {}),
  singular_vector: (site) => {
    const w = site.operand(FLOAT, [3, 2], (dims) => dims.length === 2);
    return site.emit('singular_vector', [w, site.shaped([w.dims[0]])], { iterations: site.between(1, 4) });
  },
  spectral_norm: (site) => {
    const w = site.operand(FLOAT, [3, 2], (dims) => dims.length === 2);
    return site.emit('spectral_norm', [w, site.shaped([w.dims[0]])], {});
  },
  gradient: (site) => site.emit('gradient', [site.operand(FLOAT, []), site.operand(FLOAT, site.shape())], {}),
  param: (site) => site.emit('param', [], { name: site.element(['lambda', 'weight']) }),
  schedule: (site) => site.emit('schedule', [], { fn: site.element(['linear', 'cosine']), args: [0, 10, 1 + site.choose(100)] }),
  every: (site) => site.emit('every', [site.operand(FLOAT, site.shape()), ...(site.rarely(2) ? [site.operand(FLOAT, site.shape())] : [])], { interval: 1 + site.choose(4) }),
  state_read: (site) => site.emit('state_read', [site.operand(FLOAT, site.shape())], { key: 'ema' }),
  state_write: (site) => site.emit('state_write', [site.operand(FLOAT, site.shape())], { key: 'ema' }),
  state_pool: (site) => site.emit('state_pool', [site.opaque('any')], { key: 'pool/fake', size: site.choose(60) }),
};
