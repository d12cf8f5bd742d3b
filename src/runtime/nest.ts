import * as tf from '@tensorflow/tfjs';

/** A tensor, or lists of such, nested at will. */
export type Nest = tf.Tensor | readonly Nest[];

/** The tensors of a nest from left to right. */
export function flattenNest(nest: Nest): readonly tf.Tensor[] {
  return nest instanceof tf.Tensor ? [nest] : nest.flatMap(flattenNest);
}

/** A nest of `like`'s structure that holds `tensors`. */
export function packNest<N extends Nest>(like: N, tensors: readonly tf.Tensor[]): N {
  let next = 0;
  const pack = (nest: Nest): Nest => (nest instanceof tf.Tensor ? tensors[next++] : nest.map(pack));
  return pack(like) as N;
}
