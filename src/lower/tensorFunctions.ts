import type { TensorFunction } from '../dsl/typed.ts';
import type { Builder } from '../ir/builder.ts';
import type { ValueId } from '../ir/graph.ts';

type Row = (builder: Builder, operands: readonly ValueId[]) => ValueId;

/** Below it a vector counts as zero and stays what it is, as in tf.math.l2_normalize. */
const LEAST_SQUARE = 1e-12;

/** A value of each sample, for all elements of the sample. */
const over = (builder: Builder, perSample: ValueId, like: ValueId): ValueId => builder.emit('broadcast_like', [perSample, like], { align: 'leading' });
const sumOfSamples = (builder: Builder, x: ValueId): ValueId => builder.emit('reduce', [x], { kind: 'add', axes: 'all_but_first' });

const ROWS: { readonly [F in TensorFunction]: Row } = {
  similarities: (builder, operands) =>
    builder.emit('dot_general', operands, { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: 'all_but_first', rhs_contracting_dimensions: 'all_but_first' }),
  l2_normalize: (builder, [x]) => {
    const square = builder.emit('maximum', [sumOfSamples(builder, builder.emit('multiply', [x, x])), builder.constant(LEAST_SQUARE)]);
    return builder.emit('multiply', [x, over(builder, builder.emit('rsqrt', [square]), x)]);
  },
  log_sum_exp: (builder, [x, weights]) => {
    // the greatest only keeps the exponentials in range: its own derivative cancels
    const greatest = builder.emit('stop_gradient', [builder.emit('reduce', [x], { kind: 'maximum', axes: 'all_but_first' })]);
    const exponentials = builder.emit('exponential', [builder.emit('subtract', [x, over(builder, greatest, x)])]);
    const weighted = weights === undefined ? exponentials : builder.emit('multiply', [weights, exponentials]);
    return builder.emit('add', [builder.emit('log', [sumOfSamples(builder, weighted)]), greatest]);
  },
  identity_like: (builder, [x]) => {
    const [row, column] = [0, -1].map((dimension) => builder.emit('iota_like', [x], { dimension }));
    return builder.emit('convert', [builder.emit('compare', [row, column], { direction: 'EQ' })], { dtype: 'f32' });
  },
  descending_rank: (builder, operands) => builder.emit('descending_rank', operands),
  append: (builder, operands) => builder.emit('append', operands),
};

/** The equations of a function of whole tensors. */
export function lowerTensorFunction(fn: TensorFunction, builder: Builder, operands: readonly ValueId[]): ValueId {
  return ROWS[fn](builder, operands);
}
