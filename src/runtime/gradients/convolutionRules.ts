import type { GradientRule } from './rule.ts';
import { runKernel } from './runKernel.ts';

/** The three kernels of one family: y = forward(x, w), and the two transposes of that bilinear map. */
interface BilinearFamily {
  readonly forward: string;
  readonly toInput: string;
  readonly toFilter: string;
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
      gradient: (dy, [x, filter], attributes) => {
        const { dilations } = attributes;
        if (dilations !== undefined && dilations !== null && !isOne(dilations)) {
          throw new Error(`${forward}: tfjs has no gradient of a dilated convolution (dilations ${String(dilations)})`);
        }
        const plain = { ...attributes, dilations: 1 };
        return {
          x: () => runKernel(toInput, { dy, filter: filter! }, { ...plain, inputShape: x!.shape }),
          filter: () => runKernel(toFilter, { x: x!, dy }, { ...plain, filterShape: filter!.shape }),
        };
      },
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

function isOne(value: unknown): boolean {
  return Array.isArray(value) ? value.every((item) => item === 1) : value === 1;
}

/** conv2d, conv2dTranspose (= the input gradient), conv3d and depthwise convolutions. */
export const convolutionRules: readonly GradientRule[] = [
  ...bilinearRules({
    forward: 'Conv2D',
    toInput: 'Conv2DBackpropInput',
    toFilter: 'Conv2DBackpropFilter',
  }),
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
