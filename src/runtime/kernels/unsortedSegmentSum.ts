import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

/** Adds row i of x to row segmentIds[i] of the result: the gradient of `tf.gather` (embeddings). Negative ids are dropped. */
export const unsortedSegmentSum: WasmKernel = {
  kernelName: 'UnsortedSegmentSum',
  run({ backend, inputs, attributes }) {
    const x = inputs['x']!;
    const ids = inputs['segmentIds']!;
    const count = attributes['numSegments'] as number;
    const rows = ids.shape.reduce((product, size) => product * size, 1);
    const rest = x.shape.slice(ids.shape.length);
    const size = rest.reduce((product, length) => product * length, 1);
    const out = backend.makeOutput([count, ...rest], 'float32');
    const sums = floatsOf(backend, out).fill(0);
    const values = floatsOf(backend, x);
    const { memoryOffset } = backend.dataIdMap.get(ids.dataId);
    const indices = new Int32Array(backend.wasm.HEAPU8.buffer, memoryOffset, rows);
    for (let row = 0; row < rows; row++) {
      const segment = indices[row]!;
      if (segment < 0 || segment >= count) continue;
      for (let i = 0; i < size; i++) sums[segment * size + i]! += values[row * size + i]!;
    }
    return out;
  },
};
