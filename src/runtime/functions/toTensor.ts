import * as tf from '@tensorflow/tfjs';

/** What the functions of a program take: a tensor, or a number or array in its place. */
export type Operand = tf.Tensor | tf.TensorLike;

/** A tensor as it is, a number or array as a tensor. */
export function toTensor(x: Operand): tf.Tensor {
  return x instanceof tf.Tensor ? x : tf.tensor(x);
}
