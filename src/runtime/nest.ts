import * as tf from '@tensorflow/tfjs';

/** A tensor, or lists and plain objects of such, nested at will. */
export type Nest = tf.Tensor | readonly Nest[] | { readonly [key: string]: Nest };

/** The tensors of a nest from left to right, those of an object in the order of its keys. */
export function flattenNest(nest: Nest): readonly tf.Tensor[] {
  return nest instanceof tf.Tensor ? [nest] : Object.values(nest).flatMap(flattenNest);
}

/** A nest of `like`'s structure that holds `tensors`. */
export function packNest<N extends Nest>(like: N, tensors: readonly tf.Tensor[]): N {
  let next = 0;
  const pack = (nest: Nest): Nest => {
    if (nest instanceof tf.Tensor) return tensors[next++];
    if (Array.isArray(nest)) return nest.map(pack);
    return Object.fromEntries(Object.entries(nest).map(([key, part]) => [key, pack(part)]));
  };
  return pack(like) as N;
}
