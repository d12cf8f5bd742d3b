import * as tf from '@tensorflow/tfjs';
import type { GradientRule } from './rule.ts';
import { sumToShape } from './sumToShape.ts';

/** Batched matrix product; tfjs's rule lacks only the sum over broadcast batch axes. */
export const matMulRule: GradientRule = {
  kernelName: 'BatchMatMul',
  inputs: ['a', 'b'],
  gradient: (dy, [a, b], { transposeA, transposeB }) => {
    const ta = transposeA === true;
    const tb = transposeB === true;
    return {
      a: () => sumToShape(ta ? tf.matMul(b!, dy, tb, true) : tf.matMul(dy, b!, false, !tb), a!.shape),
      b: () => sumToShape(tb ? tf.matMul(dy, a!, true, ta) : tf.matMul(a!, dy, !ta, false), b!.shape),
    };
  },
};
