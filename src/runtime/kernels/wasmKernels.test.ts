import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../gradients/installGradients.ts';
import { filterGradientMethods } from './conv2dBackpropFilter.ts';
import { inputGradientMethods } from './conv2dBackpropInput.ts';
import { convolutionShape } from './convolutionShape.ts';
import type { KernelCall, WasmBackend } from './wasmKernel.ts';

type Data = readonly [values: Float32Array, shape: readonly number[]];

let state = 1;
function random(...shape: readonly number[]): Data {
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 8388608 - 1;
  });
  return [values, shape];
}

function kernel(name: string, attributes: Readonly<Record<string, unknown>>): (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor {
  return (inputs) => {
    const out = tf.engine().runKernel(name, { ...inputs }, { ...attributes } as tf.NamedAttrMap);
    return Array.isArray(out) ? tf.concat(out.map((part) => tf.cast(tf.reshape(part, [-1]), 'float32'))) : out;
  };
}

/** Runs the same on both backends and compares values and shapes; fails where tensors are left over. */
async function compare(data: Readonly<Record<string, Data>>, run: (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor): Promise<void> {
  const results: { values: Float32Array; shape: number[] }[] = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const ids = tf.engine().backend.numDataIds();
    const inputs = Object.fromEntries(Object.entries(data).map(([name, [values, shape]]) => [name, tf.tensor(values, [...shape])]));
    const out = tf.tidy(() => run(inputs));
    results.push({ values: out.dataSync<'float32'>(), shape: out.shape });
    tf.dispose([out, ...Object.values(inputs)]);
    expect(tf.memory().numTensors, backend).toBe(before);
    expect(tf.engine().backend.numDataIds(), `${backend}: data left over`).toBe(ids);
  }
  const [cpu, wasm] = results as [typeof results[0], typeof results[0]];
  expect(wasm.shape).toEqual(cpu.shape);
  const scale = Math.max(1, ...cpu.values.map(Math.abs));
  const worst = cpu.values.reduce((most, value, index) => Math.max(most, Math.abs(value - wasm.values[index]!)), 0);
  expect(wasm.values.every(Number.isFinite)).toBe(true);
  expect(worst / scale).toBeLessThan(1e-5);
}

let undo: () => void;
beforeAll(() => { undo = installGradients(); });
afterAll(() => undo());

const convolutions = [1, 2, 3].flatMap((stride) => (['same', 'valid'] as const).flatMap((pad) => [
  { batch: 1, size: [7, 5], kernel: [3, 2], inputs: 1, outputs: 3, stride, pad },
  { batch: 3, size: [8, 9], kernel: [5, 4], inputs: 5, outputs: 4, stride, pad },
  { batch: 9, size: [6, 7], kernel: [3, 3], inputs: 4, outputs: 1, stride, pad },
  { batch: 2, size: [5, 4], kernel: [1, 1], inputs: 6, outputs: 2, stride, pad },
]));

describe('log1p', () => {
  it('is exact also where 1 + x is 1', async () => {
    await tf.setBackend('wasm');
    const points = [1e-12, 3e-8, -1e-5, 1e-3, -0.5, 0, 7, Infinity];
    const values = tf.tidy(() => [...tf.log1p(tf.tensor2d(points, [2, 4])).dataSync()]);
    points.map(Math.fround).forEach((x, index) => {
      if (Number.isFinite(x)) expect(Math.abs(values[index]! - Math.log1p(x))).toBeLessThanOrEqual(1.2e-7 * Math.abs(Math.log1p(x)));
    });
    expect(values[7]).toBe(Infinity);
    expect(tf.tidy(() => tf.log1p(tf.tensor1d([-1, -2, NaN])).arraySync())).toEqual([-Infinity, NaN, NaN]);
    await compare({ x: random(5, 3) }, kernel('Log1p', {}));
  });
});

describe('convolution gradients against the cpu backend', () => {
  it.each(convolutions.map((entry) => [JSON.stringify(entry), entry] as const))('%s', async (_name, entry) => {
    const { batch, size, kernel: window, inputs, outputs, stride, pad } = entry;
    const inputShape = [batch, size[0]!, size[1]!, inputs];
    const filterShape = [window[0]!, window[1]!, inputs, outputs];
    const attributes = { strides: [stride, stride], pad, dataFormat: 'NHWC', dilations: 1, inputShape, filterShape };
    const shape = convolutionShape(inputShape, filterShape, attributes);
    const x = random(...inputShape);
    const filter = random(...filterShape);
    const dy = random(batch, shape.outHeight, shape.outWidth, outputs);
    await compare({ dy, filter }, kernel('Conv2DBackpropInput', attributes));
    await compare({ x, dy }, kernel('Conv2DBackpropFilter', attributes));
    await tf.setBackend('wasm');
    // each method, also where another one is taken
    const stock: KernelCall['stock'] = {
      run: (name, operands, attrs) => tf.getKernel(name, 'wasm').kernelFunc({
        inputs: { ...operands }, attrs: { ...attrs } as tf.NamedAttrMap, backend: tf.backend(),
      }) as tf.TensorInfo,
    };
    tf.tidy(() => {
      const tensors = Object.fromEntries(Object.entries({ x, filter, dy }).map(([name, [values, dims]]) => [name, tf.tensor(values, [...dims])]));
      const call: KernelCall = { backend: tf.backend() as unknown as WasmBackend, stock, compiled: () => null, inputs: tensors, attributes };
      for (const methods of [inputGradientMethods, filterGradientMethods]) {
        const results = Object.values(methods).map((method) => tf.engine().makeTensorFromTensorInfo(method(call, shape)).dataSync());
        for (const [index, value] of results[0]!.entries()) expect(results[1]![index]).toBeCloseTo(value, 4);
      }
    });
  });

  it('a stride larger than the filter leaves pixels without a gradient', async () => {
    const attributes = { strides: [3, 3], pad: 'valid', dataFormat: 'NHWC', inputShape: [1, 8, 8, 5] };
    await compare({ dy: random(1, 3, 3, 2), filter: random(2, 2, 5, 2) }, kernel('Conv2DBackpropInput', attributes));
  });

  it.each([1, 2].flatMap((stride) => (['same', 'valid'] as const).flatMap((pad) => [1, 3].map((multiplier) => [stride, pad, multiplier] as const))))(
    'depthwise, stride %i, %s, multiplier %i',
    async (stride, pad, multiplier) => {
      const inputShape = [2, 7, 6, 3];
      const filterShape = [3, 2, 3, multiplier];
      const attributes = { strides: [stride, stride], pad, dilations: [1, 1], inputShape, filterShape };
      const { outHeight, outWidth } = convolutionShape(inputShape, filterShape, attributes, true);
      const dy = random(2, outHeight, outWidth, 3 * multiplier);
      await compare({ dy, filter: random(...filterShape) }, kernel('DepthwiseConv2dNativeBackpropInput', attributes));
      await compare({ x: random(...inputShape), dy }, kernel('DepthwiseConv2dNativeBackpropFilter', attributes));
    },
  );
});

describe('other kernels against the cpu backend', () => {
  it.each([[3, 4, 5], [1, 7, 1], [8, 1, 3], [33, 17, 9]])('products of %i×%i×%i with all flags', async (m, k, n) => {
    for (const [transposeA, transposeB] of [[false, false], [true, false], [false, true], [true, true]] as const) {
      const a = random(...(transposeA ? [k, m] : [m, k]));
      const b = random(...(transposeB ? [n, k] : [k, n]));
      await compare({ a, b }, ({ a, b }) => tf.matMul(a!, b!, transposeA, transposeB));
      await compare({ a, b, bias: random(n) }, ({ a, b, bias }) =>
        tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: bias!, transposeA, transposeB, activation: 'relu' }));
    }
  });

  it.each([[2, 4, 5], [21, 20, 22]])('batched products of %i×%i×%i with all flags', async (m, k, n) => {
    for (const [transposeA, transposeB] of [[false, false], [true, false], [false, true], [true, true]] as const) {
      const a = random(2, 3, ...(transposeA ? [k, m] : [m, k]));
      const b = random(2, 3, ...(transposeB ? [n, k] : [k, n]));
      await compare({ a, b }, ({ a, b }) => tf.matMul(a!, b!, transposeA, transposeB));
      const single = random(1, 1, ...(transposeB ? [n, k] : [k, n]));
      await compare({ a, b: single }, ({ a, b }) => tf.matMul(a!, b!, transposeA, transposeB));
    }
  });

  it('products whose right operands share data under two shapes', async () => {
    await compare({ a: random(2, 6), c: random(2, 2), x: random(6, 2) }, ({ a, c, x }) =>
      tf.concat([tf.matMul(a!, x!), tf.matMul(c!, tf.reshape(x!, [2, 6]))], 1));
  });

  it.each([[[0]], [[0, 1]], [[0, 1, 2]], [[1]], [[3]], [[0, 1, 2, 3]], [[-4]]])('sums over axes %j', async (axis) => {
    await compare({ x: random(3, 4, 5, 6) }, ({ x }) => tf.sum(x!, axis));
    await compare({ x: random(3, 4, 5, 6) }, ({ x }) => tf.sum(x!, axis, true));
    await compare({ x: random(5, 1, 1, 1) }, ({ x }) => tf.sum(x!, axis));
  });

  it.each([
    [[3], [4]], [[1], [5]], [[2, 3], [1, 2]], [[2, 3], [3, 1]], [[2, 1, 1], [1, 4, 3]], [[2, 3, 4], [2, 1, 3]], [[2, 2, 1, 3], [1, 3, 2, 2]], [[2, 3], [1, 1]],
  ])('tiles %j by %j', async (shape, reps) => {
    await compare({ x: random(...shape) }, ({ x }) => tf.tile(x!, reps));
  });

  it('leaky relu, clones and casts', async () => {
    await compare({ x: random(4, 9) }, ({ x }) => tf.leakyRelu(x!, 0.3));
    await compare({ x: random(4, 9) }, ({ x }) => tf.add(tf.clone(x!), tf.cast(x!, 'float32')));
    await compare({ x: random(4, 9) }, ({ x }) => tf.cast(tf.cast(tf.mul(x!, 5), 'int32'), 'float32'));
  });

  it('a clone outlives its original', async () => {
    await compare({ x: random(4, 9) }, ({ x }) => {
      const sum = tf.add(x!, 1);
      const clone = sum.clone();
      sum.dispose();
      const other = tf.zeros([4, 9]);
      return tf.add(clone, other);
    });
  });

  it.each([[2, 2, 'valid'], [3, 2, 'same'], [3, 1, 'same'], [2, 3, 'valid']] as const)('max pooling %i, stride %i, %s, of negative values too', async (filterSize, strides, pad) => {
    const x = random(2, 7, 6, 3);
    const attributes = { filterSize, strides, pad };
    await compare({ x }, kernel('MaxPoolWithArgmax', { ...attributes, includeBatchInIndex: true }));
    await compare({ x }, kernel('MaxPoolWithArgmax', { ...attributes, includeBatchInIndex: false }));
    await compare({ x }, ({ x }) => {
      const output = tf.maxPool(x as tf.Tensor4D, filterSize, strides, pad);
      return kernel('MaxPoolGrad', attributes)({ dy: tf.square(output), input: x!, output });
    });
    await compare({ x: random(2, 5, 4, 6, 2) }, ({ x }) => {
      const output = tf.maxPool3d(x as tf.Tensor5D, filterSize, strides, pad);
      return kernel('MaxPool3DGrad', attributes)({ dy: tf.square(output), input: x!, output });
    });
  });

  it.each([[1, 'same'], [2, 'same'], [2, 'valid']] as const)('input gradient of conv3d, stride %i, %s', async (stride, pad) => {
    const inputShape = [2, 4, 5, 3, 2] as [number, number, number, number, number];
    const attributes = { strides: [stride, stride, stride], pad, inputShape };
    const filter = random(2, 3, 2, 2, 3);
    const { outDepth, outHeight, outWidth } = tf.backend_util.computeConv3DInfo(inputShape, [2, 3, 2, 2, 3], stride, 1, pad);
    await compare({ dy: random(2, outDepth, outHeight, outWidth, 3), filter }, ({ dy, filter }) => {
      // memory that was used before
      tf.fill(inputShape, 7).dispose();
      return kernel('Conv3DBackpropInputV2', attributes)({ dy: dy!, filter: filter! });
    });
  });

  it.each([[1, 'same'], [2, 'same'], [2, 'valid']] as const)('filter gradient of conv3d, stride %i, %s', async (stride, pad) => {
    const filterShape = [2, 2, 2, 2, 3] as [number, number, number, number, number];
    const shape = [2, 4, 5, 3, 2] as [number, number, number, number, number];
    const { outDepth, outHeight, outWidth } = tf.backend_util.computeConv3DInfo(shape, filterShape, stride, 1, pad);
    await compare({ x: random(...shape), dy: random(2, outDepth, outHeight, outWidth, 3) }, ({ x, dy }) => {
      // memory that was used before
      tf.fill(filterShape, 7).dispose();
      return kernel('Conv3DBackpropFilterV2', { strides: [stride, stride, stride], pad, filterShape })({ x: x!, dy: dy! });
    });
  });

  it.each(['ij,jk->ik', 'ij,jk->ki', 'bij,bjk->bik', 'bij,jk->bik', 'ij,kl->ljki', 'ij,ij->', 'bhqd,bhkd->bhqk', 'i,j->ij'])('einsum %s', async (equation) => {
    const sizes: Readonly<Record<string, number>> = { b: 2, h: 3, i: 3, j: 4, k: 5, l: 2, q: 3, d: 4 };
    const [a, b] = equation.split('->')[0]!.split(',').map((labels) => random(...[...labels].map((label) => sizes[label]!)));
    await compare({ a: a!, b: b! }, ({ a, b }) => tf.einsum(equation, a!, b!));
  });

  it.each(['ij->ji', 'bij->', 'bij->jb'])('einsum of one operand, %s', async (equation) => {
    await compare({ x: random(...(equation.startsWith('b') ? [2, 3, 4] : [3, 4])) }, ({ x }) => tf.einsum(equation, x!));
  });

  it('einsum sums an axis that one operand alone has, which the cpu kernel (4.22) leaves', async () => {
    await tf.setBackend('wasm');
    const sum = tf.tidy(() => tf.einsum('ij,jk->k', tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[1, 10], [100, 1000]])));
    expect([...sum.dataSync()]).toEqual([604, 6040]);
    sum.dispose();
  });

  it('einsum refuses what is no equation of its operands', async () => {
    await tf.setBackend('wasm');
    expect(() => tf.einsum('ij,jk->ik', tf.ones([2, 3]), tf.ones([2, 3]))).toThrow("'j' has the sizes 3 and 2");
    expect(() => tf.einsum('ij,jk->il', tf.ones([2, 3]), tf.ones([3, 2]))).toThrow("no operand has the axis 'l'");
    expect(() => tf.einsum('ij,jk', tf.ones([2, 3]), tf.ones([3, 2]))).toThrow('is not an equation of 2 operands');
    expect(() => tf.einsum('i->i', tf.ones([2, 3]))).toThrow("is called 'i'");
  });

  it('adds up small sums and products in float64', async () => {
    await tf.setBackend('wasm');
    const [x, ones] = [tf.tensor2d([2 ** 24, 1, 1, 1, -(2 ** 24)], [5, 1]), tf.ones([5, 1])] as const;
    expect([...tf.sum(x).dataSync()]).toEqual([3]);
    expect([...tf.sum(x, 0).dataSync()]).toEqual([3]);
    expect([...tf.matMul(x, ones as tf.Tensor2D, true).dataSync()]).toEqual([3]);
  });

  it.each([[false, false], [true, false], [false, true], [true, true]])('multiplies small matrices, transposed or not: %j, %j', async (transposeA, transposeB) => {
    const [a, b] = [random(...(transposeA ? [4, 3] : [3, 4])), random(...(transposeB ? [5, 4] : [4, 5]))];
    await compare({ a, b }, ({ a, b }) => tf.matMul(a!, b!, transposeA, transposeB));
  });

  it('sums over leading axes keep a NaN, which pooling would make an infinity', async () => {
    await tf.setBackend('wasm');
    const x = tf.tensor2d([[Number.NaN, 1, Number.POSITIVE_INFINITY], [1, 2, Number.NEGATIVE_INFINITY]]);
    const ids = tf.engine().backend.numDataIds();
    const sum = tf.sum(x, 0);
    expect([...sum.dataSync()]).toEqual([Number.NaN, 3, Number.NaN]);
    sum.dispose();
    expect(tf.engine().backend.numDataIds()).toBe(ids);
    x.dispose();
  });

  it('segment sums drop ids outside the range', async () => {
    await compare({ x: random(5, 2, 3) }, ({ x }) => tf.unsortedSegmentSum(x!, tf.tensor1d([2, 0, -1, 2, 3], 'int32'), 4));
  });
});
