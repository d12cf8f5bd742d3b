import * as tf from '@tensorflow/tfjs';
import { detach, isDifferentiatedAgain } from './detach.ts';
import type { Attributes, GradientRule } from './rule.ts';
import { unaryRule } from './rule.ts';
import { sumToShape } from './sumToShape.ts';

const SELU_SCALE_ALPHA = 1.7580993408473768;
const SELU_SCALE = 1.0507009873554805;

/** From |x| = 7.9988 on TensorFlow's tanh is 1 to the last bit, and its slope 0; tfjs's still has a few bits to go. */
const SATURATED_TANH_SLOPE = 4.8e-7;

/**
 * A rule whose derivative is a function of the output. The saved output is off the tape, so it
 * serves only where the gradient is not differentiated again; else the output is computed anew.
 */
function outputRule(
  kernelName: string,
  inputName: string,
  forward: (x: tf.Tensor, attributes: Attributes) => tf.Tensor,
  derivative: (dy: tf.Tensor, y: tf.Tensor, attributes: Attributes) => tf.Tensor,
): GradientRule {
  return {
    kernelName,
    inputs: [inputName],
    savesOutput: true,
    gradient: (dy, [x, y], attributes) => ({
      [inputName]: () => derivative(dy, isDifferentiatedAgain() ? forward(x!, attributes) : y!, attributes),
    }),
  };
}

/** exp(x) for x ≤ 0 and 1 above: the derivative of elu; never overflows. */
function expOfNegativePart(x: tf.Tensor): tf.Tensor {
  return tf.exp(tf.minimum(x, 0));
}

/**
 * Activations. Piecewise linear ones multiply dy by a mask that is off the tape: its derivative is
 * zero, and the way back through the layers below is not walked to add zeros.
 * At kinks as TensorFlow: relu'(0) = 0, leakyRelu'(0) = alpha.
 */
export const activationRules: readonly GradientRule[] = [
  // a comparison, not tf.step: at NaN the slope is 0, as TensorFlow's
  unaryRule('Relu', (dy, x) => tf.mul(dy, tf.cast(tf.greater(detach(x), 0), 'float32'))),
  unaryRule('Relu6', (dy, x) => {
    const constant = detach(x);
    return tf.mul(dy, tf.mul(tf.step(constant), tf.step(tf.sub(6, constant))));
  }),
  // step(x, alpha) is 1 above 0 and alpha elsewhere: the whole derivative in one kernel
  unaryRule('LeakyRelu', (dy, x, { alpha }) => tf.mul(dy, tf.step(detach(x), alpha as number))),
  {
    kernelName: 'Prelu',
    inputs: ['x', 'alpha'],
    gradient: (dy, [x, alpha]) => {
      const positive = tf.step(detach(x!));
      const negative = tf.sub(1, positive);
      return {
        x: () => tf.mul(dy, tf.add(positive, tf.mul(negative, alpha!))),
        alpha: () => sumToShape(tf.mul(dy, tf.mul(negative, x!)), alpha!.shape),
      };
    },
  },
  unaryRule('Elu', (dy, x) => tf.mul(dy, expOfNegativePart(x))),
  unaryRule('Selu', (dy, x) => {
    const positive = tf.step(detach(x));
    const negative = tf.sub(1, positive);
    const curve = tf.mul(tf.mul(negative, SELU_SCALE_ALPHA), expOfNegativePart(x));
    return tf.mul(dy, tf.add(tf.mul(positive, SELU_SCALE), curve));
  }),
  unaryRule('Softplus', (dy, x) => tf.mul(dy, tf.sigmoid(x))),
  outputRule('Sigmoid', 'x', tf.sigmoid, (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  outputRule('Tanh', 'x', tf.tanh, (dy, y) => {
    const slope = tf.sub(1, tf.square(y));
    return tf.mul(dy, tf.mul(slope, tf.step(tf.sub(detach(slope), SATURATED_TANH_SLOPE))));
  }),
  outputRule('Exp', 'x', tf.exp, (dy, y) => tf.mul(dy, y)),
  outputRule('Softmax', 'logits',
    (x, { dim }) => tf.softmax(x, dim as number),
    (dy, y, { dim }) => {
      const weighted = tf.mul(dy, y);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, dim as number, true), y));
    }),
];
