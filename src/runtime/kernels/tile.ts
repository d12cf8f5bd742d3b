import * as tf from '@tensorflow/tfjs';
import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

/** Repeats the first `length` of `count·length` elements from `start` on, doubling what is copied. */
function repeat(values: Float32Array, start: number, length: number, count: number): void {
  const end = start + length * count;
  for (let filled = length; filled < length * count; filled *= 2) {
    values.copyWithin(start + filled, start, Math.min(start + filled, end - filled));
  }
}

/** Tiles by copying whole blocks: the stock kernel works out the position of every single element. */
export const tile: WasmKernel = {
  kernelName: 'Tile',
  run({ backend, stock, inputs, attributes }) {
    const x = inputs['x']!;
    if (x.dtype !== 'float32' || x.shape.length === 0) return stock.run('Tile', inputs, attributes);
    const reps = attributes['reps'] as number[];
    const outShape = x.shape.map((size, axis) => size * reps[axis]!);
    const out = backend.makeOutput(outShape, 'float32');
    const source = floatsOf(backend, x);
    const target = floatsOf(backend, out);
    const inner = x.shape.map((_, axis) => tf.util.sizeFromShape(x.shape.slice(axis + 1)));
    const outInner = outShape.map((_, axis) => tf.util.sizeFromShape(outShape.slice(axis + 1)));
    // axes from `tail` on are not repeated: one run of memory
    let tail = reps.length;
    while (tail > 0 && reps[tail - 1] === 1) tail--;
    const write = (axis: number, from: number, to: number): void => {
      if (axis === tail) {
        const run = inner[axis - 1] ?? source.length;
        if (run === 1) target[to] = source[from]!;
        else target.set(source.subarray(from, from + run), to);
        return;
      }
      for (let i = 0; i < x.shape[axis]!; i++) write(axis + 1, from + i * inner[axis]!, to + i * outInner[axis]!);
      repeat(target, to, x.shape[axis]! * outInner[axis]!, reps[axis]!);
    };
    if (target.length > 0) write(0, 0, 0);
    return out;
  },
};
