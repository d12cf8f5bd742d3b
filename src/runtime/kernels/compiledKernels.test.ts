import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { KERNELS } from '../capture/kernels/kernelTable.ts';
import { createCompiledKernels, type CompiledKernels } from './compiledKernels.ts';
import { findKernel } from './replaceKernels.ts';
import type { StockKernels, WasmBackend, WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';
import { wasmKernels } from './wasmKernels.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;
type Attributes = Readonly<Record<string, unknown>>;
type Case = readonly [name: string, inputs: Shapes, attributes: Attributes];

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** Numbers of few digits, some of them equal, so that windows have ties. */
function numbers(shape: readonly number[], seed: number): tf.Tensor {
  let state = seed * 7919 + 13;
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return ((state >>> 8) % 33) / 16 - 1;
  });
  return tf.tensor(values, [...shape]);
}

const backend = (): WasmBackend => tf.backend() as unknown as WasmBackend;

const stock: StockKernels = {
  run: (name, inputs, attributes) => findKernel(name, 'wasm')!.kernelFunc({ inputs: { ...inputs }, attrs: { ...attributes } as tf.NamedAttrMap, backend: tf.backend() }) as tf.TensorInfo,
};

function take(info: tf.TensorInfo): { readonly shape: readonly number[]; readonly values: readonly number[] } {
  const tensor = tf.engine().makeTensorFromTensorInfo(info);
  const values = [...tensor.dataSync()];
  tensor.dispose();
  return { shape: info.shape, values };
}

function kernelOf(name: string): WasmKernel {
  return wasmKernels.find(({ kernelName }) => kernelName === name)!;
}

/** What a kernel of this project computes without compiled code. */
function uncompiled(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: Attributes): ReturnType<typeof take> {
  return take(kernelOf(name).run({ backend: backend(), stock, compiled: () => null, inputs, attributes }) as tf.TensorInfo);
}

function compiled(codes: CompiledKernels, name: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: Attributes): ReturnType<typeof take> {
  const out = codes.run(name, kernelOf(name).rule!, backend(), inputs, attributes);
  if (out === null) throw new Error(`${name} was not compiled`);
  return take(out);
}

const same = (size: number, stride: number): number => Math.ceil(size / stride);

function convolution(x: readonly [number, number, number, number], window: readonly [number, number], outputs: number, stride: number, pad: 'same' | 'valid', depthwise = false): readonly Case[] {
  const filter = [...window, x[3], outputs];
  const size = (axis: 1 | 2): number => (pad === 'same' ? same(x[axis], stride) : same(x[axis] - window[axis - 1] + 1, stride));
  const dy = [x[0], size(1), size(2), depthwise ? x[3] * outputs : outputs];
  const attributes = { strides: [stride, stride], pad, dataFormat: 'NHWC', dilations: [1, 1], filterShape: filter, inputShape: x };
  const names = depthwise ? (['DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput'] as const) : (['Conv2DBackpropFilter', 'Conv2DBackpropInput'] as const);
  return [[names[0], { x, dy }, attributes], [names[1], { dy, filter }, attributes]];
}

function convolution3d(x: readonly [number, number, number, number, number], window: readonly [number, number, number], outputs: number, stride: number): readonly Case[] {
  const filter = [...window, x[4], outputs];
  const dy = [x[0], same(x[1], stride), same(x[2], stride), same(x[3], stride), outputs];
  const attributes = { strides: [stride, stride, stride], pad: 'same', dataFormat: 'NDHWC', dilations: [1, 1, 1], filterShape: filter, inputShape: x };
  return [['Conv3D', { x, filter }, attributes], ['Conv3DBackpropFilterV2', { x, dy }, attributes], ['Conv3DBackpropInputV2', { dy, filter }, attributes]];
}

function maximum(x: readonly number[], dy: readonly number[], attributes: Attributes): Case {
  return [x.length === 5 ? 'MaxPool3DGrad' : 'MaxPoolGrad', { dy, input: x, output: dy }, attributes];
}

/** The gradient of average pooling, and the derivative of that of max pooling. */
function transposes(x: readonly number[], y: readonly number[], attributes: Attributes): readonly Case[] {
  return [['AvgPoolTranspose', { dy: y }, { ...attributes, inputShape: x }], ['TakeAtMaxima', { values: x, x }, attributes]];
}

function resize(x: readonly [number, number, number, number], to: readonly [number, number], flags: Attributes): readonly Case[] {
  return ['nearest', 'bilinear'].map((interpolation) => ['ResizeTranspose', { dy: [x[0], ...to, x[3]] }, { ...flags, interpolation, inputShape: x }]);
}

const POOLINGS: readonly (readonly [x: readonly number[], y: readonly number[], attributes: Attributes])[] = [
  [[2, 7, 6, 3], [2, 3, 3, 3], { filterSize: 2, strides: 2, pad: 'valid' }],
  [[1, 7, 6, 5], [1, 4, 3, 5], { filterSize: 3, strides: 2, pad: 'same' }],
  [[3, 5, 4, 8], [3, 5, 4, 8], { filterSize: 3, strides: 1, pad: 'same' }],
  [[2, 8, 5, 4], [2, 3, 2, 4], { filterSize: 2, strides: 3, pad: 'valid' }],
  [[2, 1, 9, 6], [2, 1, 4, 6], { filterSize: [1, 2], strides: [1, 2], pad: 'valid' }],
  [[2, 4, 4, 2], [2, 2, 2, 2], { filterSize: 2, strides: 2, pad: 'valid' }],
  [[2, 3, 3, 2], [2, 1, 1, 2], { filterSize: 3, strides: 3, pad: 'valid' }],
  [[2, 5, 4, 6, 2], [2, 3, 2, 3, 2], { filterSize: 3, strides: 2, pad: 'same' }],
];

const CASES: readonly Case[] = [
  ...convolution([1, 7, 5, 1], [3, 2], 3, 1, 'same'),
  ...convolution([3, 8, 9, 5], [5, 4], 4, 2, 'same'),
  ...convolution([2, 6, 7, 4], [3, 3], 1, 3, 'valid'),
  ...convolution([2, 5, 4, 6], [1, 1], 9, 2, 'valid'),
  ...convolution([1, 8, 8, 5], [2, 2], 2, 3, 'valid'),
  ...convolution([0, 6, 6, 3], [3, 3], 2, 1, 'same'),
  ...convolution([2, 7, 6, 3], [3, 2], 2, 1, 'same', true),
  ...convolution([1, 9, 5, 5], [3, 3], 1, 2, 'valid', true),
  ...convolution([3, 8, 7, 8], [5, 3], 1, 2, 'same', true),
  ...convolution([2, 8, 8, 5], [2, 2], 2, 3, 'valid', true),
  ...convolution([1, 9, 10, 4], [9, 8], 1, 1, 'same', true),
  ...convolution3d([2, 4, 5, 3, 2], [2, 3, 2], 3, 2),
  ...convolution3d([1, 3, 3, 5, 3], [3, 1, 2], 2, 1),
  ...POOLINGS.flatMap(([x, y, attributes]) => [maximum(x, y, attributes), ...transposes(x, y, attributes)]),
  ...resize([2, 3, 4, 3], [6, 8], {}),
  ...resize([1, 4, 5, 2], [8, 15], { halfPixelCenters: true }),
  ...resize([3, 5, 4, 1], [7, 9], { alignCorners: true }),
  ...resize([2, 7, 6, 4], [3, 4], {}),
  ...resize([1, 8, 6, 4], [4, 3], { halfPixelCenters: true }),
  ...resize([2, 3, 3, 2], [1, 1], { alignCorners: true }),
  ...[[false, false], [true, false], [false, true], [true, true]].flatMap(([transposeA, transposeB]): readonly Case[] =>
    [[[], 3, 4, 5], [[], 1, 7, 1], [[], 33, 17, 9], [[2, 3], 5, 2, 6], [[], 4, 0, 3], [[0], 2, 3, 4]].map(([batch, m, k, n]) => [
      'BatchMatMul',
      { a: [...(batch as number[]), ...(transposeA ? [k, m] : [m, k]) as number[]], b: [...(batch as number[]), ...(transposeB ? [n, k] : [k, n]) as number[]] },
      { transposeA, transposeB },
    ])),
  ...[[0], [1], [0, 1, 2], [-1], [0, 1, 2, 3]].flatMap((axis): readonly Case[] => [true, false].map((keepDims) => ['Sum', { x: [3, 4, 5, 6] }, { axis, keepDims }])),
  ['Tile', { x: [2, 1, 3] }, { reps: [1, 4, 1] }],
  ['Tile', { x: [5, 1] }, { reps: [2, 7] }],
  ['FusedBatchNorm', { x: [2, 3, 5, 6], mean: [6], variance: [6], scale: [6], offset: [6] }, { varianceEpsilon: 2 }],
  ['FusedBatchNorm', { x: [3, 7], mean: [7], variance: [7] }, { varianceEpsilon: 1.5 }],
];

describe('compiled kernels against what computes without them', () => {
  it.each(CASES.map((entry) => [`${entry[0]} ${JSON.stringify(entry.slice(1))}`, entry] as const))('%s', (_title, [name, shapes, attributes]) => {
    const inputs = Object.fromEntries(Object.entries(shapes).map(([key, shape], index) => [key, numbers(shape, index + 1)]));
    const codes = createCompiledKernels();
    const ids = tf.engine().backend.numDataIds();
    const actual = compiled(codes, name, inputs, attributes);
    const expected = uncompiled(name, inputs, attributes);
    expect(tf.engine().backend.numDataIds()).toBe(ids);
    expect(actual.shape).toEqual(expected.shape);
    expected.values.forEach((value, index) => expect(Math.abs(actual.values[index] - value)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(value))));
    codes.dispose();
    tf.dispose(inputs);
  });

  it.each(['bqhd,bkhd->bhqk', 'ij,jk->ki', 'ij,jk->k', 'ij->ji', 'ij,ij->'])('einsum %s', (equation) => {
    const sizes: Readonly<Record<string, number>> = { b: 2, h: 3, i: 3, j: 4, k: 5, q: 3, d: 4 };
    const inputs = Object.fromEntries(equation.split('->')[0].split(',').map((labels, index) => [String(index), numbers([...labels].map((label) => sizes[label]), index + 1)]));
    const codes = createCompiledKernels();
    const [actual, expected] = [compiled(codes, 'Einsum', inputs, { equation }), uncompiled('Einsum', inputs, { equation })];
    expect(actual.shape).toEqual(expected.shape);
    expected.values.forEach((value, index) => expect(actual.values[index]).toBeCloseTo(value, 4));
    codes.dispose();
    tf.dispose(inputs);
  });

  it.each(POOLINGS)('average pooling of %j to %j by %j has the transpose that sums say', (x, y, attributes) => {
    const codes = createCompiledKernels();
    const [input, dy] = [numbers(x, 1), numbers(y, 2)];
    const dx = tf.tensor([...compiled(codes, 'AvgPoolTranspose', { dy }, { ...attributes, inputShape: x }).values], [...x]);
    const forward = tf.engine().makeTensorFromTensorInfo(stock.run(x.length === 5 ? 'AvgPool3D' : 'AvgPool', { x: input }, attributes));
    const dot = (a: tf.Tensor, b: tf.Tensor): number => {
      const [left, right] = [a.dataSync<'float32'>(), b.dataSync<'float32'>()];
      return left.reduce((sum, value, index) => sum + value * right[index], 0);
    };
    expect(dot(forward, dy)).toBeCloseTo(dot(input, dx), 4);
    tf.dispose([input, dy, dx, forward]);
    codes.dispose();
  });

  it('segment sums drop ids outside the range', () => {
    const inputs = { x: numbers([5, 2, 3], 1), segmentIds: tf.tensor1d([2, 0, -1, 2, 3], 'int32') };
    const codes = createCompiledKernels();
    const attributes = { numSegments: 3 };
    expect(compiled(codes, 'UnsortedSegmentSum', inputs, attributes)).toEqual(uncompiled('UnsortedSegmentSum', inputs, attributes));
    codes.dispose();
    tf.dispose(inputs);
  });

  it('a NaN, an infinity and a window of nothing but −∞ come out as they do without', () => {
    const codes = createCompiledKernels();
    const dy = tf.tensor4d([1, 2, Infinity, NaN], [1, 2, 2, 1]);
    const input = tf.tensor4d([NaN, 1, -Infinity, -Infinity, 2, NaN, -Infinity, -Infinity, 3, 3, NaN, NaN, 1, 3, 5, NaN], [1, 4, 4, 1]);
    const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
    expect(compiled(codes, 'MaxPoolGrad', { dy, input, output: dy }, attributes)).toEqual(uncompiled('MaxPoolGrad', { dy, input, output: dy }, attributes));
    expect(compiled(codes, 'TakeAtMaxima', { values: input, x: input }, attributes)).toEqual(uncompiled('TakeAtMaxima', { values: input, x: input }, attributes));
    // windows that overlap: each place has other neighbours
    const spread = { filterSize: 2, strides: 1, pad: 'same', inputShape: [1, 2, 2, 1] };
    expect(compiled(codes, 'AvgPoolTranspose', { dy }, spread)).toEqual(uncompiled('AvgPoolTranspose', { dy }, spread));
    const [a, b] = [tf.tensor2d([[1, NaN], [Infinity, 2]]), tf.tensor2d([[0, 1], [1, -1]])];
    const product = { transposeA: true, transposeB: false };
    expect(compiled(codes, 'BatchMatMul', { a, b }, product)).toEqual(uncompiled('BatchMatMul', { a, b }, product));
    codes.dispose();
    tf.dispose([dy, input, a, b]);
  });
});

describe('the code of compiled kernels', () => {
  const attributes = { axis: [0], keepDims: false };
  const sum = (codes: CompiledKernels, size: number): readonly number[] => {
    const x = tf.fill([size, 2], 1.5);
    const { values } = compiled(codes, 'Sum', { x }, attributes);
    x.dispose();
    return values;
  };

  it('is kept, up to a bound, and right when it is made again', () => {
    const codes = createCompiledKernels({ kernels: 2, bytes: Infinity });
    for (const size of [5, 6, 7, 5, 7, 6, 6, 5]) expect(sum(codes, size)).toEqual([1.5 * size, 1.5 * size]);
    codes.dispose();
    expect(sum(codes, 5)).toEqual([7.5, 7.5]);
    codes.dispose();
  });

  it('goes where it holds too much memory, but for the last', () => {
    const codes = createCompiledKernels({ kernels: 100, bytes: 0 });
    for (const size of [5, 6, 5, 5]) expect(sum(codes, size)).toEqual([1.5 * size, 1.5 * size]);
    codes.dispose();
  });

  it('works on when the memory has grown', () => {
    const codes = createCompiledKernels();
    expect(sum(codes, 9)).toEqual([13.5, 13.5]);
    const before = backend().wasm.HEAPU8.length;
    const large = tf.ones([before / 4 + 1024]);
    expect(backend().wasm.HEAPU8.length).toBeGreaterThan(before);
    expect(sum(codes, 9)).toEqual([13.5, 13.5]);
    large.dispose();
    codes.dispose();
  });

  it('works in memory that threads share', () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 8, shared: true });
    let end = 64;
    const allocate = (bytes: number): number => {
      const at = end;
      end += Math.ceil(bytes / 64) * 64;
      return at;
    };
    const places = new Map<object, { readonly id: number; readonly memoryOffset: number }>();
    const threaded = {
      wasm: { wasmMemory: memory, HEAPU8: new Uint8Array(memory.buffer), _malloc: allocate, _free: () => undefined },
      dataIdMap: places,
      makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo {
        const dataId = {};
        places.set(dataId, { id: places.size, memoryOffset: allocate(4 * tf.util.sizeFromShape(shape)) });
        return { dataId, shape, dtype };
      },
    } as unknown as WasmBackend;
    const x = threaded.makeOutput([3, 5], 'float32');
    floatsOf(threaded, x).set(Array.from({ length: 15 }, (_, i) => i));
    const codes = createCompiledKernels();
    expect([...floatsOf(threaded, codes.run('Sum', KERNELS.Sum, threaded, { x }, attributes)!)]).toEqual([15, 18, 21, 24, 27]);
    codes.dispose();
  });

  it('is not made where the backend does not show its memory, or of truth values', () => {
    const codes = createCompiledKernels();
    const x = tf.ones([4, 2]);
    const hidden = { ...backend(), wasm: { _malloc: () => 0, _free: () => undefined } };
    expect(codes.run('Sum', KERNELS.Sum, hidden as unknown as WasmBackend, { x }, attributes)).toBeNull();
    const flags = tf.tensor2d([1, 0], [1, 2], 'bool');
    expect(codes.run('Sum', KERNELS.Sum, backend(), { x: flags }, attributes)).toBeNull();
    tf.dispose([x, flags]);
    codes.dispose();
  });
});
