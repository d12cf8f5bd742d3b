import * as tf from '@tensorflow/tfjs';
import type { Attributes, GradientRule } from './rule.ts';
import { sumToShape } from './sumToShape.ts';

/** The gradients of a product with transpose flags by its two operands, summed over broadcast batch axes. */
export function productGradients(
  dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, { transposeA, transposeB }: Attributes,
): { readonly a: () => tf.Tensor; readonly b: () => tf.Tensor } {
  const ta = transposeA === true;
  const tb = transposeB === true;
  return {
    a: () => sumToShape(ta ? tf.matMul(b, dy, tb, true) : tf.matMul(dy, b, false, !tb), a.shape),
    b: () => sumToShape(tb ? tf.matMul(dy, a, true, ta) : tf.matMul(a, dy, !ta, false), b.shape),
  };
}

/** Batched matrix product; tfjs's rule lacks only the sum over broadcast batch axes. */
export const matMulRule: GradientRule = {
  kernelName: 'BatchMatMul',
  inputs: ['a', 'b'],
  gradient: (dy, [a, b], attributes) => productGradients(dy, a!, b!, attributes),
};
