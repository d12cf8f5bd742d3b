import * as tf from '@tensorflow/tfjs';
import { detach } from './detach.ts';
import type { GradientRule } from './rule.ts';
import { unaryRule } from './rule.ts';
import { sumToShape } from './sumToShape.ts';

/** A rule for max(a, b) or min(a, b); `toA` tells where a is taken. A tie goes to a, as in TensorFlow. */
function selectionRule(kernelName: string, toA: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): GradientRule {
  return {
    kernelName,
    inputs: ['a', 'b'],
    gradient: (dy, [a, b]) => {
      const mask = (): tf.Tensor => tf.cast(toA(detach(a!), detach(b!)), 'float32');
      return {
        a: () => sumToShape(tf.mul(dy, mask()), a!.shape),
        b: () => sumToShape(tf.mul(dy, tf.sub(1, mask())), b!.shape),
      };
    },
  };
}

/** A rule for a kernel that is constant almost everywhere. */
function constantRule(kernelName: string, inputs: readonly string[]): GradientRule {
  return {
    kernelName,
    inputs,
    gradient: (_dy, saved) => Object.fromEntries(
      inputs.map((name, index) => [name, () => tf.zeros(saved[index]!.shape, 'float32')]),
    ),
  };
}

const COMPARISONS = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'];

/** Comparisons and logic: zero gradients, in float32 whatever the type of the input. */
export const comparisonRules: readonly GradientRule[] = [
  ...COMPARISONS.map((kernelName) => constantRule(kernelName, ['a', 'b'])),
  constantRule('LogicalNot', ['x']),
];

/** Elementwise kernels other than activations, where tfjs's own rules are wrong, throw or drop broadcasts. */
export const elementwiseRules: readonly GradientRule[] = [
  unaryRule('Abs', (dy, x) => tf.mul(dy, tf.sign(detach(tf.cast(x, 'float32'))))),
  unaryRule('Rsqrt', (dy, x) => {
    const inverse = tf.rsqrt(x);
    return tf.mul(dy, tf.mul(tf.mul(inverse, tf.square(inverse)), -0.5));
  }),
  unaryRule('ClipByValue', (dy, x, { clipValueMin, clipValueMax }) => {
    const constant = detach(x);
    const inside = tf.logicalAnd(
      tf.greaterEqual(constant, clipValueMin as number),
      tf.lessEqual(constant, clipValueMax as number),
    );
    return tf.where(inside, dy, tf.zerosLike(dy));
  }),
  selectionRule('Maximum', tf.greaterEqual),
  selectionRule('Minimum', tf.lessEqual),
  {
    kernelName: 'SquaredDifference',
    inputs: ['a', 'b'],
    gradient: (dy, [a, b]) => {
      const slope = (): tf.Tensor => tf.mul(dy, tf.mul(tf.sub(a!, b!), 2));
      return {
        a: () => sumToShape(slope(), a!.shape),
        b: () => sumToShape(tf.neg(slope()), b!.shape),
      };
    },
  },
  {
    kernelName: 'Pow',
    inputs: ['a', 'b'],
    gradient: (dy, [a, b]) => ({
      a: () => {
        const exponent = tf.cast(b!, 'float32');
        const slope = tf.mul(exponent, tf.pow(a!, tf.sub(exponent, 1)));
        return sumToShape(tf.mul(dy, slope), a!.shape);
      },
      b: () => {
        // the logarithm of a base that is not positive counts as 0, and so do its derivatives
        const positive = tf.greater(detach(a!), 0);
        const logarithm = tf.log(tf.where(positive, a!, tf.onesLike(a!)));
        return sumToShape(tf.mul(dy, tf.mul(tf.pow(a!, b!), logarithm)), b!.shape);
      },
    }),
  },
  {
    kernelName: 'Select',
    inputs: ['condition'],
    gradient: (dy, [condition]) => {
      const constant = (): tf.Tensor => detach(condition!);
      return {
        condition: () => tf.zeros(condition!.shape, 'float32'),
        // not dy·mask: an infinite dy on the side not taken would give NaN
        t: () => tf.where(constant(), dy, tf.zerosLike(dy)),
        e: () => tf.where(constant(), tf.zerosLike(dy), dy),
      };
    },
  },
  {
    // what was rounded to an integer on the way stops the gradient
    kernelName: 'Cast',
    inputs: ['x'],
    gradient: (dy, [x], { dtype }) => ({
      x: () => (dtype !== 'float32' && x!.dtype === 'float32' ? tf.zeros(dy.shape, 'float32') : tf.clone(dy)),
    }),
  },
];
