import * as tf from '@tensorflow/tfjs';
import type { ValueId } from '../../../ir/graph.ts';
import { range } from '../../../passes/shapes.ts';
import { convolutionGradient } from '../../../passes/vjp/convolution.ts';
import { activated } from './activations.ts';
import { numbersOf, type KernelCall, type KernelRule } from './rule.ts';

/** A convolution of x with a filter, as its attributes say it: sizes by spatial dimension. */
interface Geometry {
  /** Dimension numbers of input and output. */
  readonly layout: string;
  readonly kernelLayout: string;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly outSize: readonly number[];
  /** 1, or as many as there are channels. */
  readonly groups: number;
}

type Shape4 = [number, number, number, number];
type Shape5 = [number, number, number, number, number];

/** Explicit paddings and roundings included: tfjs's own functions resolve them. */
function geometry2d({ attributes }: KernelCall, input: readonly number[], filter: readonly number[], depthwise: boolean): Geometry {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attributes;
  const format = tf.backend_util.convertConv2DDataFormat((dataFormat ?? 'NHWC') as 'NHWC' | 'NCHW');
  const info = tf.backend_util.computeConv2DInfo(input as Shape4, filter as Shape4, strides as number, (dilations ?? 1) as number, pad as 'same', dimRoundingMode as 'floor' | undefined, depthwise, format);
  return {
    layout: format === 'channelsLast' ? 'b01f' : 'bf01',
    kernelLayout: '01io',
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
    outSize: [info.outHeight, info.outWidth],
    groups: depthwise ? info.inChannels : 1,
  };
}

function geometry3d({ attributes }: KernelCall, input: readonly number[], filter: readonly number[]): Geometry {
  const { strides, dilations, pad } = attributes;
  const info = tf.backend_util.computeConv3DInfo(input as Shape5, filter as Shape5, strides as number, (dilations ?? 1) as number, pad as 'same');
  return {
    layout: 'b012f',
    kernelLayout: '012io',
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    outSize: [info.outDepth, info.outHeight, info.outWidth],
    groups: 1,
  };
}

/** x convolved with the filter. A depthwise filter [h, w, in, multiplier] has its outputs channel by channel. */
function convolved({ write }: KernelCall, x: ValueId, filter: ValueId, { layout, kernelLayout, strides, dilations, before, outSize, groups }: Geometry): ValueId {
  const [height, width, inputs, outputs] = write.shape(filter);
  const kernel = groups > 1 ? write.reshape(filter, [height, width, 1, inputs * outputs]) : filter;
  const sizes = range(strides.length).map((i) => write.shape(x)[layout.indexOf(String(i))]);
  const window = range(strides.length).map((i) => (write.shape(kernel)[i] - 1) * dilations[i] + 1);
  return write.builder.emit('convolution', [x, kernel], {
    input: layout,
    kernel: kernelLayout,
    output: layout,
    window_strides: strides,
    padding: strides.map((stride, i) => [before[i], (outSize[i] - 1) * stride + window[i] - sizes[i] - before[i]] as const),
    lhs_dilation: strides.map(() => 1),
    rhs_dilation: dilations,
    window_reversal: strides.map(() => false),
    feature_group_count: groups,
    batch_group_count: 1,
  });
}

/** The derivative of a convolution by its input (0) or filter (1). The convolution itself is written for its attributes alone, and goes as dead code. */
function derivative(call: KernelCall, position: 0 | 1, x: ValueId, filter: ValueId, cotangent: ValueId, geometry: Geometry): ValueId {
  const { write } = call;
  convolved(call, x, filter, geometry);
  const equation = write.lastEquation('convolution');
  const gradient = convolutionGradient({ builder: write.builder, equation, cotangent, constantOf: () => null }, position);
  return position === 1 ? write.reshape(gradient, write.shape(filter)) : gradient;
}

/** With bias and activation, as tfjs's fused kernels have them. */
function fused(call: KernelCall, result: ValueId, layout: string): ValueId {
  const { write } = call;
  const bias = call.optional('bias');
  if (bias === null) return activated(call, result);
  const perChannel = layout === 'bf01' && write.shape(bias).length === 1 ? write.reshape(bias, [write.shape(bias)[0], 1, 1]) : bias;
  return activated(call, write.binary('add', result, perChannel));
}

type GeometryOf = (call: KernelCall, input: readonly number[], filter: readonly number[]) => Geometry;
const dense2d: GeometryOf = (call, input, filter) => geometry2d(call, input, filter, false);
const depthwise2d: GeometryOf = (call, input, filter) => geometry2d(call, input, filter, true);

function forward(geometryOf: GeometryOf): KernelRule {
  return (call) => {
    const [x, filter] = [call.write.convert(call.input('x'), 'f32'), call.write.convert(call.input('filter'), 'f32')];
    const geometry = geometryOf(call, call.write.shape(x), call.write.shape(filter));
    return fused(call, convolved(call, x, filter, geometry), geometry.layout);
  };
}

/** By the input: a transposed convolution, too. */
function toInput(geometryOf: GeometryOf): KernelRule {
  return (call) => {
    const { write } = call;
    const filter = call.input('filter');
    const shape = numbersOf(call, 'inputShape');
    return derivative(call, 0, write.filled(0, shape), filter, call.input('dy'), geometryOf(call, shape, write.shape(filter)));
  };
}

function toFilter(geometryOf: GeometryOf): KernelRule {
  return (call) => {
    const { write } = call;
    const x = call.input('x');
    const shape = numbersOf(call, 'filterShape');
    return derivative(call, 1, x, write.filled(0, shape), call.input('dy'), geometryOf(call, write.shape(x), shape));
  };
}

export const convolutionKernels = {
  Conv2D: forward(dense2d),
  Conv2DBackpropInput: toInput(dense2d),
  Conv2DBackpropFilter: toFilter(dense2d),
  FusedConv2D: forward(dense2d),
  DepthwiseConv2dNative: forward(depthwise2d),
  DepthwiseConv2dNativeBackpropInput: toInput(depthwise2d),
  DepthwiseConv2dNativeBackpropFilter: toFilter(depthwise2d),
  FusedDepthwiseConv2D: forward(depthwise2d),
  Conv3D: forward(geometry3d),
  Conv3DBackpropInputV2: toInput(geometry3d),
  Conv3DBackpropFilterV2: toFilter(geometry3d),
} satisfies Readonly<Record<string, KernelRule>>;
