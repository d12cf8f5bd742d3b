import type * as tf from '@tensorflow/tfjs';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import type { DType } from '../../ir/types.ts';

/** What a row knows beside the operands' tensors. */
export interface RowSite {
  /** Of the result. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The number that every element of an operand is; null where unknown. */
  readonly constantOf: (place: number) => number | null;
}

/** An op as tfjs calls. Its result is no operand: at least a clone. It is asked for results that have elements only. */
export type Row<K extends OpKind> = (operands: readonly tf.Tensor[], attributes: OpAttributes[K], site: RowSite) => tf.Tensor;

export type RowTable = { readonly [K in OpKind]: Row<K> };

export const TF_DTYPES = { f32: 'float32', i32: 'int32', i1: 'bool' } as const satisfies Record<DType, tf.DataType>;
