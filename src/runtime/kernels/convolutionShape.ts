import * as tf from '@tensorflow/tfjs';

/** Sizes of a 2-D convolution x [n, height, width, inputs] ∗ w [rows, columns, inputs, outputs] → y, all NHWC. */
export interface ConvolutionShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outputs: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

type ConvolutionAttributes = Readonly<Record<string, unknown>>;

/**
 * The sizes from the attributes of one of tfjs's convolution kernels.
 *
 * @throws on NCHW, which the wasm backend does not have
 */
export function convolutionShape(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode, dataFormat }: ConvolutionAttributes,
  depthwise = false,
): ConvolutionShape {
  if (dataFormat === 'NCHW') throw new Error('the wasm backend has convolutions in NHWC only');
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides as [number, number],
    1,
    pad as 'same' | 'valid',
    dimRoundingMode as 'floor' | undefined,
    depthwise,
    'channelsLast',
  );
  return {
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    inputs: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outputs: info.outChannels,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  };
}
