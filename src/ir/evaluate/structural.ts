import { SpecError } from '../../support/diagnostic.ts';
import { fromStart } from '../infer/reductions.ts';
import type { OpKind } from '../ops.ts';
import type { ArrayValue } from '../values.ts';
import { arrayValue, broadcastStrides, forEachIndex, offsetsOf, placeOf, stridesOf } from '../values.ts';
import type { EvaluateRule, EvaluateTable, RuleContext } from './rule.ts';
import { arrayOperand, arrayRule } from './rule.ts';

function readAt(result: Float64Array, data: Float64Array, offsets: Int32Array): void {
  offsets.forEach((offset, i) => (result[i] = data[offset]));
}

/** The strides of an operand whose dimension i becomes dimension `places[i]` of `shape`. */
function placedStrides(operand: ArrayValue, places: readonly number[], shape: readonly number[]): number[] {
  const own = stridesOf(operand.shape);
  const strides = shape.map(() => 0);
  places.forEach((place, i) => {
    if (operand.shape[i] !== 1) strides[place] = own[i];
  });
  return strides;
}

/** TF v1 `compute_weighted_loss` (weights_broadcast_ops.assert_broadcastable): rank 0, or the losses' rank and each dimension 1 or equal. */
function requireWeights(weights: ArrayValue, losses: ArrayValue, { origin }: RuleContext): void {
  const fits =
    weights.shape.length === 0 || (weights.shape.length === losses.shape.length && weights.shape.every((dim, i) => dim === 1 || dim === losses.shape[i]));
  if (fits) return;
  const message = `weights of shape [${weights.shape.join(', ')}] do not broadcast to losses of shape [${losses.shape.join(', ')}]`;
  const hint = 'weights are a scalar, or have the rank of the losses with each dimension 1 or equal';
  throw new SpecError(message, [{ code: 'GL5004', severity: 'error', message, span: origin[0] ?? null, hint }]);
}

const broadcastWeights: EvaluateRule<'broadcast_weights'> = (operands, _attributes, context) => {
  const weights = arrayOperand('broadcast_weights', operands, 0);
  const losses = arrayOperand('broadcast_weights', operands, 1);
  requireWeights(weights, losses, context);
  const offsets = offsetsOf(losses.shape, broadcastStrides(weights.shape, losses.shape));
  return arrayValue(
    losses.shape,
    Float64Array.from(offsets, (offset) => weights.data[offset]),
    weights.dtype,
  );
};

function identity<K extends OpKind>(op: K): EvaluateRule<K> {
  return arrayRule(op, (result, [operand]) => result.set(operand.data));
}

export const structural = {
  constant: arrayRule('constant', (result, _operands, { data }) => result.set(data)),
  iota: arrayRule('iota', (result, _operands, { iota_dimension }, shape) => {
    const strides = shape.map((_, i) => Number(i === iota_dimension));
    offsetsOf(shape, strides).forEach((count, i) => (result[i] = count));
  }),
  reshape: identity('reshape'),
  transpose: arrayRule('transpose', (result, [operand], { permutation }, shape) => {
    const own = stridesOf(operand.shape);
    const strides = permutation.map((from) => own[from]);
    readAt(result, operand.data, offsetsOf(shape, strides));
  }),
  broadcast_in_dim: arrayRule('broadcast_in_dim', (result, [operand], { broadcast_dimensions }, shape) => {
    readAt(result, operand.data, offsetsOf(shape, placedStrides(operand, broadcast_dimensions, shape)));
  }),
  slice: arrayRule('slice', (result, [operand], { start_indices, strides }, shape) => {
    const own = stridesOf(operand.shape);
    const start = start_indices.reduce((sum, index, i) => sum + index * own[i], 0);
    const steps = strides.map((stride, i) => stride * own[i]);
    readAt(result, operand.data, offsetsOf(shape, steps, start));
  }),
  pad: arrayRule('pad', (result, [operand, value], { low, interior }, shape) => {
    result.fill(value.data[0]);
    forEachIndex(operand.shape, (index, from) => {
      const target = index.map((i, axis) => low[axis] + i * (interior[axis] + 1));
      const place = placeOf(shape, target);
      if (place >= 0) result[place] = operand.data[from];
    });
  }),
  concatenate: arrayRule('concatenate', (result, parts, { dimension }, shape) => {
    const strides = stridesOf(shape);
    let start = 0;
    for (const part of parts) {
      offsetsOf(part.shape, strides, start * strides[dimension]).forEach((offset, i) => (result[offset] = part.data[i]));
      start += part.shape[dimension];
    }
  }),
  reverse: arrayRule('reverse', (result, [operand], { dimensions }, shape) => {
    const own = stridesOf(shape);
    const start = dimensions.reduce((sum, axis) => sum + (shape[axis] - 1) * own[axis], 0);
    const strides = own.map((stride, axis) => (dimensions.includes(axis) ? -stride : stride));
    readAt(result, operand.data, offsetsOf(shape, strides, start));
  }),
  iota_like: arrayRule('iota_like', (result, _operands, { dimension }, shape) => {
    const [axis] = fromStart([dimension], shape.length);
    offsetsOf(shape, shape.map((_, i) => Number(i === axis))).forEach((count, i) => (result[i] = count));
  }),
  descending_rank: arrayRule('descending_rank', (result, [{ data }]) => {
    data.forEach((x, i) => (result[i] = data.reduce((count, y, j) => count + Number(y > x || (y === x && j < i)), 0)));
  }),
  append: arrayRule('append', (result, [x, value], _attributes, shape) => {
    result.fill(value.data[0]);
    offsetsOf(x.shape, stridesOf(shape)).forEach((offset, i) => (result[offset] = x.data[i]));
  }),
  broadcast_like: arrayRule('broadcast_like', (result, [x], { align }, shape) => {
    const offset = align === 'trailing' ? shape.length - x.shape.length : 0;
    const places = x.shape.map((_, i) => i + offset);
    readAt(result, x.data, offsetsOf(shape, placedStrides(x, places, shape)));
  }),
  sum_like: arrayRule('sum_like', (result, [x], _attributes, shape) => {
    offsetsOf(x.shape, broadcastStrides(shape, x.shape)).forEach((offset, i) => (result[offset] += x.data[i]));
  }),
  broadcast_weights: broadcastWeights,
} satisfies Partial<EvaluateTable>;
