import * as tf from '@tensorflow/tfjs';
import { fail } from '../models/fail.ts';
import { sumToShape } from '../gradients/sumToShape.ts';
import { recordAsOne } from './recordAsOne.ts';
import { toTensor, type Operand } from './toTensor.ts';

/** x/y, and 0 where y is 0; so are its gradients there, whatever x is (tf.math.divide_no_nan). */
export function divideNoNan(x: Operand, y: Operand): tf.Tensor {
  const [dividend, divisor] = [toTensor(x), toTensor(y)];
  const zero = tf.equal(divisor, 0);
  // both sides are masked before the division: a masked quotient alone would leave 0·NaN in its gradient
  const safe = tf.where(zero, tf.onesLike(divisor), divisor);
  return tf.div(tf.where(alignedTo(zero, dividend), tf.zerosLike(dividend), dividend), safe);
}

function alignedTo(condition: tf.Tensor, like: tf.Tensor): tf.Tensor {
  return condition.rank === 0 || condition.rank === like.rank ? condition : tf.broadcastTo(condition, like.shape);
}

/** max(x, 0) − x·z + log(1 + exp(−|x|)), elementwise (tf.nn.sigmoid_cross_entropy_with_logits). Its gradient is sigmoid(x) − z. */
export function sigmoidCrossEntropy(labels: Operand, logits: Operand): tf.Tensor {
  const x = toTensor(logits);
  const forward = (z: Operand): tf.Tensor => tf.add(tf.sub(tf.relu(x), tf.mul(x, z)), tf.softplus(tf.neg(tf.abs(x))));
  const byLogits = (dy: tf.Tensor, at: tf.Tensor, z: Operand): tf.Tensor => sumToShape(tf.mul(dy, tf.sub(tf.sigmoid(at), z)), at.shape);
  if (!(labels instanceof tf.Tensor)) return recordAsOne({ x }, { forward: () => forward(labels), gradients: { x: (dy, saved) => byLogits(dy, saved.x, labels) } });
  return recordAsOne({ x, z: labels }, {
    forward: ({ z }) => forward(z),
    gradients: {
      x: (dy, saved) => byLogits(dy, saved.x, saved.z),
      z: (dy, saved) => sumToShape(tf.neg(tf.mul(dy, saved.x)), saved.z.shape),
    },
  });
}

/**
 * −Σ labels·log softmax(logits) over the last axis: [N, …, K] → [N, …] (tf.nn.softmax_cross_entropy_with_logits).
 * As TensorFlow's, its gradient by the logits is softmax − labels whatever the labels sum to, and by the labels −log softmax.
 */
export function softmaxCrossEntropy(labels: Operand, logits: Operand): tf.Tensor {
  const [given, x] = [toTensor(labels), toTensor(logits)];
  if (given.rank > 0 && given.shape.join() !== x.shape.join()) throw new Error(`labels [${given.shape}] and logits [${x.shape}] are incompatible`);
  return recordAsOne({ x, given }, {
    forward() {
      const shifted = tf.sub(x, tf.max(x, -1, true));
      const total = tf.log(tf.sum(tf.exp(shifted), -1, true));
      return tf.sum(tf.mul(given, tf.sub(total, shifted)), -1);
    },
    gradients: {
      x: (dy, saved) => tf.mul(tf.expandDims(dy, -1), tf.sub(tf.softmax(saved.x), saved.given)),
      given: (dy, saved) => sumToShape(tf.neg(tf.mul(tf.expandDims(dy, -1), tf.logSoftmax(saved.x))), saved.given.shape),
    },
  });
}

/** x, without its gradient. */
export function stopGradient(x: Operand): tf.Tensor {
  const stop = tf.customGrad((...args) => ({ value: tf.clone(args[0] as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) }));
  return stop(toTensor(x));
}

/** The sum of f's result differentiated by x, at x; 0 where it does not depend on x. Differentiable again. */
export function gradient(f: (x: tf.Tensor) => tf.Tensor, x: Operand): tf.Tensor {
  return tf.tidy(() => {
    if (Array.isArray(x) && x.some((item) => item instanceof tf.Tensor)) return fail('GL5007', `a gradient is taken by one tensor, and this is a list of ${x.length}`, 'a generator that starts from several tensors has no single input to differentiate by');
    // a tensor of its own: what f reads under another name stays constant, though the same tensor may be fed for both
    const at = tf.clone(toTensor(x));
    // not tf.grad, which raises where nothing leads from x to the result, as for the slope of a linear network
    const { grads } = tf.engine().gradients(() => toTensor(f(at)), [at], undefined, true) as { grads: readonly (tf.Tensor | undefined)[] };
    return grads[0] ?? tf.zerosLike(at);
  });
}
