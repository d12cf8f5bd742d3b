import * as tf from '@tensorflow/tfjs';
import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

/** The filter gradient of conv3d. The stock kernel of the wasm backend (4.22) leaves taps at 0, at stride 2 with a filter of 2×2×2 for one. */
export const conv3dBackpropFilter: WasmKernel = {
  kernelName: 'Conv3DBackpropFilterV2',
  run({ backend, inputs, attributes }) {
    const { filterShape, strides, pad } = attributes;
    const info = tf.backend_util.computeConv3DInfo(
      inputs['x']!.shape as [number, number, number, number, number], filterShape as [number, number, number, number, number], strides as [number, number, number], 1, pad as 'same',
    );
    const out = backend.makeOutput([...info.filterShape], 'float32');
    const dw = floatsOf(backend, out).fill(0);
    const x = floatsOf(backend, inputs['x']!);
    const dy = floatsOf(backend, inputs['dy']!);
    const { inChannels, outChannels, filterDepth, filterHeight, filterWidth } = info;
    let pixel = 0;
    for (let n = 0; n < info.batchSize; n++) {
      for (let od = 0; od < info.outDepth; od++) {
        for (let oy = 0; oy < info.outHeight; oy++) {
          for (let ox = 0; ox < info.outWidth; ox++, pixel += outChannels) {
            for (let tap = 0; tap < filterDepth * filterHeight * filterWidth; tap++) {
              const z = od * info.strideDepth - info.padInfo.front + Math.floor(tap / (filterHeight * filterWidth));
              const y = oy * info.strideHeight - info.padInfo.top + (Math.floor(tap / filterWidth) % filterHeight);
              const column = ox * info.strideWidth - info.padInfo.left + (tap % filterWidth);
              if (z < 0 || y < 0 || column < 0 || z >= info.inDepth || y >= info.inHeight || column >= info.inWidth) continue;
              const source = (((n * info.inDepth + z) * info.inHeight + y) * info.inWidth + column) * inChannels;
              const weights = tap * inChannels * outChannels;
              for (let i = 0; i < inChannels; i++) {
                for (let o = 0; o < outChannels; o++) dw[weights + i * outChannels + o]! += x[source + i]! * dy[pixel + o]!;
              }
            }
          }
        }
      }
    }
    return out;
  },
};
