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

/** Bernoulli of the probability sigmoid(`logits`), of any shape; values are 0 or 1 (tensorflow_probability's Bernoulli). */
export function bernoulli(logits: tf.Tensor): Distribution {
  return {
    logProb: (value) => {
      const event = tf.cast(value, 'float32');
      const [no, yes] = [tf.neg(tf.softplus(logits)), tf.neg(tf.softplus(tf.neg(logits)))];
      return tf.add(multiplyNoNan(no, tf.sub(1, event)), multiplyNoNan(yes, event));
    },
  };
}

/** Uniform on [`low`, `high`], outside of which the logarithm is −Infinity (tensorflow_probability's Uniform). */
export function uniform(low: tf.Tensor | number, high: tf.Tensor | number): Distribution {
  return {
    logProb: (value) => {
      const outside = tf.logicalOr(tf.less(value, low), tf.greater(value, high));
      // of the common shape, since a choice does not broadcast; a value that is NaN makes it NaN
      const logDensity = tf.sub(tf.mul(value, 0), tf.log(tf.sub(high, low)));
      return tf.where(outside, tf.fill(logDensity.shape, -Infinity), logDensity);
    },
  };
}

/** x·y, and 0 where y is 0 though x is infinite. */
function multiplyNoNan(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const product = tf.mul(x, y);
  const absent = tf.equal(tf.broadcastTo(y, product.shape), 0);
  return tf.where(absent, tf.zerosLike(product), product);
}

export function isDistribution(value: unknown): value is Distribution {
  return typeof value === 'object' && value !== null && 'logProb' in value && typeof value.logProb === 'function';
}
