import type * as tf from '@tensorflow/tfjs';
import { dilate, dilationsOf, undilate } from './dilation.ts';
import type { Attributes, GradientRule } from './rule.ts';
import { runKernel } from './runKernel.ts';

/** The three kernels of one family: y = forward(x, w), and the two transposes of that bilinear map. */
interface BilinearFamily {
  readonly forward: string;
  readonly toInput: string;
  readonly toFilter: string;
}

/**
 * The gradients of a convolution by its input and by its filter. tfjs has none of a dilated one: there the filter is spread out with
 * zeros, which makes it a plain one.
 */
export function convolutionGradients(
  { toInput, toFilter }: Pick<BilinearFamily, 'toInput' | 'toFilter'>, dy: tf.Tensor, x: tf.Tensor, filter: tf.Tensor, attributes: Attributes,
): { readonly x: () => tf.Tensor; readonly filter: () => tf.Tensor } {
  const dilations = dilationsOf(filter, attributes['dilations']);
  const plain = { ...attributes, dilations: 1 };
  const spread = (): tf.Tensor => dilate(filter, dilations);
  const spreadShape = filter.shape.map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1);
  return {
    x: () => runKernel(toInput, { dy, filter: spread() }, { ...plain, inputShape: x.shape }),
    filter: () => undilate(runKernel(toFilter, { x, dy }, { ...plain, filterShape: spreadShape }), dilations),
  };
}

/**
 * Rules of a family. A convolution is linear in x and in w, so that the derivatives of any of its
 * three kernels are the other two: closed under differentiation, right to any order.
 */
function bilinearRules(family: BilinearFamily): readonly GradientRule[] {
  const { forward, toInput, toFilter } = family;
  return [
    {
      kernelName: forward,
      inputs: ['x', 'filter'],
      gradient: (dy, [x, filter], attributes) => ({ ...convolutionGradients(family, dy, x!, filter!, attributes) }),
    },
    {
      kernelName: toInput,
      inputs: ['dy', 'filter'],
      gradient: (ddx, [dy, filter], attributes) => ({
        dy: () => runKernel(forward, { x: ddx, filter: filter! }, { ...attributes, dilations: 1 }),
        filter: () => runKernel(toFilter, { x: ddx, dy: dy! }, { ...attributes, filterShape: filter!.shape }),
      }),
    },
    {
      kernelName: toFilter,
      inputs: ['x', 'dy'],
      gradient: (ddw, [x, dy], attributes) => ({
        x: () => runKernel(toInput, { dy: dy!, filter: ddw }, { ...attributes, inputShape: x!.shape }),
        dy: () => runKernel(forward, { x: x!, filter: ddw }, { ...attributes, dilations: 1 }),
      }),
    },
  ];
}

/** conv2d and its fused form. */
export const CONV_2D = { forward: 'Conv2D', toInput: 'Conv2DBackpropInput', toFilter: 'Conv2DBackpropFilter' } as const;

/** conv2d, conv2dTranspose (= the input gradient), conv3d and depthwise convolutions. */
export const convolutionRules: readonly GradientRule[] = [
  ...bilinearRules(CONV_2D),
  ...bilinearRules({
    forward: 'Conv3D',
    toInput: 'Conv3DBackpropInputV2',
    toFilter: 'Conv3DBackpropFilterV2',
  }),
  ...bilinearRules({
    forward: 'DepthwiseConv2dNative',
    toInput: 'DepthwiseConv2dNativeBackpropInput',
    toFilter: 'DepthwiseConv2dNativeBackpropFilter',
  }),
];
