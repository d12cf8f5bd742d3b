import * as tf from '@tensorflow/tfjs';
import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

/**
 * The input gradient of conv3d. The stock kernel of the wasm backend (4.22) adds to memory that it
 * has not cleared: its result depends on what lay there before.
 */
export const conv3dBackpropInput: WasmKernel = {
  kernelName: 'Conv3DBackpropInputV2',
  run({ backend, inputs, attributes }) {
    const { inputShape, strides, pad } = attributes;
    const filterShape = inputs['filter']!.shape as [number, number, number, number, number];
    const info = tf.backend_util.computeConv3DInfo(
      inputShape as [number, number, number, number, number], filterShape, strides as [number, number, number], 1, pad as 'same',
    );
    const out = backend.makeOutput([...info.inShape], 'float32');
    const dx = floatsOf(backend, out).fill(0);
    const dy = floatsOf(backend, inputs['dy']!);
    const filter = floatsOf(backend, inputs['filter']!);
    const { inChannels, outChannels, filterDepth, filterHeight, filterWidth } = info;
    let pixel = 0;
    for (let n = 0; n < info.batchSize; n++) {
      for (let od = 0; od < info.outDepth; od++) {
        for (let oy = 0; oy < info.outHeight; oy++) {
          for (let ox = 0; ox < info.outWidth; ox++, pixel += outChannels) {
            for (let tap = 0; tap < filterDepth * filterHeight * filterWidth; tap++) {
              const z = od * info.strideDepth - info.padInfo.front + Math.floor(tap / (filterHeight * filterWidth));
              const y = oy * info.strideHeight - info.padInfo.top + (Math.floor(tap / filterWidth) % filterHeight);
              const x = ox * info.strideWidth - info.padInfo.left + (tap % filterWidth);
              if (z < 0 || y < 0 || x < 0 || z >= info.inDepth || y >= info.inHeight || x >= info.inWidth) continue;
              const target = (((n * info.inDepth + z) * info.inHeight + y) * info.inWidth + x) * inChannels;
              const weights = tap * inChannels * outChannels;
              for (let i = 0; i < inChannels; i++) {
                let sum = 0;
                for (let o = 0; o < outChannels; o++) sum += dy[pixel + o]! * filter[weights + i * outChannels + o]!;
                dx[target + i]! += sum;
              }
            }
          }
        }
      }
    }
    return out;
  },
};
