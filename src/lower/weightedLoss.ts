import type { Reduction } from '../dsl/typed.ts';
import type { Builder } from '../ir/builder.ts';
import type { ValueId } from '../ir/graph.ts';

/**
 * TF v1's `compute_weighted_loss(losses, weights, reduction)`.
 * Divisions are safe: a zero denominator gives 0, and so do its gradients. Gradients flow through the weights too.
 */
export function weightedLoss(builder: Builder, losses: ValueId, weights: ValueId, reduction: Reduction): ValueId {
  const broadcast = builder.emit('broadcast_weights', [weights, losses]);
  const weighted = builder.emit('multiply', [losses, broadcast]);
  const sum = (value: ValueId) => builder.emit('reduce', [value], { kind: 'add', axes: 'all' });
  const present = () => {
    const nonzero = builder.emit('compare', [broadcast, builder.constant(0)], { direction: 'NE' });
    return sum(builder.emit('convert', [nonzero], { dtype: 'f32' }));
  };
  const rows: { readonly [R in Reduction]: () => ValueId } = {
    none: () => weighted,
    sum: () => sum(weighted),
    mean: () => builder.emit('divide_no_nan', [sum(weighted), sum(broadcast)]),
    sum_over_batch_size: () => builder.emit('divide_no_nan', [sum(weighted), builder.emit('size', [losses], { axes: 'all' })]),
    sum_over_nonzero_weights: () => builder.emit('divide_no_nan', [sum(weighted), present()]),
    sum_by_nonzero_weights: () => builder.emit('divide_no_nan', [sum(weighted), present()]),
  };
  return rows[reduction]();
}

/** The same for weights of 1, where every mean is the plain one. A batch holds at least one element, so that the division is safe. */
export function unweightedLoss(builder: Builder, losses: ValueId, reduction: Reduction): ValueId {
  if (reduction === 'none') return losses;
  const sum = builder.emit('reduce', [losses], { kind: 'add', axes: 'all' });
  if (reduction === 'sum') return sum;
  return builder.emit('divide', [sum, builder.emit('size', [losses], { axes: 'all' })]);
}
