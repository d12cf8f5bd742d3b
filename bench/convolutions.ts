/**
 * Times each method of the convolution kernels on the wasm backend, shape by shape: where the choices
 * in src/runtime/kernels come from.
 *
 *     npx tsdown bench/convolutions.ts --no-config --out-dir out/bench && node out/bench/convolutions.mjs
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { filterGradientMethod, filterGradientMethods } from '../src/runtime/kernels/conv2dBackpropFilter.ts';
import { inputGradientMethod, inputGradientMethods } from '../src/runtime/kernels/conv2dBackpropInput.ts';
import { convolutionShape } from '../src/runtime/kernels/convolutionShape.ts';
import type { KernelCall, StockKernels, WasmBackend } from '../src/runtime/kernels/wasmKernel.ts';

type Case = readonly [name: string, x: [number, number, number, number], filter: [number, number, number, number], stride: number];
const CASES: readonly Case[] = [
  ['dcgan conv 1', [32, 28, 28, 1], [5, 5, 1, 32], 2],
  ['dcgan conv 2', [32, 14, 14, 32], [5, 5, 32, 64], 2],
  ['recipe conv 1', [32, 28, 28, 1], [5, 5, 1, 24], 2],
  ['recipe conv 2', [32, 14, 14, 24], [5, 5, 24, 48], 2],
  ['3×3, stride 1', [32, 14, 14, 32], [3, 3, 32, 32], 1],
  ['4×4, stride 2', [32, 16, 16, 32], [4, 4, 32, 64], 2],
  ['1×1', [32, 14, 14, 64], [1, 1, 64, 32], 1],
  ['colour, batch 8', [8, 64, 64, 3], [4, 4, 3, 32], 2],
  ['cyclegan 7×7', [1, 64, 64, 3], [7, 7, 3, 16], 1],
  ['cyclegan 3×3', [1, 16, 16, 64], [3, 3, 64, 64], 1],
  ['cyclegan down', [1, 32, 32, 32], [3, 3, 32, 64], 2],
];

/** XNNPACK's own convolution, for comparison. */
const forwardMethods = {
  direct: ({ stock, inputs, attributes }: KernelCall): tf.TensorInfo => stock.run('Conv2D', inputs, attributes),
};

/** Least processor time of one run in milliseconds: what other processes take away does not count. */
function best(run: () => tf.TensorInfo, backend: WasmBackend): number {
  let least = Infinity;
  const until = performance.now() + 500;
  for (let i = 0; i < 12 || performance.now() < until; i++) {
    const start = process.cpuUsage();
    const out = run();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
    backend.disposeData(out.dataId);
  }
  return least;
}

await tf.setBackend('wasm');
await tf.ready();
const backend = tf.backend() as unknown as WasmBackend;
const stock: StockKernels = {
  run: (name, inputs, attributes) => tf.getKernel(name, 'wasm').kernelFunc({
    inputs: { ...inputs }, attrs: { ...attributes } as tf.NamedAttrMap, backend,
  }) as tf.TensorInfo,
};
for (const [name, xShape, filterShape, stride] of CASES) {
  const attributes = { strides: [stride, stride], pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  const shape = convolutionShape(xShape, filterShape, attributes);
  const x = tf.randomNormal(xShape);
  const dy = tf.randomNormal([shape.batch, shape.outHeight, shape.outWidth, shape.outputs]);
  const weights = Float32Array.from({ length: tf.util.sizeFromShape(filterShape) }, Math.random);
  const flops = 2 * dy.size * filterShape[0] * filterShape[1] * filterShape[2];
  const groups = [
    ['forward', forwardMethods, 'direct'],
    ['input', inputGradientMethods, inputGradientMethod(shape)],
    ['filter', filterGradientMethods, filterGradientMethod(shape)],
  ] as const;
  for (const [kind, methods, chosen] of groups) {
    const cells = Object.entries(methods).map(([method, run]) => {
      const ms = best(() => {
        // a new filter each time, as in training: packing it is part of the work
        const filter = tf.tensor(weights, filterShape);
        const call: KernelCall = { backend, stock, inputs: { x, dy, filter }, attributes };
        const out = run(call, shape);
        filter.dispose();
        return out;
      }, backend);
      return `${method === chosen ? '*' : ' '}${method} ${ms.toFixed(2)} ms ${(flops / ms / 1e6).toFixed(1)} GFLOPS`;
    });
    console.log(`${name.padEnd(18)} ${kind.padEnd(8)} ${cells.join('   ')}`);
  }
  tf.dispose([x, dy]);
}
