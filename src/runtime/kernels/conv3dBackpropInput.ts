import * as tf from '@tensorflow/tfjs';
import { forEachConv3dTap } from './conv3dTaps.ts';
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
    const { inChannels, outChannels } = info;
    forEachConv3dTap(info, (output, input, weights) => {
      for (let i = 0; i < inChannels; i++) {
        let sum = 0;
        for (let o = 0; o < outChannels; o++) sum += dy[output + o]! * filter[weights + i * outChannels + o]!;
        dx[input + i]! += sum;
      }
    });
    return out;
  },
};
