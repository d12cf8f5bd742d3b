import { invariant } from '../../support/invariant.ts';
import type { Equation, EquationOf, Graph, ValueId } from '../../ir/graph.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import type { Callee, TfCallee } from './callees.ts';
import type { ContextName } from './program.ts';

export type Argument =
  | { readonly kind: 'value'; readonly id: ValueId }
  | { readonly kind: 'literal'; readonly value: number | string | readonly number[] }
  | { readonly kind: 'context'; readonly name: ContextName }
  /** A network itself, not called. */
  | { readonly kind: 'networkItself'; readonly network: string };

/** What an equation becomes on the tfjs target. */
export type Instruction =
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'alias'; readonly of: ValueId }
  | { readonly kind: 'call'; readonly callee: Callee; readonly args: readonly Argument[] }
  /** The callee applied to each tensor of lists. */
  | { readonly kind: 'each'; readonly callee: Callee; readonly args: readonly Argument[] }
  | { readonly kind: 'network'; readonly network: string; readonly outputs: 'single' | 'all'; readonly args: readonly ValueId[] }
  | { readonly kind: 'head'; readonly object: ValueId; readonly head: string | null }
  | { readonly kind: 'every'; readonly of: ValueId; readonly effects: readonly ValueId[]; readonly interval: number }
  | { readonly kind: 'gradient'; readonly of: ValueId; readonly by: ValueId };

/** Reads the graph while choosing: the equation that makes a value, or undefined for an input. */
export type Definitions = (id: ValueId) => Equation | undefined;

/** Chooses an instruction for each equation; where several equations are one tfjs op (a mean, a square, a relu), that op. */
export function selectInstruction(equation: Equation, definitions: Definitions): Instruction {
  // the table has a row for each op, taking just that op's equations
  const row = ROWS[equation.op] as (equation: Equation, definitions: Definitions) => Instruction;
  return row(equation, definitions);
}

export function definitionsOf(graph: Graph): Definitions {
  const byId = new Map(graph.equations.map((equation) => [equation.id, equation]));
  return (id) => byId.get(id);
}

type Row<K extends OpKind> = (equation: EquationOf<K>, definitions: Definitions) => Instruction;

const value = (id: ValueId): Argument => ({ kind: 'value', id });
const literal = (data: number | string | readonly number[]): Argument => ({ kind: 'literal', value: data });
const call = (callee: Callee, args: readonly Argument[]): Instruction => ({ kind: 'call', callee, args });
const plain = (callee: Callee) => (equation: Equation): Instruction => call(callee, equation.operands.map(value));

/** Ops that the language cannot give rise to before networks are captured. */
const unavailable = (equation: Equation): Instruction => {
  throw new Error(`the tfjs target cannot emit '${equation.op}' yet: only captured networks hold it`);
};

const COMPARE: { readonly [D in OpAttributes['compare']['direction']]: TfCallee } = {
  EQ: 'tf.equal',
  NE: 'tf.notEqual',
  LT: 'tf.less',
  LE: 'tf.lessEqual',
  GT: 'tf.greater',
  GE: 'tf.greaterEqual',
};

const DTYPES = { f32: 'float32', i32: 'int32', i1: 'bool' } as const;

const REDUCE: { readonly [K in OpAttributes['reduce']['kind']]: { readonly all: TfCallee; readonly perSample: Callee } } = {
  add: { all: 'tf.sum', perSample: 'sumPerSample' },
  maximum: { all: 'tf.max', perSample: 'maxPerSample' },
  minimum: { all: 'tf.min', perSample: 'minPerSample' },
};

const ROWS: { readonly [K in OpKind]: Row<K> } = {
  negate: plain('tf.neg'),
  abs: plain('tf.abs'),
  sign: plain('tf.sign'),
  exponential: plain('tf.exp'),
  exponential_minus_one: plain('tf.expm1'),
  log: plain('tf.log'),
  log_plus_one: plain('tf.log1p'),
  sqrt: plain('tf.sqrt'),
  rsqrt: plain('tf.rsqrt'),
  tanh: plain('tf.tanh'),
  logistic: plain('tf.sigmoid'),
  floor: plain('tf.floor'),
  is_finite: plain('tf.isFinite'),
  not: plain('tf.logicalNot'),
  add: plain('tf.add'),
  subtract: plain('tf.sub'),
  multiply: (equation) => SHORTCUTS.square(equation) ?? plain('tf.mul')(equation),
  divide: (equation, definitions) => SHORTCUTS.mean(equation, definitions) ?? plain('tf.div')(equation),
  power: plain('tf.pow'),
  maximum: (equation, definitions) => SHORTCUTS.relu(equation, definitions) ?? plain('tf.maximum')(equation),
  minimum: plain('tf.minimum'),
  and: plain('tf.logicalAnd'),
  or: plain('tf.logicalOr'),
  compare: (equation) => plain(COMPARE[equation.attributes.direction])(equation),
  select: plain('tf.where'),
  convert: (equation) => call('tf.cast', [value(equation.operands[0]), literal(DTYPES[equation.attributes.dtype])]),
  constant: ({ attributes }) =>
    attributes.shape.length === 0 ? { kind: 'literal', value: attributes.data[0] } : call('tf.tensor', [literal(attributes.data), literal(attributes.shape), literal(DTYPES[attributes.dtype])]),
  iota: unavailable,
  reshape: (equation) => call('tf.reshape', [value(equation.operands[0]), literal(equation.attributes.shape)]),
  transpose: (equation) => call('tf.transpose', [value(equation.operands[0]), literal(equation.attributes.permutation)]),
  broadcast_in_dim: unavailable,
  slice: unavailable,
  pad: unavailable,
  concatenate: unavailable,
  reverse: (equation) => call('tf.reverse', [value(equation.operands[0]), literal(equation.attributes.dimensions)]),
  reduce: (equation) => {
    const { kind, axes } = equation.attributes;
    const [operand] = equation.operands.map(value);
    if (axes === 'all') return call(REDUCE[kind].all, [operand]);
    if (axes === 'all_but_first') return call(REDUCE[kind].perSample, [operand]);
    return call(REDUCE[kind].all, [operand, literal(axes)]);
  },
  reduce_window: unavailable,
  dot_general: (equation) => {
    const { lhs_batching_dimensions, lhs_contracting_dimensions, rhs_contracting_dimensions } = equation.attributes;
    if (lhs_contracting_dimensions === 'all_but_first' && rhs_contracting_dimensions === 'all_but_first') return call('similarities', equation.operands.map(value));
    if (lhs_batching_dimensions.length > 0 || typeof lhs_contracting_dimensions === 'string' || typeof rhs_contracting_dimensions === 'string') return unavailable(equation);
    return call('dotGeneral', [...equation.operands.map(value), literal(lhs_contracting_dimensions), literal(rhs_contracting_dimensions)]);
  },
  convolution: unavailable,
  gather: unavailable,
  scatter: unavailable,
  select_and_scatter: unavailable,
  rng_uniform: (equation) => call(equation.attributes.each === 'sample' ? 'uniformPerSample' : 'uniformLike', [value(equation.operands[0]), { kind: 'context', name: 'random' }, literal(equation.attributes.draw)]),
  rng_normal: (equation) => call('normalLike', [value(equation.operands[0]), { kind: 'context', name: 'random' }, literal(equation.attributes.draw)]),
  network_call: ({ attributes, operands }) => ({ kind: 'network', network: attributes.network, outputs: attributes.outputs, args: operands }),
  get_tuple_element: ({ attributes, operands }) => ({ kind: 'head', object: operands[0], head: attributes.head }),
  network_weights: ({ attributes: { network, least_rank } }) => call('weightsOf', [{ kind: 'networkItself', network }, literal(least_rank)]),
  hook_call: ({ attributes: { hook, keeps_shape, draw }, operands }) =>
    call(keeps_shape ? 'callShapedHook' : 'callHook', [{ kind: 'context', name: 'hooks' }, literal(hook), value(operands[0]), { kind: 'context', name: 'random' }, literal(draw)]),
  as_list: plain('asList'),
  each: (equation, definitions) => {
    const { op, attributes } = equation.attributes.applied;
    // the op on a list's tensors is chosen as it is on a tensor
    const instruction = selectInstruction({ ...equation, op, attributes } as Equation, definitions);
    invariant(instruction.kind === 'call', `${op} is no call`);
    return { ...instruction, kind: 'each' };
  },
  sum_of_each: plain('sumOfEach'),
  singular_start: plain('singularStart'),
  singular_vector: (equation) => call('singularVector', [...equation.operands.map(value), literal(equation.attributes.iterations)]),
  spectral_norm: plain('spectralNorm'),
  log_prob: plain('logProb'),
  mean_of_each: plain('meanOfEach'),
  gradient: ({ operands }) => ({ kind: 'gradient', of: operands[0], by: operands[1] }),
  stop_gradient: plain('stopGradient'),
  custom_vjp: () => {
    throw new Error('compiler bug: custom_vjp is for captured graphs, whose derivatives are written out before a program is made of them');
  },
  optimization_barrier: ({ operands }) => ({ kind: 'alias', of: operands[0] }),
  param: ({ attributes }) => ({ kind: 'param', name: attributes.name }),
  schedule: ({ attributes: { fn, args } }) => call(fn, [{ kind: 'context', name: 'step' }, ...args.map(literal)]),
  every: ({ attributes, operands }) => ({ kind: 'every', of: operands[0], effects: operands.slice(1), interval: attributes.interval }),
  state_read: (equation) => call('stateRead', [{ kind: 'context', name: 'state' }, literal(equation.attributes.key), value(equation.operands[0])]),
  state_write: (equation) => call('stateWrite', [{ kind: 'context', name: 'state' }, literal(equation.attributes.key), value(equation.operands[0])]),
  state_pool: (equation) => call('statePool', [{ kind: 'context', name: 'state' }, literal(equation.attributes.key), value(equation.operands[0]), literal(equation.attributes.size)]),
  size: (equation) => {
    const { axes } = equation.attributes;
    const operand = value(equation.operands[0]);
    if (axes === 'all') return call('size', [operand]);
    if (axes === 'all_but_first') return call('samplesSize', [operand]);
    return call('size', [operand, literal(axes)]);
  },
  iota_like: (equation) => call('iotaLike', [value(equation.operands[0]), literal(equation.attributes.dimension)]),
  descending_rank: plain('descendingRank'),
  append: plain('append'),
  broadcast_like: (equation, definitions) => SHORTCUTS.filled(equation, definitions) ?? plain(equation.attributes.align === 'leading' ? 'broadcastLeading' : 'broadcastLike')(equation),
  sum_like: plain('sumLike'),
  broadcast_weights: plain('broadcastWeights'),
  divide_no_nan: plain('divideNoNan'),
  softplus: plain('tf.softplus'),
  sigmoid_cross_entropy: plain('sigmoidCrossEntropy'),
  softmax_cross_entropy: plain('softmaxCrossEntropy'),
};

function constantOf(equation: Equation | undefined): number | undefined {
  return equation?.op === 'constant' && equation.attributes.shape.length === 0 ? equation.attributes.data[0] : undefined;
}

/** Where a tfjs op is several equations, or one on special operands: it is called in their place. */
export const SHORTCUTS = {
  /** x·x */
  square: ({ operands: [first, second] }: EquationOf<'multiply'>) => (first === second ? call('tf.square', [value(first)]) : null),
  /** max(0, x): only with 0 first, where the gradient at a tie is 0, as relu's. (tf.maximum of 0 and NaN is 0 on the wasm backend, relu of NaN is NaN.) */
  relu: ({ operands: [first, second] }: EquationOf<'maximum'>, definitions: Definitions) => (constantOf(definitions(first)) === 0 ? call('tf.relu', [value(second)]) : null),
  /** sum(x)/size(x), over all or all but the first axis. tfjs divides by the size and then adds up: it rounds otherwise, and overflows later. */
  mean(equation: EquationOf<'divide'>, definitions: Definitions): Instruction | null {
    const [dividend, divisor] = equation.operands.map(definitions);
    if (dividend?.op !== 'reduce' || dividend.attributes.kind !== 'add' || divisor?.op !== 'size') return null;
    const { axes } = dividend.attributes;
    if (axes !== 'all' && axes !== 'all_but_first') return null;
    if (divisor.attributes.axes !== axes || dividend.operands[0] !== divisor.operands[0]) return null;
    return call(axes === 'all' ? 'tf.mean' : 'meanPerSample', [value(dividend.operands[0])]);
  },
  /** Ones and zeros in the shape of another value. */
  filled({ operands: [filling, like] }: EquationOf<'broadcast_like'>, definitions: Definitions): Instruction | null {
    const constant = constantOf(definitions(filling));
    return constant === 1 ? call('tf.onesLike', [value(like)]) : constant === 0 ? call('tf.zerosLike', [value(like)]) : null;
  },
} as const;
