import * as tf from '@tensorflow/tfjs';

/** Sizes along depth, height and width. */
type Sizes = readonly [depth: number, height: number, width: number];

/** A pooling of [n, depth, height, width, channels]; depth 1 for two dimensions. */
export interface PoolShape {
  readonly batch: number;
  readonly channels: number;
  readonly size: Sizes;
  readonly outSize: Sizes;
  readonly window: Sizes;
  readonly stride: Sizes;
  /** Padding before the first element; after the last there is what the windows need. */
  readonly before: Sizes;
  readonly after: Sizes;
}

type PoolAttributes = Readonly<Record<string, unknown>>;

/** The sizes of a pooling over `shape` (rank 4 or 5, channels last) from the attributes of tfjs's kernels. */
export function poolShape(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): PoolShape {
  const rounding = dimRoundingMode as 'floor' | undefined;
  if (shape.length === 5) {
    const info = tf.backend_util.computePool3DInfo(
      shape as [number, number, number, number, number],
      filterSize as number, strides as number, 1, pad as 'same', rounding, 'NDHWC',
    );
    return {
      batch: info.batchSize,
      channels: info.inChannels,
      size: [info.inDepth, info.inHeight, info.inWidth],
      outSize: [info.outDepth, info.outHeight, info.outWidth],
      window: [info.filterDepth, info.filterHeight, info.filterWidth],
      stride: [info.strideDepth, info.strideHeight, info.strideWidth],
      before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
      after: [info.padInfo.back, info.padInfo.bottom, info.padInfo.right],
    };
  }
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as number, strides as number, 1, pad as 'same', rounding, 'channelsLast',
  );
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    size: [1, info.inHeight, info.inWidth],
    outSize: [1, info.outHeight, info.outWidth],
    window: [1, info.filterHeight, info.filterWidth],
    stride: [1, info.strideHeight, info.strideWidth],
    before: [0, info.padInfo.top, info.padInfo.left],
    after: [0, info.padInfo.bottom, info.padInfo.right],
  };
}
