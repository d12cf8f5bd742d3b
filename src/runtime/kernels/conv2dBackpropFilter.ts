import { convolutionShape } from './convolutionShape.ts';
import { imageToColumns } from './imageColumns.ts';
import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf, release, reshaped } from './wasmKernel.ts';

/** dW = columns(x)ᵀ · dy. */
export const conv2dBackpropFilter: WasmKernel = {
  kernelName: 'Conv2DBackpropFilter',
  run({ backend, stock, inputs, attributes }) {
    const x = inputs['x']!;
    const dy = inputs['dy']!;
    const shape = convolutionShape(x.shape, attributes['filterShape'] as number[], attributes);
    const { batch, outHeight, outWidth, outputs, filterHeight, filterWidth } = shape;
    const rows = batch * outHeight * outWidth;
    const taps = filterHeight * filterWidth * shape.inputs;
    const columns = backend.makeOutput([rows, taps], 'float32');
    imageToColumns(floatsOf(backend, x), floatsOf(backend, columns), shape);
    const turned = stock.run('Transpose', { x: columns }, { perm: [1, 0] });
    release(backend, columns);
    const flat = reshaped(backend, dy, [rows, outputs]);
    const out = stock.run('BatchMatMul', { a: turned, b: flat }, { transposeA: false, transposeB: false });
    release(backend, turned, flat);
    return { ...out, shape: [filterHeight, filterWidth, shape.inputs, outputs] };
  },
};
