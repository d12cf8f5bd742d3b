import * as tf from '@tensorflow/tfjs';
import { findKernel, replaceKernel } from '../kernels/replaceKernels.ts';
import { CONV_2D, convolutionGradients } from './convolutionRules.ts';
import { productGradients } from './matMulRule.ts';
import type { Attributes, GradientRule } from './rule.ts';
import { sumToShape } from './sumToShape.ts';

/** Rules for tfjs's fused ops, and the kernel wrappers that they need. */
export interface FusedOps {
  readonly rules: readonly GradientRule[];
  /** Wraps the fused kernels of a backend; returns the undo. */
  readonly install: (backendName: string) => () => void;
}

/**
 * Layers run convolutions and products as fused ops (with the bias, and while a tape is on only
 * without an activation), whose custom gradients compute the derivatives by *every* input: a gradient
 * penalty, which needs the one by x, would pay for the filter gradients as well. These rules compute
 * what is asked for.
 *
 * tfjs records a custom gradient under the name of the op's scope, without the attributes of the
 * kernel, so those are remembered by the data of the kernel's output, which the op saves.
 */
export function fusedOps(): FusedOps {
  const attributesOf = new WeakMap<object, Attributes>();

  const rule = (
    scope: string,
    gradients: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, attributes: Attributes) => readonly [() => tf.Tensor, () => tf.Tensor],
    order: 'inputs' | 'swapped',
  ): GradientRule => ({
    kernelName: scope,
    gradient: (upstream, saved) => {
      const [first, second, y, bias] = saved as readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
      const attributes = attributesOf.get(y.dataId);
      if (attributes === undefined) throw new Error(`${scope}: the backend was registered after installGradients(); call it once more`);
      const dy = tf.reshape(upstream, y.shape);
      const [a, b] = order === 'inputs' ? [first, second] : [second, first];
      const [byA, byB] = gradients(dy, a, b, attributes);
      return { 0: byA, 1: byB, 2: () => sumToShape(dy, bias!.shape) };
    },
  });

  return {
    rules: [
      rule('fusedConv2d__op', (dy, x, filter, { strides, pad, dilations, dataFormat, dimRoundingMode }) => {
        const gradients = convolutionGradients(CONV_2D, dy, x, filter, { strides, pad, dilations, dataFormat, dimRoundingMode });
        return [gradients.x, gradients.filter];
      }, 'swapped'),
      rule('fusedMatMul__op', (dy, a, b, attributes) => {
        const gradients = productGradients(dy, a, b, attributes);
        return [gradients.a, gradients.b];
      }, 'inputs'),
    ],
    install: (backendName) => {
      const undos = ['FusedConv2D', '_FusedMatMul'].flatMap((kernelName) => {
        const kernel = findKernel(kernelName, backendName);
        if (kernel === undefined) return [];
        return [replaceKernel(kernelName, backendName, (call) => {
          const out = kernel.kernelFunc(call);
          if (!Array.isArray(out)) attributesOf.set(out.dataId, call.attrs as Attributes);
          return out;
        })];
      });
      return () => undos.forEach((undo) => undo());
    },
  };
}
