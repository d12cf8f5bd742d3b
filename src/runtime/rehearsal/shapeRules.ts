import * as tf from '@tensorflow/tfjs';
import type { KernelCall, KernelRule } from '../capture/kernels/rule.ts';
import { poolShape } from '../kernels/poolShape.ts';

const ofShapeOf = (input: string): KernelRule => ({ write, input: value }) => write.filled(0, write.shape(value(input)));

/** The pooled values and their places. */
function maxima({ write, input, attributes }: KernelCall): readonly number[] {
  const { batch, channels, outSize } = poolShape(write.shape(input('x')), attributes);
  const shape = [batch, outSize[1], outSize[2], channels];
  return [write.filled(0, shape), write.filled(0, shape, 'i32')];
}

function dilation({ write, input, attributes }: KernelCall): number {
  const { strides, pad, dilations } = attributes as { readonly strides: [number, number]; readonly pad: 'same'; readonly dilations: [number, number] };
  const [x, filter] = [write.shape(input('x')), write.shape(input('filter'))];
  const { outShape } = tf.backend_util.computeDilation2DInfo(x as [number, number, number, number], filter as [number, number, number], strides, pad, 'NHWC', dilations);
  return write.filled(0, outShape);
}

/** What comes out of kernels that a tape runs and a graph does not have: its shape alone. */
export const SHAPE_RULES: Readonly<Record<string, KernelRule>> = {
  MaxPoolWithArgmax: maxima,
  Dilation2D: dilation,
  Dilation2DBackpropInput: ofShapeOf('x'),
  Dilation2DBackpropFilter: ofShapeOf('filter'),
  EluGrad: ofShapeOf('y'),
  LRNGrad: ofShapeOf('x'),
  ResizeBilinearGrad: ofShapeOf('images'),
  ResizeNearestNeighborGrad: ofShapeOf('images'),
};
