import type { Builder } from '../ir/builder.ts';
import type { Equation, Graph, ValueId } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { emitter, filledLike, reshaped } from './emit.ts';
import { rebuild } from './rebuild.ts';
import { shapeOf } from './shapes.ts';
import { spread } from './vjp/reductions.ts';

/** log(1 + e^−|x|), which never overflows. */
function logOnePlusExpOfMinus(builder: Builder, positive: ValueId): ValueId {
  return builder.emit('log_plus_one', [builder.emit('exponential', [builder.emit('negate', [positive])])]);
}

function softplus(builder: Builder, x: ValueId): ValueId {
  const rectified = builder.emit('maximum', [x, filledLike(builder, 0, x)]);
  return builder.emit('add', [rectified, logOnePlusExpOfMinus(builder, builder.emit('abs', [x]))]);
}

/** TensorFlow's max(x, 0) − x·z + log(1 + e^−|x|), with its selects on x ≥ 0, so that NaN and infinities come out as there. */
function sigmoidCrossEntropy(builder: Builder, labels: ValueId, logits: ValueId): ValueId {
  const { add, subtract, multiply, negate, compare, select } = emitter(builder);
  const zero = filledLike(builder, 0, logits);
  const positive = compare('GE', logits, zero);
  const rectified = select(positive, logits, zero);
  const magnitude = select(positive, logits, negate(logits));
  return add(subtract(rectified, multiply(logits, labels)), logOnePlusExpOfMinus(builder, magnitude));
}

function softmaxCrossEntropy(builder: Builder, labels: ValueId, logits: ValueId): ValueId {
  const { subtract, multiply } = emitter(builder);
  const axes = [shapeOf(builder.typeOf(logits)).length - 1];
  const over = (x: ValueId) => spread(builder, x, logits, axes);
  const sum = (x: ValueId) => builder.emit('reduce', [x], { kind: 'add', axes });
  // its own derivative cancels, as in TensorFlow's kernel
  const greatest = builder.emit('stop_gradient', [builder.emit('reduce', [logits], { kind: 'maximum', axes })]);
  const shifted = subtract(logits, over(greatest));
  const logSum = builder.emit('log', [sum(builder.emit('exponential', [shifted]))]);
  return sum(multiply(labels, subtract(over(logSum), shifted)));
}

/** The denominator is replaced before the division, so that no NaN arises in its gradient either. */
function divideNoNan(builder: Builder, x: ValueId, y: ValueId): ValueId {
  const { compare, select, divide } = emitter(builder);
  const isZero = compare('EQ', y, filledLike(builder, 0, y));
  return select(isZero, filledLike(builder, 0, x), divide(x, select(isZero, filledLike(builder, 1, y), y)));
}

/** Each element compared with each: greater ones and, of equal ones, those that come before it count. */
function descendingRank(builder: Builder, x: ValueId): ValueId {
  const { compare, toFloat } = emitter(builder);
  const shape = shapeOf(builder.typeOf(x));
  const count = shape.reduce((product, size) => product * size, 1);
  const table = [count, count];
  const flat = reshaped(builder, x, [count]);
  const [own, other] = [0, 1].map((axis) => builder.emit('broadcast_in_dim', [flat], { shape: table, broadcast_dimensions: [axis] }));
  const [ownPlace, otherPlace] = [0, 1].map((iota_dimension) => builder.emit('iota', [], { dtype: 'f32', shape: table, iota_dimension }));
  const earlier = builder.emit('and', [compare('EQ', other, own), compare('LT', otherPlace, ownPlace)]);
  const ahead = toFloat(builder.emit('or', [compare('GT', other, own), earlier]));
  return reshaped(builder, builder.emit('reduce', [ahead], { kind: 'add', axes: [1] }), shape);
}

/** How each op of ganloss's own is written in StableHLO's. */
export const DECOMPOSITIONS = {
  softplus: (builder, [x]) => softplus(builder, x),
  sigmoid_cross_entropy: (builder, [labels, logits]) => sigmoidCrossEntropy(builder, labels, logits),
  softmax_cross_entropy: (builder, [labels, logits]) => softmaxCrossEntropy(builder, labels, logits),
  descending_rank: (builder, [x]) => descendingRank(builder, x),
  divide_no_nan: (builder, [x, y]) => divideNoNan(builder, x, y),
} as const satisfies { readonly [K in OpKind]?: (builder: Builder, operands: readonly ValueId[]) => ValueId };

export type DecomposedOp = keyof typeof DECOMPOSITIONS;

function decomposed(equation: Equation, operands: readonly ValueId[], builder: Builder): ValueId | null {
  return equation.op in DECOMPOSITIONS ? DECOMPOSITIONS[equation.op as DecomposedOp](builder, operands) : null;
}

/** Writes ganloss's own arithmetic in StableHLO's ops. For specialised graphs: operands have one static shape. */
export function decompose(graph: Graph): Graph {
  return rebuild(graph, (equation, operands, builder) =>
    builder.at(equation.origin, () => {
      const value = decomposed(equation, operands, builder);
      if (value === null) return builder.copy(equation, operands);
      if (equation.name !== undefined) builder.name(value, equation.name);
      return value;
    }),
  );
}
