import { isScalar } from '../../ir/types.ts';
import type { ValueId } from '../../ir/graph.ts';
import type { AnyRule, Candidate, View } from '../rewrite.ts';
import { range, shapeOf, staticShape } from '../shapes.ts';
import { madeBy, rule } from './match.ts';
import { isNeverMinusZero } from './signs.ts';

const SAME_PLACES = 'every element stays where it is';

function sameStatic(view: View, a: ValueId, b: readonly number[]): boolean {
  return staticShape(view.typeOf(a))?.join() === b.join();
}

function overNothing({ operands: [x], attributes: { axes } }: Candidate<'reduce'>, view: View): boolean {
  return typeof axes === 'string' ? isScalar(view.typeOf(x)) : axes.length === 0;
}

const ascending = (axes: readonly number[]) => axes.every((axis, i) => axis === i);

/** Reshapes, transposes, slices, broadcasts: elements move and stay what they are, so every rule is exact. */
export const VIEW_RULES: readonly AnyRule[] = [
  rule('reshape', 'reshape to the same shape', 'strict', SAME_PLACES, ({ operands: [x], attributes }, view) => (sameStatic(view, x, attributes.shape) ? x : null)),
  rule('reshape', 'reshape of a reshape', 'strict', 'the order of elements is the same', ({ operands: [x], attributes }, view) => {
    const inner = madeBy(view, x, 'reshape');
    return inner === null ? null : view.emit('reshape', inner.operands, attributes);
  }),
  rule('transpose', 'transpose of nothing', 'strict', SAME_PLACES, ({ operands: [x], attributes }) => (ascending(attributes.permutation) ? x : null)),
  rule('transpose', 'transpose of a transpose', 'strict', 'two permutations are one', ({ operands: [x], attributes }, view) => {
    const inner = madeBy(view, x, 'transpose');
    if (inner === null) return null;
    return view.emit('transpose', inner.operands, { permutation: attributes.permutation.map((axis) => inner.attributes.permutation[axis]) });
  }),
  rule('reverse', 'reverse of nothing', 'strict', SAME_PLACES, ({ operands: [x], attributes }) => (attributes.dimensions.length === 0 ? x : null)),
  rule('reverse', 'double reversal', 'strict', SAME_PLACES, ({ operands: [x], attributes }, view) => {
    const inner = madeBy(view, x, 'reverse');
    return inner !== null && [...inner.attributes.dimensions].sort().join() === [...attributes.dimensions].sort().join() ? inner.operands[0] : null;
  }),
  rule('broadcast_in_dim', 'broadcast to the same shape', 'strict', SAME_PLACES, ({ operands: [x], attributes }, view) =>
    ascending(attributes.broadcast_dimensions) && sameStatic(view, x, attributes.shape) ? x : null,
  ),
  rule('broadcast_in_dim', 'broadcast of a broadcast', 'strict', 'two broadcasts are one', ({ operands: [x], attributes }, view) => {
    const inner = madeBy(view, x, 'broadcast_in_dim');
    if (inner === null) return null;
    const broadcast_dimensions = inner.attributes.broadcast_dimensions.map((axis) => attributes.broadcast_dimensions[axis]);
    return view.emit('broadcast_in_dim', inner.operands, { shape: attributes.shape, broadcast_dimensions });
  }),
  rule('slice', 'slice of everything', 'strict', SAME_PLACES, ({ operands: [x], attributes }, view) => {
    const whole = attributes.start_indices.every((start) => start === 0) && attributes.strides.every((stride) => stride === 1);
    return whole && sameStatic(view, x, attributes.limit_indices) ? x : null;
  }),
  rule('pad', 'pad by nothing', 'strict', SAME_PLACES, ({ operands: [x], attributes: { low, high, interior } }) =>
    [...low, ...high, ...interior].every((size) => size === 0) ? x : null,
  ),
  rule('concatenate', 'concatenation of one', 'strict', SAME_PLACES, ({ operands }) => (operands.length === 1 ? operands[0] : null)),
  rule('broadcast_like', 'broadcast to the same shape', 'strict', SAME_PLACES, (candidate, view) => (view.fits(candidate, candidate.operands[0]) ? candidate.operands[0] : null)),
  rule('broadcast_like', 'scalar broadcast twice', 'strict', 'one broadcast reaches the whole shape', ({ operands: [x, like], attributes }, view) => {
    const inner = madeBy(view, x, 'broadcast_like');
    return inner !== null && isScalar(view.typeOf(inner.operands[0])) ? view.emit('broadcast_like', [inner.operands[0], like], attributes) : null;
  }),
  rule('broadcast_like', 'broadcast to the shape of a broadcast', 'strict', 'only the shape matters, and it comes from elsewhere', ({ operands: [x, like], attributes }, view) => {
    const source = madeBy(view, like, 'broadcast_like');
    return source === null ? null : view.emit('broadcast_like', [x, source.operands[1]], attributes);
  }),
  // TensorFlow's gradients leave this sum out, too. The reference adds x to 0, which differs for x = −0 only
  rule('sum_like', 'sum to the same shape', 'strict', 'there is nothing to add', (candidate, view) => (view.fits(candidate, candidate.operands[0]) ? candidate.operands[0] : null), { upTo: 'the sign of zero' }),
  rule('sum_like', 'sum to a scalar', 'strict', 'a scalar takes the sum over all axes', ({ operands: [x, like] }, view) =>
    isScalar(view.typeOf(like)) ? view.emit('reduce', [x], { kind: 'add', axes: 'all' }) : null,
  ),
  // compute_weighted_loss's rule is numpy's for these
  rule('broadcast_weights', 'scalar weights', 'strict', 'a scalar weight fits losses of any shape', ({ operands: [weights, losses] }, view) =>
    isScalar(view.typeOf(weights)) ? view.emit('broadcast_like', [weights, losses], { align: 'trailing' }) : null,
  ),
  rule('broadcast_weights', 'weights of the losses’ shape', 'strict', SAME_PLACES, (candidate, view) => (view.fits(candidate, candidate.operands[0]) ? candidate.operands[0] : null)),
  // a sum starts at 0, and 0 + −0 is 0
  rule('reduce', 'reduction over no axis', 'strict', 'there is nothing to combine', (candidate, view) => {
    const [x] = candidate.operands;
    const exact = candidate.attributes.kind !== 'add' || isNeverMinusZero(view, x);
    return exact && overNothing(candidate, view) ? x : null;
  }),
  rule('reduce', 'sum of any value over no axis', 'fast', 'there is nothing to add, up to the sign of zero', (candidate, view) => (overNothing(candidate, view) ? candidate.operands[0] : null)),
  rule('reduce', 'reduction of everything in another shape', 'strict', 'the same elements in the same order', ({ operands: [x], attributes }, view) => {
    const inner = madeBy(view, x, 'reshape');
    const type = view.typeOf(x);
    const all = attributes.axes === 'all' || (type.kind === 'tensor' && attributes.axes.length === type.shape.dims.length && attributes.axes !== 'all_but_first');
    // a scalar reduced over no axis has rules of its own
    if (inner === null || !all || isScalar(view.typeOf(inner.operands[0]))) return null;
    return view.emit('reduce', inner.operands, { kind: attributes.kind, axes: 'all' });
  }),
  rule(
    'reduce',
    'sum of a broadcast one',
    'strict',
    'the sum of n ones is n',
    ({ operands: [x], attributes }, view) => {
      const inner = madeBy(view, x, 'broadcast_like');
      if (inner === null || attributes.kind !== 'add' || attributes.axes !== 'all' || view.constantOf(x) !== 1) return null;
      return view.emit('size', [inner.operands[1]], { axes: 'all' });
    },
    { assumes: 'a tensor has at most 2^24 elements: up to there float32 counts exactly' },
  ),
  // the sum of n equal numbers rounds n times
  rule('divide', 'mean of a repeated scalar', 'fast', 'the mean of equal numbers is the number, up to rounding', ({ operands: [total, count] }, view) => {
    const sum = madeBy(view, total, 'reduce');
    const size = madeBy(view, count, 'size');
    if (sum === null || size === null || sum.attributes.kind !== 'add' || sum.attributes.axes !== 'all' || size.attributes.axes !== 'all') return null;
    const repeated = madeBy(view, sum.operands[0], 'broadcast_like');
    if (repeated === null || !isScalar(view.typeOf(repeated.operands[0])) || !view.sameShape(repeated.id, size.operands[0])) return null;
    return repeated.operands[0];
  }),
  rule('size', 'known size', 'strict', 'the shape is known', ({ operands: [x], attributes: { axes } }, view) => {
    const shape = staticShape(view.typeOf(x));
    if (shape === null) return null;
    const chosen = axes === 'all' ? range(shape.length) : axes === 'all_but_first' ? range(shape.length).slice(1) : axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
    return view.constant(chosen.reduce((product, axis) => product * shapeOf(view.typeOf(x))[axis], 1));
  }),
];
