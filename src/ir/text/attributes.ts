import { EACH_OPS, type AppliedOp, type EachOp, type OpAttributes, type OpKind, type Padding } from '../ops.ts';
import type { Type } from '../types.ts';
import type { Codec, Field } from './fields.ts';
import { axes, boolean, booleans, constantData, dimensionNumbers, dtypeOf, name, nameOrNull, number, numbers, padding, shapeOf, word } from './fields.ts';
import type { Reader } from './reader.ts';

/** Every attribute of every op. Fields are printed in this order. */
type Syntax = { readonly [K in OpKind]: { readonly [F in keyof OpAttributes[K]]: Field<OpAttributes[K][F], OpAttributes[K]> } };

function positional<T, A>(codec: Codec<T>, usual?: (before: A) => T): Field<T, A> {
  return { place: 'positional', codec, usual };
}

function named<T, A>(codec: Codec<T>, usual?: (before: A) => T): Field<T, A> {
  return { place: 'named', codec, usual };
}

function fromType<T, A>(read: (type: Type) => T): Field<T, A> {
  return { place: 'type', read };
}

const repeat = <T>(value: T, count: number): T[] => new Array<T>(Math.max(0, count)).fill(value);
const noPadding = (rank: number): Padding => repeat([0, 0] as const, rank);

/** The attributes of both windowed ops: windows are adjacent and unpadded unless they say otherwise. */
type Window = OpAttributes['select_and_scatter'];
const windowStrides = (before: Window) => repeat(1, before.window_dimensions.length);
const windowPadding = (before: Window) => noPadding(before.window_dimensions.length);

type Convolution = OpAttributes['convolution'];
const onesPerSpatial = ({ input }: Convolution) => repeat(1, input.length - 2);

const NONE = {};

const SYNTAX: Syntax = {
  negate: NONE,
  abs: NONE,
  sign: NONE,
  exponential: NONE,
  exponential_minus_one: NONE,
  log: NONE,
  log_plus_one: NONE,
  sqrt: NONE,
  rsqrt: NONE,
  tanh: NONE,
  logistic: NONE,
  floor: NONE,
  is_finite: NONE,
  not: NONE,
  add: NONE,
  subtract: NONE,
  multiply: NONE,
  divide: NONE,
  power: NONE,
  maximum: NONE,
  minimum: NONE,
  and: NONE,
  or: NONE,
  compare: { direction: positional(word('EQ', 'NE', 'LT', 'LE', 'GT', 'GE')) },
  select: NONE,
  convert: { dtype: fromType(dtypeOf) },
  constant: { dtype: fromType(dtypeOf), shape: fromType(shapeOf), data: positional(constantData) },
  iota: { dtype: fromType(dtypeOf), shape: fromType(shapeOf), iota_dimension: positional(number) },
  reshape: { shape: fromType(shapeOf) },
  transpose: { permutation: positional(numbers) },
  broadcast_in_dim: { shape: fromType(shapeOf), broadcast_dimensions: positional(numbers) },
  slice: { start_indices: positional(numbers), limit_indices: positional(numbers), strides: named(numbers, (before) => repeat(1, before.start_indices.length)) },
  pad: { low: positional(numbers), high: positional(numbers), interior: named(numbers, (before) => repeat(0, before.low.length)) },
  concatenate: { dimension: positional(number) },
  reverse: { dimensions: positional(numbers) },
  reduce: { kind: positional(word('add', 'maximum', 'minimum')), axes: positional(axes) },
  reduce_window: {
    kind: positional(word('add', 'maximum')),
    window_dimensions: positional(numbers),
    window_strides: named(numbers, windowStrides),
    padding: named(padding, windowPadding),
  },
  dot_general: {
    lhs_batching_dimensions: named(numbers, () => []),
    rhs_batching_dimensions: named(numbers, () => []),
    lhs_contracting_dimensions: named(axes, () => []),
    rhs_contracting_dimensions: named(axes, () => []),
  },
  convolution: {
    input: positional(dimensionNumbers),
    kernel: positional(dimensionNumbers),
    output: positional(dimensionNumbers),
    window_strides: named(numbers, onesPerSpatial),
    padding: named(padding, ({ input }) => noPadding(input.length - 2)),
    lhs_dilation: named(numbers, onesPerSpatial),
    rhs_dilation: named(numbers, onesPerSpatial),
    window_reversal: named(booleans, ({ input }) => repeat(false, input.length - 2)),
    feature_group_count: named(number, () => 1),
    batch_group_count: named(number, () => 1),
  },
  gather: {
    offset_dims: named(numbers, () => []),
    collapsed_slice_dims: named(numbers, () => []),
    start_index_map: named(numbers, () => []),
    index_vector_dim: named(number),
    slice_sizes: named(numbers),
  },
  scatter: {
    update_window_dims: named(numbers, () => []),
    inserted_window_dims: named(numbers, () => []),
    scatter_dims_to_operand_dims: named(numbers, () => []),
    index_vector_dim: named(number),
  },
  select_and_scatter: { window_dimensions: positional(numbers), window_strides: named(numbers, windowStrides), padding: named(padding, windowPadding) },
  rng_uniform: { draw: positional(name), each: named(word('sample', 'element'), () => 'sample') },
  rng_normal: { draw: positional(name) },
  // the network is skipped here and stands before the operands: `network_call @D(%x)`
  network_call: { network: positional(name), outputs: positional(word('single', 'all'), () => 'single') },
  get_tuple_element: { head: positional(nameOrNull, () => null) },
  network_weights: { network: positional(name), least_rank: named(number, () => 0) },
  hook_call: { hook: positional(name), keeps_shape: named(boolean, () => false), draw: named(name) },
  as_list: NONE,
  each: { applied: positional({ print: printApplied, parse: readApplied }) },
  sum_of_each: NONE,
  singular_start: NONE,
  singular_vector: { iterations: positional(number) },
  spectral_norm: NONE,
  log_prob: NONE,
  mean_of_each: NONE,
  gradient: NONE,
  stop_gradient: NONE,
  optimization_barrier: NONE,
  custom_vjp: NONE,
  param: { name: positional(name) },
  schedule: { fn: positional(word('linear', 'cosine', 'after')), args: positional(numbers) },
  every: { interval: positional(number) },
  state_read: { key: positional(name) },
  state_write: { key: positional(name) },
  state_pool: { key: positional(name), size: named(number) },
  size: { axes: positional(axes, () => 'all') },
  iota_like: { dimension: positional(number) },
  descending_rank: NONE,
  append: NONE,
  broadcast_like: { align: positional(word('trailing', 'leading')) },
  sum_like: NONE,
  broadcast_weights: NONE,
  divide_no_nan: NONE,
  softplus: NONE,
  sigmoid_cross_entropy: NONE,
  softmax_cross_entropy: NONE,
};

/** `reduce<add, [0]>`: no attribute of these ops is read off a type. */
function printApplied({ op, attributes }: AppliedOp): string {
  return `${op}${formatAttributes<EachOp>(op, attributes)}`;
}

function readApplied(reader: Reader): (type: Type) => AppliedOp {
  const token = reader.read(/\w+/y, 'an op')[0];
  const op = EACH_OPS.find((candidate) => candidate === token) ?? reader.fail(`'${token}' is not applied to lists`);
  const attributes = readAttributes<EachOp>(op, reader);
  return (type) => ({ op, attributes: attributes(type) }) as AppliedOp;
}

/** The fields of an op without the link between their types, which `Syntax` has checked. */
function fieldsOf(op: OpKind): readonly (readonly [string, Field<never, never>])[] {
  return Object.entries(SYNTAX[op]);
}

/** `<add, all>`, or nothing; `skip` names attributes that stand elsewhere. */
export function formatAttributes<K extends OpKind>(op: K, attributes: OpAttributes[K], skip: readonly string[] = []): string {
  const values = attributes as Readonly<Record<string, never>>;
  const parts = fieldsOf(op).flatMap(([key, field]) => {
    if (field.place === 'type' || skip.includes(key)) return [];
    const text = field.codec.print(values[key]);
    if (field.usual !== undefined && isUsual(values[key], field.usual(attributes as never))) return [];
    return [field.place === 'named' ? `${key}: ${text}` : text];
  });
  return parts.length === 0 ? '' : `<${parts.join(', ')}>`;
}

function isUsual(value: unknown, usual: unknown): boolean {
  if (Array.isArray(value) && Array.isArray(usual)) return value.length === usual.length && value.every((item, i) => isUsual(item, usual[i]));
  return Object.is(value, usual);
}

/** Reads what `formatAttributes` prints. The attributes are complete with the equation's type and those that it skipped. */
export function readAttributes<K extends OpKind>(
  op: K,
  reader: Reader,
  skip: readonly string[] = [],
): (type: Type, skipped?: Readonly<Record<string, unknown>>) => OpAttributes[K] {
  const fields = fieldsOf(op).filter(([key]) => !skip.includes(key));
  const unnamed = fields.filter(([, field]) => field.place === 'positional');
  const found = new Map<string, (type: Type) => unknown>();
  if (reader.take('<')) {
    reader.list('>', () => {
      const label = reader.match(/(\w+)(?=:)/y)?.[1];
      const [key, field] = (label === undefined ? unnamed.shift() : fields.find(([candidate]) => candidate === label)) ?? reader.fail('no such attribute');
      if (label !== undefined) reader.expect(':');
      if (field.place === 'type') return reader.fail(`${key} is not an attribute that is written`);
      return found.set(key, field.codec.parse(reader));
    });
  }
  return (type, skipped = {}) => {
    const attributes: Record<string, unknown> = { ...skipped };
    for (const [key, field] of fields) {
      const value = found.get(key);
      if (value !== undefined) attributes[key] = value(type);
      else if (field.place === 'type') attributes[key] = field.read(type);
      else if (field.usual !== undefined) attributes[key] = field.usual(attributes as never);
      else reader.fail(`${op} lacks ${key}`);
    }
    // every field of the op's row is there, each read by its own codec
    return attributes as OpAttributes[K];
  };
}
