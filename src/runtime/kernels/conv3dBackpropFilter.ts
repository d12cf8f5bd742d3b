import * as tf from '@tensorflow/tfjs';
import { forEachConv3dTap } from './conv3dTaps.ts';
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
    const { inChannels, outChannels } = info;
    forEachConv3dTap(info, (output, input, weights) => {
      for (let i = 0; i < inChannels; i++) {
        for (let o = 0; o < outChannels; o++) dw[weights + i * outChannels + o]! += x[input + i]! * dy[output + o]!;
      }
    });
    return out;
  },
};
