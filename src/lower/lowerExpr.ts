import { match } from 'ts-pattern';
import { invariant } from '../support/invariant.ts';
import type { Span } from '../support/source.ts';
import type { Player } from '../dsl/ast.ts';
import type { BinaryFunction, DrawFunction, ModelName, NetworkName, ReduceFunction, TypedExpr, UnaryFunction } from '../dsl/typed.ts';
import type { Builder } from '../ir/builder.ts';
import type { ValueId } from '../ir/graph.ts';
import type { Axes, OpKind } from '../ir/ops.ts';
import type { ModelBinding } from './bindings.ts';
import { overLists } from './overLists.ts';
import { lowerTensorFunction } from './tensorFunctions.ts';
import { unweightedLoss, weightedLoss } from './weightedLoss.ts';

/** Everything that the meaning of an expression depends on, apart from the expression. */
export interface LowerScope {
  readonly builder: Builder;
  readonly binding: ModelBinding;
  /** Values already made, by node identity. One map for an instance in one direction of one graph. */
  readonly values: Map<TypedExpr, ValueId>;
  /** The nodes that some `grad` of the instance differentiates by. */
  readonly variables: ReadonlySet<TypedExpr>;
  /** A graph input, made where it is first asked for. */
  readonly input: (name: string) => ValueId;
  /** A call of a network; equal calls are one value. */
  readonly call: (network: NetworkName, data: ValueId, condition: ValueId | null, head: string | null) => ValueId;
  /** Whether `fake` must be written out as G(z), because something is differentiated by what it is made from. */
  readonly explicitFake: boolean;
  /** Calls whose value the graph is given: G of its own input is `fake`. Empty where fakes come out of a pool or are written out. */
  readonly fakes: readonly GivenFake[];
  /** Makes draws and state of this instance and direction distinct from others': `x2y.gp`. */
  readonly prefix: string;
  /** Whose graph it is: each player has moving averages and pools of its own. */
  readonly player: Player;
  /** Where an expression stands for the reader of the root file. */
  readonly originOf: (expr: TypedExpr) => Span;
}

/** `network(from, condition)` is the graph input `fake`. */
export interface GivenFake {
  readonly network: NetworkName;
  readonly from: string;
  readonly condition: string | null;
  readonly fake: string;
}

/** The value of an expression, with its equations appended to the builder. */
export function lowerExpr(expr: TypedExpr, scope: LowerScope): ValueId {
  const known = scope.values.get(expr);
  if (known !== undefined) return known;
  const { builder } = scope;
  // operands bring their own origins: only the equations that this node adds come from here
  let value = lowerNode(expr, scope, (body) => builder.at([scope.originOf(expr)], body));
  if (scope.variables.has(expr) && expr.kind !== 'model' && expr.kind !== 'input') {
    const computed = value;
    value = builder.at([scope.originOf(expr)], () => builder.emit('optimization_barrier', [computed]));
  }
  if (expr.name !== undefined) builder.name(value, expr.name);
  scope.values.set(expr, value);
  return value;
}

type At = (body: () => ValueId) => ValueId;

function lowerNode(expr: TypedExpr, scope: LowerScope, at: At): ValueId {
  const builder = overLists(scope.builder);
  const lower = (operand: TypedExpr) => lowerExpr(operand, scope);
  return match(expr)
    .with({ kind: 'constant' }, ({ value }) => at(() => builder.constant(value)))
    .with({ kind: 'param' }, ({ name }) => at(() => builder.emit('param', [], { name })))
    .with({ kind: 'schedule' }, ({ fn, args }) => at(() => builder.emit('schedule', [], { fn, args })))
    .with({ kind: 'input' }, ({ name }) => scope.input(name))
    .with({ kind: 'model' }, ({ name }) => lowerModelName(name, scope, at))
    .with({ kind: 'network' }, (node) => {
      const [data, condition] = node.args.map(lower);
      return at(() => lowerCall(node, data, condition ?? null, scope));
    })
    .with({ kind: 'unary' }, ({ fn, operand }) => {
      const x = lower(operand);
      return at(() => UNARY[fn](builder, x));
    })
    .with({ kind: 'binary' }, ({ fn, left, right }) => {
      const operands = [lower(left), lower(right)];
      return at(() => BINARY[fn](builder, operands));
    })
    .with({ kind: 'select' }, ({ condition, whenTrue, whenFalse }) => {
      const operands = [lower(condition), lower(whenTrue), lower(whenFalse)];
      return at(() => builder.emit('select', operands));
    })
    .with({ kind: 'clip' }, ({ operand, low, high }) => {
      const [x, from, to] = [lower(operand), lower(low), lower(high)];
      return at(() => builder.emit('minimum', [builder.emit('maximum', [x, from]), to]));
    })
    .with({ kind: 'lerp' }, ({ from, to, t }) => {
      const [a, b, weight] = [lower(from), lower(to), lower(t)];
      return at(() => builder.emit('add', [a, builder.emit('multiply', [weight, builder.emit('subtract', [b, a])])]));
    })
    .with({ kind: 'aggregate' }, ({ fn, operand }) => {
      const x = lower(operand);
      return at(() => AGGREGATE[fn](builder, x));
    })
    .with({ kind: 'apply' }, ({ fn, args }) => {
      const operands = args.map(lower);
      return at(() => lowerTensorFunction(fn, builder, operands));
    })
    .with({ kind: 'reduce' }, ({ operand, weights, reduction }) => {
      const losses = lower(operand);
      if (weights.kind === 'constant' && weights.value === 1) return at(() => unweightedLoss(builder, losses, reduction));
      const w = lower(weights);
      return at(() => weightedLoss(builder, losses, w, reduction));
    })
    .with({ kind: 'cross_entropy' }, ({ fn, labels, logits, smoothing }) => {
      const operands = [lower(labels), lower(logits)] as const;
      return at(() => CROSS_ENTROPY[fn](builder, ...operands, smoothing));
    })
    .with({ kind: 'log_prob' }, ({ distribution, value }) => {
      const operands = [lower(distribution), lower(value)];
      return at(() => builder.emit('log_prob', operands));
    })
    .with({ kind: 'grad' }, ({ of, by }) => {
      const x = lower(by);
      const y = lower(of);
      return at(() => builder.emit('gradient', [y, x]));
    })
    .with({ kind: 'draw' }, ({ distribution, like, draw }) => {
      const shape = lower(like);
      const name = `${scope.prefix}.${draw}`;
      return at(() => DRAW[distribution](builder, shape, name));
    })
    .with({ kind: 'ema' }, ({ operand, decay, key }) => {
      const [x, d] = [lower(operand), lower(decay)];
      const name = keptKey(scope, key);
      return at(() => {
        const old = builder.emit('state_read', [x], { key: name });
        // old + (1 − d)(x − old), so that a first reading of x stays x to the bit
        const change = builder.emit('multiply', [builder.emit('subtract', [builder.constant(1), d]), builder.emit('subtract', [x, old])]);
        return builder.emit('state_write', [builder.emit('add', [old, change])], { key: name });
      });
    })
    .with({ kind: 'running_mean' }, ({ operand, key }) => {
      const x = lower(operand);
      const name = keptKey(scope, key);
      return at(() => {
        const one = builder.constant(1);
        const count = builder.emit('add', [builder.emit('state_read', [builder.constant(0)], { key: `${name}.steps` }), one]);
        const counted = builder.emit('state_write', [count], { key: `${name}.steps` });
        const old = builder.emit('state_read', [x], { key: name });
        return builder.emit('state_write', [builder.emit('add', [old, builder.emit('divide', [builder.emit('subtract', [x, old]), counted])])], { key: name });
      });
    })
    .with({ kind: 'spectral_norm' }, ({ operand, iterations, key }) => {
      const w = lower(operand);
      const name = keptKey(scope, key);
      return at(() => {
        const before = builder.emit('state_read', [builder.emit('singular_start', [w])], { key: name });
        const vector = builder.emit('state_write', [builder.emit('singular_vector', [w, before], { iterations })], { key: name });
        return builder.emit('spectral_norm', [w, vector]);
      });
    })
    .with({ kind: 'hook' }, ({ hook, operand, keepsShape, draw }) => {
      const x = lower(operand);
      return at(() => builder.emit('hook_call', [x], { hook, keeps_shape: keepsShape, draw: `${scope.prefix}.${draw}` }));
    })
    .with({ kind: 'weights' }, ({ network, which }) => {
      const own = network === 'D' ? scope.binding.discriminator : network;
      return at(() => builder.emit('network_weights', [], { network: own, least_rank: which === 'all' ? 0 : 2 }));
    })
    .with({ kind: 'state' }, ({ name, initial }) => at(() => builder.emit('state_read', [builder.constant(initial)], { key: stateKey(scope, name) })))
    .with({ kind: 'pooled' }, ({ operand, size, key }) => {
      const x = lower(operand);
      return at(() => builder.emit('state_pool', [x], { key: keptKey(scope, key), size }));
    })
    .exhaustive();
}

/** What a function keeps is each player's own. */
const keptKey = ({ player, prefix }: LowerScope, key: string): string => `${player}/${prefix}.${key}`;

/** A term's named state is one for both players. */
export const stateKey = ({ prefix }: Pick<LowerScope, 'prefix'>, name: string): string => `${prefix}.${name}`;

function lowerModelName(name: ModelName, scope: LowerScope, at: At): ValueId {
  const { binding } = scope;
  if (name === 'fake' && scope.explicitFake) {
    const { network, from, condition } = binding.generator;
    const [data, beside] = [from, condition].map((input) => (input === null ? null : scope.input(inputName(binding, input))));
    invariant(data !== null, 'a generator makes its fakes from something');
    return at(() => scope.call(network, data, beside, null));
  }
  const bound = binding.names[name];
  invariant(bound !== undefined, `the name '${name}' reached lowering in a model that does not bind it`);
  if (bound.kind === 'input') return scope.input(bound.name);
  const data = lowerModelName(bound.data, scope, at);
  const condition = bound.condition === null ? null : lowerModelName(bound.condition, scope, at);
  return at(() => scope.call(bound.network, data, condition, null));
}

function inputName(binding: ModelBinding, name: ModelName): string {
  const bound = binding.names[name];
  invariant(bound?.kind === 'input', `'${name}' is no input of the model`);
  return bound.name;
}

function lowerCall({ network: written, head, args }: Extract<TypedExpr, { kind: 'network' }>, data: ValueId, condition: ValueId | null, scope: LowerScope): ValueId {
  const { binding } = scope;
  const network = written === 'D' ? binding.discriminator : written;
  const conditioned = (isReal(args[0], network, binding) ? binding.onReal?.[network] : undefined) ?? binding.conditions[network];
  if (conditioned !== undefined) return scope.call(network, data, scope.input(conditioned), head);
  if (head === null) {
    const made = scope.fakes.find((fake) => fake.network === network && scope.input(fake.from) === data && (fake.condition === null ? condition === null : scope.input(fake.condition) === condition));
    if (made !== undefined) return scope.input(made.fake);
  }
  return scope.call(network, data, condition, head);
}

function isReal(data: TypedExpr, network: NetworkName, { names, reals }: ModelBinding): boolean {
  const bound = data.kind === 'model' ? names[data.name] : undefined;
  return bound?.kind === 'input' && bound.name === reals[network];
}

type UnaryRow = (builder: Builder, x: ValueId) => ValueId;
const unary = (op: OpKind & ('abs' | 'sqrt' | 'exponential' | 'log' | 'log_plus_one' | 'tanh' | 'logistic' | 'softplus' | 'sign' | 'negate' | 'not' | 'as_list' | 'stop_gradient')): UnaryRow => (builder, x) => builder.emit(op, [x]);

const UNARY: { readonly [F in UnaryFunction]: UnaryRow } = {
  abs: unary('abs'),
  sqrt: unary('sqrt'),
  exp: unary('exponential'),
  log: unary('log'),
  log1p: unary('log_plus_one'),
  tanh: unary('tanh'),
  sigmoid: unary('logistic'),
  softplus: unary('softplus'),
  sign: unary('sign'),
  negate: unary('negate'),
  not: unary('not'),
  list: unary('as_list'),
  stop_gradient: unary('stop_gradient'),
  square: (builder, x) => builder.emit('multiply', [x, x]),
  // 0 stands first: at a tie the gradient goes to the first operand, and relu's is 0 there, as TensorFlow's
  relu: (builder, x) => builder.emit('maximum', [builder.constant(0), x]),
  ones_like: (builder, x) => builder.emit('broadcast_like', [builder.constant(1), x], { align: 'trailing' }),
  zeros_like: (builder, x) => builder.emit('broadcast_like', [builder.constant(0), x], { align: 'trailing' }),
};

type BinaryRow = (builder: Builder, operands: readonly ValueId[]) => ValueId;
const binary = (op: OpKind & ('add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'maximum' | 'minimum' | 'and' | 'or')): BinaryRow => (builder, operands) => builder.emit(op, operands);
const compare = (direction: 'EQ' | 'NE' | 'LT' | 'LE' | 'GT' | 'GE'): BinaryRow => (builder, operands) => builder.emit('compare', operands, { direction });

const BINARY: { readonly [F in BinaryFunction]: BinaryRow } = {
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide'),
  power: binary('power'),
  max: binary('maximum'),
  min: binary('minimum'),
  and: binary('and'),
  or: binary('or'),
  eq: compare('EQ'),
  ne: compare('NE'),
  lt: compare('LT'),
  le: compare('LE'),
  gt: compare('GT'),
  ge: compare('GE'),
};

const sum = (axes: Axes): UnaryRow => (builder, x) => builder.emit('reduce', [x], { kind: 'add', axes });
const mean = (axes: Axes): UnaryRow => (builder, x) => builder.emit('divide', [sum(axes)(builder, x), builder.emit('size', [x], { axes })]);

const maximum = (axes: 'all' | 'all_but_first'): UnaryRow => (builder, x) => builder.emit('reduce', [x], { kind: 'maximum', axes });

const AGGREGATE: { readonly [F in ReduceFunction]: UnaryRow } = {
  sum: sum('all'),
  mean: mean('all'),
  sum_per_sample: sum('all_but_first'),
  mean_per_sample: mean('all_but_first'),
  sum_over_samples: sum([0]),
  mean_over_samples: mean([0]),
  pixels: (builder, x) => builder.emit('divide', [builder.emit('size', [x], { axes: 'all_but_first' }), builder.emit('size', [x], { axes: [-1] })]),
  reduce_max: maximum('all'),
  max_per_sample: maximum('all_but_first'),
  sum_of_each: (builder, x) => builder.emit('sum_of_each', [x]),
  mean_of_each: (builder, x) => builder.emit('mean_of_each', [x]),
};

const DRAW: { readonly [F in DrawFunction]: (builder: Builder, like: ValueId, draw: string) => ValueId } = {
  uniform_per_sample: (builder, like, draw) => builder.emit('rng_uniform', [like], { draw, each: 'sample' }),
  uniform_like: (builder, like, draw) => builder.emit('rng_uniform', [like], { draw, each: 'element' }),
  normal_like: (builder, like, draw) => builder.emit('rng_normal', [like], { draw }),
};

const CROSS_ENTROPY: { readonly [F in 'sigmoid' | 'softmax']: (builder: Builder, labels: ValueId, logits: ValueId, smoothing: number) => ValueId } = {
  sigmoid: (builder, labels, logits, smoothing) =>
    builder.emit('sigmoid_cross_entropy', [smooth(builder, labels, smoothing, () => builder.constant(smoothing / 2)), logits]),
  softmax: (builder, labels, logits, smoothing) => {
    const share = () => builder.emit('divide', [builder.constant(smoothing), builder.emit('size', [logits], { axes: [-1] })]);
    // tf.losses.softmax_cross_entropy stops the gradient of its labels
    const targets = builder.emit('stop_gradient', [smooth(builder, labels, smoothing, share)]);
    return builder.emit('softmax_cross_entropy', [targets, logits]);
  },
};

function smooth(builder: Builder, labels: ValueId, smoothing: number, share: () => ValueId): ValueId {
  if (smoothing === 0) return labels;
  return builder.emit('add', [builder.emit('multiply', [labels, builder.constant(1 - smoothing)]), share()]);
}
