import * as tf from '@tensorflow/tfjs';
import { stopGradient } from './losses.ts';

/** Keeps directions of zero finite. */
const SMALL = 1e-12;

/** w as a matrix whose columns its last axis counts: a dense kernel as it is, a convolution's as [h·w·in, out]. */
function asMatrix(w: tf.Tensor): tf.Tensor2D {
  return tf.reshape(w, [-1, w.shape[w.rank - 1] ?? 1]);
}

function unit(vector: tf.Tensor): tf.Tensor {
  return tf.div(vector, tf.add(tf.sqrt(tf.sum(tf.square(vector))), SMALL));
}

/** Where the search for the first left singular vector starts: cos 1, cos 2, …, as many as w has rows. */
export function singularStart(w: tf.Tensor): tf.Tensor {
  const rows = tf.util.sizeFromShape(w.shape.slice(0, -1));
  return tf.tensor1d(Float32Array.from({ length: rows }, (_, i) => Math.cos(i + 1)));
}

/** w's first left singular vector [rows], of length 1, after so many rounds of power iteration from u. No gradient flows through it. */
export function singularVector(w: tf.Tensor, u: tf.Tensor, iterations: number): tf.Tensor {
  return tf.tidy(() => {
    const matrix = asMatrix(stopGradient(w));
    let found = tf.reshape(stopGradient(u), [1, -1]);
    for (let round = 0; round < iterations; round += 1) found = tf.reshape(unit(tf.matMul(matrix, unit(tf.matMul(found, matrix)), false, true)), [1, -1]);
    return stopGradient(tf.reshape(found, [-1]));
  });
}

/** uᵀWv with v = Wᵀu/|Wᵀu|, u and v as constants: W's largest singular value where u is its left singular vector (Yoshida & Miyato, 2017). */
export function spectralNorm(w: tf.Tensor, u: tf.Tensor): tf.Tensor {
  const image = tf.matMul(tf.reshape(stopGradient(u), [1, -1]), asMatrix(w));
  return tf.sum(tf.mul(image, unit(stopGradient(image))));
}
