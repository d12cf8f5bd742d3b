import type * as tf from '@tensorflow/tfjs';

/**
 * Every tap of a conv3d that meets the input: where the channels of the output's voxel, of the input's voxel and of the tap's weights
 * start, in elements of dense NDHWC tensors and a dense DHWIO filter.
 */
export function forEachConv3dTap(info: tf.backend_util.Conv3DInfo, visit: (output: number, input: number, weights: number) => void): void {
  const { inChannels, outChannels, filterDepth, filterHeight, filterWidth } = info;
  let output = 0;
  for (let n = 0; n < info.batchSize; n++) {
    for (let od = 0; od < info.outDepth; od++) {
      for (let oy = 0; oy < info.outHeight; oy++) {
        for (let ox = 0; ox < info.outWidth; ox++, output += outChannels) {
          for (let tap = 0; tap < filterDepth * filterHeight * filterWidth; tap++) {
            const z = od * info.strideDepth - info.padInfo.front + Math.floor(tap / (filterHeight * filterWidth));
            const y = oy * info.strideHeight - info.padInfo.top + (Math.floor(tap / filterWidth) % filterHeight);
            const x = ox * info.strideWidth - info.padInfo.left + (tap % filterWidth);
            if (z < 0 || y < 0 || x < 0 || z >= info.inDepth || y >= info.inHeight || x >= info.inWidth) continue;
            visit(output, (((n * info.inDepth + z) * info.inHeight + y) * info.inWidth + x) * inChannels, tap * inChannels * outChannels);
          }
        }
      }
    }
  }
}
