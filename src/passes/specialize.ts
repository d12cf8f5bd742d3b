import type { Builder } from '../ir/builder.ts';
import { evaluateOp } from '../ir/evaluate.ts';
import type { Equation, EquationOf, Graph, ValueId } from '../ir/graph.ts';
import { resolveAxes } from '../ir/infer/reductions.ts';
import type { OpKind } from '../ir/ops.ts';
import { broadcastShapes } from '../ir/shapes.ts';
import { formatType, isStatic, type TensorType } from '../ir/types.ts';
import { filledValue } from '../ir/values.ts';
import { invariant } from '../support/invariant.ts';
import { reshaped } from './emit.ts';
import { rebuild } from './rebuild.ts';
import { isElementwise } from './shapeSource.ts';
import { otherAxes, range, shapeOf, staticShape } from './shapes.ts';

/** What a binding knows about a graph. */
export interface StaticTypes {
  /** The type of each input that is a tensor, by its name. */
  readonly inputs: ReadonlyMap<string, TensorType>;
  /** The type of a value that only the binding knows: of a `network_call`, `get_tuple_element` or `mean_of_each`. */
  readonly typeOf: (equation: Equation) => TensorType | undefined;
}

/**
 * The graph for given shapes, without anything that waits for them: every tensor is static, elementwise operands are broadcast by
 * `broadcast_in_dim`, axes are numbered, `size` is a constant, `broadcast_like`, `sum_like`, `iota_like`, `append` and `broadcast_weights` are gone. Apart
 * from ganloss's own ops (networks, state, draws, `divide_no_nan`, `descending_rank`, the cross-entropies: see `decompose`) it is StableHLO.
 *
 * @throws SpecError GL5004 where weights do not fit their losses
 */
export function specialize(graph: Graph, types: StaticTypes): Graph {
  const inputs = graph.inputs.map((input) => ({ ...input, type: types.inputs.get(input.name) ?? input.type }));
  return rebuild({ ...graph, inputs }, (equation, operands, builder) =>
    builder.at(equation.origin, () => {
      const value = specializeEquation(equation, operands, builder, types);
      const type = builder.typeOf(value);
      invariant(type.kind === 'opaque' || isStatic(type), `${equation.op} is of type ${formatType(type)}, which the binding does not make static`);
      if (equation.name !== undefined) builder.name(value, equation.name);
      return value;
    }),
  );
}

/** x in a larger shape, its dimensions from `start` on. */
function broadcastTo(builder: Builder, x: ValueId, shape: readonly number[], start: number): ValueId {
  const from = shapeOf(builder.typeOf(x));
  if (from.length === shape.length && from.every((size, i) => size === shape[i])) return x;
  return builder.emit('broadcast_in_dim', [x], { shape, broadcast_dimensions: range(from.length).map((i) => i + start) });
}

function broadcastTrailing(builder: Builder, x: ValueId, shape: readonly number[]): ValueId {
  return broadcastTo(builder, x, shape, shape.length - shapeOf(builder.typeOf(x)).length);
}

/** All in the shape that they broadcast to. */
function broadcastTogether(builder: Builder, operands: readonly ValueId[]): readonly ValueId[] {
  const shape = operands.map((id) => shapeOf(builder.typeOf(id))).reduce<readonly number[]>((a, b) => {
    const common = broadcastShapes({ dims: a, open: false }, { dims: b, open: false });
    invariant(common, `[${a}] and [${b}] do not broadcast`);
    return common.dims.map(Number);
  }, []);
  return operands.map((id) => broadcastTrailing(builder, id, shape));
}

function sumTo(builder: Builder, x: ValueId, shape: readonly number[]): ValueId {
  const from = shapeOf(builder.typeOf(x));
  const missing = from.length - shape.length;
  const kept = range(from.length).filter((axis) => axis >= missing && (shape[axis - missing] !== 1 || from[axis] === 1));
  const summed = otherAxes(from.length, kept);
  const sum = summed.length === 0 ? x : builder.emit('reduce', [x], { kind: 'add', axes: summed });
  return reshaped(builder, sum, shape);
}

/** compute_weighted_loss's rule; the reference evaluation words the error. */
function requireWeights(equation: EquationOf<'broadcast_weights'>, weights: readonly number[], losses: readonly number[]): void {
  const fits = weights.length === 0 || (weights.length === losses.length && weights.every((size, i) => size === 1 || size === losses[i]));
  if (!fits) evaluateOp('broadcast_weights', [filledValue(weights, 1), filledValue(losses, 1)], {}, { environment: {}, origin: equation.origin, gradient: null, evaluateOp });
}

interface Site<K extends OpKind> {
  readonly builder: Builder;
  readonly equation: EquationOf<K>;
  /** In the new graph. */
  readonly operands: readonly ValueId[];
  /** The static shape of an operand. */
  readonly shape: (place: number) => readonly number[];
}

/** How each op that waits for shapes is written once they are known. Elementwise ops broadcast their operands, all others stay. */
export const SPECIALIZATIONS = {
  softmax_cross_entropy: ({ builder, equation, operands }: Site<'softmax_cross_entropy'>) => builder.copy(equation, broadcastTogether(builder, operands)),
  reduce: ({ builder, equation, operands, shape }: Site<'reduce'>) => builder.emit('reduce', operands, { ...equation.attributes, axes: resolveAxes(equation.attributes.axes, shape(0).length) }),
  size: ({ builder, equation, shape }: Site<'size'>) => builder.constant(resolveAxes(equation.attributes.axes, shape(0).length).reduce((product, axis) => product * shape(0)[axis], 1)),
  dot_general: ({ builder, equation: { attributes }, operands, shape }: Site<'dot_general'>) =>
    builder.emit('dot_general', operands, {
      ...attributes,
      lhs_contracting_dimensions: resolveAxes(attributes.lhs_contracting_dimensions, shape(0).length),
      rhs_contracting_dimensions: resolveAxes(attributes.rhs_contracting_dimensions, shape(1).length),
    }),
  iota_like: ({ builder, equation, shape }: Site<'iota_like'>) =>
    builder.emit('iota', [], { dtype: 'f32', shape: shape(0), iota_dimension: resolveAxes([equation.attributes.dimension], shape(0).length)[0] }),
  append: ({ builder, operands, shape }: Site<'append'>) => {
    const nothing = shape(0).map(() => 0);
    return builder.emit('pad', operands, { low: nothing, high: nothing.map((_, axis) => Number(axis === nothing.length - 1)), interior: nothing });
  },
  broadcast_like: ({ builder, equation, operands, shape }: Site<'broadcast_like'>) =>
    equation.attributes.align === 'leading' ? broadcastTo(builder, operands[0], shape(1), 0) : broadcastTrailing(builder, operands[0], shape(1)),
  sum_like: ({ builder, operands, shape }: Site<'sum_like'>) => sumTo(builder, operands[0], shape(1)),
  broadcast_weights: ({ builder, equation, operands, shape }: Site<'broadcast_weights'>) => {
    requireWeights(equation, shape(0), shape(1));
    return broadcastTrailing(builder, operands[0], shape(1));
  },
} as const satisfies { readonly [K in OpKind]?: (site: Site<K>) => ValueId };

export type SpecializedOp = keyof typeof SPECIALIZATIONS;

function specializeEquation(equation: Equation, operands: readonly ValueId[], builder: Builder, types: StaticTypes): ValueId {
  if (isElementwise(equation.op)) return builder.copy(equation, broadcastTogether(builder, operands));
  if (!(equation.op in SPECIALIZATIONS)) return bound(builder.copy(equation, operands), equation, builder, types);
  // the row is that of the equation's op
  const rule = SPECIALIZATIONS[equation.op as SpecializedOp] as (site: Site<OpKind>) => ValueId;
  return rule({ builder, equation, operands, shape: (place) => shapeOf(builder.typeOf(operands[place])) });
}

/** A value of a network, as a tensor of the shape that the binding says: the reshape changes nothing and carries the type. */
function bound(value: ValueId, equation: Equation, builder: Builder, types: StaticTypes): ValueId {
  const type = builder.typeOf(value);
  if (type.kind === 'opaque' || staticShape(type)) return value;
  const known = types.typeOf(equation);
  return known === undefined ? value : builder.emit('reshape', [value], { shape: shapeOf(known) });
}
