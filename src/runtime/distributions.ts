import * as tf from '@tensorflow/tfjs';

/** What a head of an InfoGAN discriminator stands for: anything that can say how probable a code is. */
export interface Distribution {
  /** Elementwise logarithm of the probability (density) of `value`. */
  readonly logProb: (value: tf.Tensor) => tf.Tensor;
}

/** Categorical over the last axis of `logits` [N, K]; values are class numbers [N] (tensorflow_probability's Categorical). */
export function categorical(logits: tf.Tensor): Distribution {
  return {
    logProb: (value) => {
      const chosen = tf.oneHot(tf.cast(value, 'int32'), logits.shape[logits.rank - 1]);
      return tf.sum(tf.mul(tf.cast(chosen, 'float32'), tf.logSoftmax(logits)), -1);
    },
  };
}

/** Normal with mean `loc` and standard deviation `scale` (tensorflow_probability's Normal). */
export function normal(loc: tf.Tensor, scale: tf.Tensor | number): Distribution {
  return {
    logProb: (value) => {
      const squares = tf.square(tf.div(tf.sub(value, loc), scale));
      const normaliser = tf.add(0.5 * Math.log(2 * Math.PI), tf.log(scale));
      return tf.sub(tf.mul(-0.5, squares), normaliser);
    },
  };
}

export function isDistribution(value: unknown): value is Distribution {
  return typeof value === 'object' && value !== null && 'logProb' in value && typeof value.logProb === 'function';
}
