/**
 * Times the kernels that training on the tape needs on the wasm backend against what they are to be measured by, in one run on the
 * shapes of the benchmark's steps (README.md): gradients of convolutions against conv2d (stock, XNNPACK), transposed products against plain
 * ones, gradients of pooling and resizing against their forward passes, and everything else in src/runtime/kernels against a kernel that
 * moves as much memory or multiplies as much. Kernel and yardstick take turns; least times count.
 *
 *     npx tsdown bench/trainingKernels.ts --no-config --no-dts --out-dir out/bench && taskset -c 1 node out/bench/trainingKernels.mjs [part of a name…]
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { installGradients } from '../src/runtime/gradients/installGradients.ts';

type Shape = readonly number[];

/** What is timed: makes its operands, anew for each round, and runs. */
interface Work {
  readonly operands: readonly Shape[];
  readonly run: (...tensors: tf.Tensor[]) => tf.Tensor;
}

/** A kernel beside its yardstick. Targets: at least so much of its speed (≥), or at most so many times its time (≤). */
interface Row {
  readonly kernel: string;
  readonly shape: string;
  /** Nominal operations, every tap counted; 0 where time is told instead. */
  readonly flops: number;
  readonly work: Work;
  readonly yardstick: Work & { readonly name: string; readonly flops: number };
  readonly target: readonly ['≥' | '≤', number] | null;
}

const size = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);
const text = (shape: Shape): string => shape.join('×');

function kernel(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: object): tf.Tensor {
  return tf.engine().runKernel(name, { ...inputs }, attributes as tf.NamedAttrMap) as tf.Tensor;
}

/** The gradient of a kernel by one of its inputs, as the tape asks for it. */
function gradient(name: string, by: string, dy: tf.Tensor, saved: tf.Tensor[], attributes: object): tf.Tensor {
  const gradients = tf.getGradient(name).gradFunc(dy, saved, attributes as tf.NamedAttrMap) as Readonly<Record<string, () => tf.Tensor>>;
  return gradients[by]!();
}

// ---- convolutions

interface Convolution { readonly name: string; readonly x: Shape; readonly filter: Shape; readonly stride: number }

const CONVOLUTIONS: readonly Convolution[] = [
  { name: 'dcgan conv 1', x: [32, 28, 28, 1], filter: [5, 5, 1, 32], stride: 2 },
  { name: 'dcgan conv 2', x: [32, 14, 14, 32], filter: [5, 5, 32, 64], stride: 2 },
  { name: 'cyclegan 7×7 in', x: [1, 64, 64, 3], filter: [7, 7, 3, 16], stride: 1 },
  { name: 'cyclegan down 1', x: [1, 64, 64, 16], filter: [3, 3, 16, 32], stride: 2 },
  { name: 'cyclegan down 2', x: [1, 32, 32, 32], filter: [3, 3, 32, 64], stride: 2 },
  { name: 'cyclegan residual', x: [1, 16, 16, 64], filter: [3, 3, 64, 64], stride: 1 },
  { name: 'cyclegan 7×7 out', x: [1, 64, 64, 16], filter: [7, 7, 16, 3], stride: 1 },
  { name: 'cyclegan D 1', x: [1, 64, 64, 3], filter: [4, 4, 3, 32], stride: 2 },
  { name: 'cyclegan D 2', x: [1, 32, 32, 32], filter: [4, 4, 32, 64], stride: 2 },
  { name: 'cyclegan D 3', x: [1, 16, 16, 64], filter: [4, 4, 64, 1], stride: 1 },
];

function convolution2d({ name, x, filter, stride }: Convolution): readonly Row[] {
  const out = [x[0]!, Math.ceil(x[1]! / stride), Math.ceil(x[2]! / stride), filter[3]!];
  const attributes = { strides: [stride, stride], pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  const flops = 2 * size(out) * filter[0]! * filter[1]! * filter[2]!;
  // a new filter each time, as in training: packing it is part of the work
  const yardstick = { name: 'conv2d', flops, operands: [x, filter], run: (image: tf.Tensor, weights: tf.Tensor) => kernel('Conv2D', { x: image, filter: weights }, attributes) };
  const shape = `${name}: ${text(x)} ∗ ${text(filter)} s${stride}`;
  return [
    { kernel: 'conv2d by filter', shape, flops, yardstick, target: ['≥', 0.6], work: { operands: [x, out], run: (image, dy) => kernel('Conv2DBackpropFilter', { x: image, dy }, { ...attributes, filterShape: filter }) } },
    { kernel: 'conv2d by input', shape, flops, yardstick, target: ['≥', 0.6], work: { operands: [out, filter], run: (dy, weights) => kernel('Conv2DBackpropInput', { dy, filter: weights }, { ...attributes, inputShape: x }) } },
  ];
}

/** Depthwise 3×3, and its gradients. */
function depthwise(x: Shape, stride: number): readonly Row[] {
  const filter = [3, 3, x[3]!, 1];
  const out = [x[0]!, Math.ceil(x[1]! / stride), Math.ceil(x[2]! / stride), x[3]!];
  const attributes = { strides: [stride, stride], pad: 'same', dilations: [1, 1] };
  const flops = 2 * size(out) * 9;
  const yardstick = { name: 'depthwiseConv2d', flops, operands: [x, filter], run: (image: tf.Tensor, weights: tf.Tensor) => kernel('DepthwiseConv2dNative', { x: image, filter: weights }, attributes) };
  const shape = `${text(x)} ∗ ${text(filter)} s${stride}`;
  return [
    { kernel: 'depthwise by filter', shape, flops, yardstick, target: null, work: { operands: [x, out], run: (image, dy) => kernel('DepthwiseConv2dNativeBackpropFilter', { x: image, dy }, { ...attributes, filterShape: filter }) } },
    { kernel: 'depthwise by input', shape, flops, yardstick, target: null, work: { operands: [out, filter], run: (dy, weights) => kernel('DepthwiseConv2dNativeBackpropInput', { dy, filter: weights }, { ...attributes, inputShape: x }) } },
  ];
}

function convolution3d(x: Shape, filter: Shape, stride: number): readonly Row[] {
  const out = [x[0]!, ...x.slice(1, 4).map((length) => Math.ceil(length / stride)), filter[4]!];
  const attributes = { strides: [stride, stride, stride], pad: 'same', dilations: [1, 1, 1], dataFormat: 'NDHWC' };
  const flops = 2 * size(out) * size(filter.slice(0, 4));
  const yardstick = { name: 'conv3d', flops, operands: [x, filter], run: (image: tf.Tensor, weights: tf.Tensor) => kernel('Conv3D', { x: image, filter: weights }, attributes) };
  const shape = `${text(x)} ∗ ${text(filter)} s${stride}`;
  return [
    { kernel: 'conv3d by filter', shape, flops, yardstick, target: null, work: { operands: [x, out], run: (image, dy) => kernel('Conv3DBackpropFilterV2', { x: image, dy }, { ...attributes, filterShape: filter }) } },
    { kernel: 'conv3d by input', shape, flops, yardstick, target: null, work: { operands: [out, filter], run: (dy, weights) => kernel('Conv3DBackpropInputV2', { dy, filter: weights }, { ...attributes, inputShape: x }) } },
  ];
}

// ---- products

/** [m, k]·[k, n], with either operand stored the other way round. */
function product(name: string, m: number, k: number, n: number, batch: Shape = []): readonly Row[] {
  const flops = 2 * size(batch) * m * k * n;
  const times = (transposeA: boolean, transposeB: boolean): Work => ({
    operands: [[...batch, ...(transposeA ? [k, m] : [m, k])], [...batch, ...(transposeB ? [n, k] : [k, n])]],
    run: (a, b) => kernel('BatchMatMul', { a, b }, { transposeA, transposeB }),
  });
  const yardstick = { name: 'matMul', flops, ...times(false, false) };
  const shape = `${name}: ${batch.length > 0 ? `${text(batch)} of ` : ''}${m}×${k}×${n}`;
  return [
    { kernel: 'matMul, transposeA', shape, flops, yardstick, target: ['≥', 0.8], work: times(true, false) },
    { kernel: 'matMul, transposeB', shape, flops, yardstick, target: ['≥', 0.8], work: times(false, true) },
  ];
}

function einsum(equation: string, a: Shape, b: Shape, m: number, k: number, n: number, batch: number): Row {
  const flops = 2 * batch * m * k * n;
  return {
    kernel: 'einsum', shape: `${equation}: ${text(a)}, ${text(b)}`, flops, target: null,
    yardstick: { name: 'matMul', flops, operands: [[m * batch, k], [k, n]], run: (x, y) => kernel('BatchMatMul', { a: x, b: y }, { transposeA: false, transposeB: false }) },
    work: { operands: [a, b], run: (x, y) => tf.einsum(equation, x, y) },
  };
}

// ---- pooling and resizing

/** Gradients of pooling, by the rules that the tape calls; 1-D pooling is 2-D pooling of images of width 1. */
function pooling(x: Shape, window: number | number[], stride: number | number[], pad: 'same' | 'valid'): readonly Row[] {
  const cubic = x.length === 5;
  const attributes = { filterSize: window, strides: stride, pad, ...(cubic && { dataFormat: 'NDHWC' }) };
  return (['Max', 'Avg'] as const).map((kind): Row => {
    const name = `${kind}Pool${cubic ? '3D' : ''}`;
    const forward = (image: tf.Tensor): tf.Tensor => kernel(name, { x: image }, attributes);
    const probe = tf.tidy(() => forward(tf.zeros([...x])).shape);
    return {
      kernel: `${kind.toLowerCase()} pooling by input`, shape: `${text(x)}, ${[window].flat().join('×')} s${[stride].flat().join('×')} ${pad}`, flops: 0, target: ['≤', 3],
      yardstick: { name: 'forward', flops: 0, operands: [x], run: forward },
      work: { operands: [probe, x, probe], run: (dy, image, y) => gradient(name, 'x', dy, kind === 'Max' ? [image, y] : [image], attributes) },
    };
  });
}

function resizing(x: Shape, to: readonly [number, number], flags: { readonly alignCorners?: boolean; readonly halfPixelCenters?: boolean } = {}): readonly Row[] {
  const attributes = { alignCorners: false, halfPixelCenters: false, ...flags, size: to };
  return (['ResizeNearestNeighbor', 'ResizeBilinear'] as const).map((name): Row => ({
    kernel: `${name === 'ResizeBilinear' ? 'bilinear' : 'nearest'} resizing by images`,
    shape: `${text(x)} → ${text(to)}${Object.keys(flags).map((flag) => `, ${flag}`).join('')}`, flops: 0, target: ['≤', 3],
    yardstick: { name: 'forward', flops: 0, operands: [x], run: (images) => kernel(name, { images }, attributes) },
    work: { operands: [[x[0]!, ...to, x[3]!], x], run: (dy, images) => gradient(name, 'images', dy, [images], attributes) },
  }));
}

// ---- the rest: against a kernel that reads and writes as much

/** As much memory as the kernel moves, by a kernel of the backend that moves it at full width. */
function against(kernelName: string, shape: string, moved: number, work: Work): Row {
  return { kernel: kernelName, shape, flops: 0, target: null, work, yardstick: { name: 'add of as much', flops: 0, operands: [[moved], [moved]], run: (a, b) => kernel('Add', { a, b }, {}) } };
}

function others(): readonly Row[] {
  const image = [32, 14, 14, 32];
  const count = size(image);
  const normalisation = (x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor): tf.Tensor => kernel('FusedBatchNorm', { x, mean, variance }, { varianceEpsilon: 1e-3 });
  return [
    against('sum over all but channels', text(image), count / 2, { operands: [image], run: (x) => tf.sum(x, [0, 1, 2]) }),
    against('sum over samples', text([32, 3136]), 32 * 3136 / 2, { operands: [[32, 3136]], run: (x) => tf.sum(x, 0) }),
    against('sum over pixels', text([1, 64, 64, 16]), 32768, { operands: [[1, 64, 64, 16]], run: (x) => tf.sum(x, [1, 2]) }),
    against('sum over all', text(image), count / 2, { operands: [image], run: (x) => tf.sum(x) }),
    against('tile of rows', '1×64 by 6272', 6272 * 64, { operands: [[1, 64]], run: (x) => tf.tile(x, [6272, 1]) }),
    against('tile of channels', '6272×1 by 64', 6272 * 64, { operands: [[6272, 1]], run: (x) => tf.tile(x, [1, 64]) }),
    against('tile of images', '32×1×1×32 by 1×14×14×1', count, { operands: [[32, 1, 1, 32]], run: (x) => tf.tile(x, [1, 14, 14, 1]) }),
    against('leakyRelu', text(image), count, { operands: [image], run: (x) => kernel('LeakyRelu', { x }, { alpha: 0.2 }) }),
    against('log1p', text([4096]), 4096, { operands: [[4096]], run: (x) => tf.log1p(tf.square(x)) }),
    against('batch normalisation', `${text(image)} by 32`, count, { operands: [image, [32], [32]], run: (x, mean, variance) => normalisation(x, mean, tf.square(variance)) }),
    against('sample normalisation', `${text(image)} by 32×1×1×32`, count, { operands: [image, [32, 1, 1, 32], [32, 1, 1, 32]], run: (x, mean, variance) => normalisation(x, mean, tf.square(variance)) }),
    against('segment sum', '1024×64 into 512', 1024 * 64, { operands: [[1024, 64]], run: (x) => tf.unsortedSegmentSum(x, tf.range(0, 1024, 1, 'int32').mod(tf.scalar(512, 'int32')) as tf.Tensor1D, 512) }),
    against('max pooling with positions', '32×28×28×32, 2×2 s2', 32 * 28 * 28 * 32, { operands: [[32, 28, 28, 32]], run: (x) => (tf.engine().runKernel('MaxPoolWithArgmax', { x }, { filterSize: 2, strides: 2, pad: 'valid', includeBatchInIndex: true }) as unknown as tf.Tensor[])[0]! }),
  ];
}

function rows(): readonly Row[] {
  return [
    ...CONVOLUTIONS.flatMap(convolution2d),
    ...product('mlp256 first', 64, 2, 256),
    ...product('mlp256', 64, 256, 256),
    ...product('mlp256 G first', 64, 16, 256),
    ...product('mlp256 last', 64, 256, 1),
    ...product('mlp256 G last', 64, 256, 2),
    ...product('mlp256 by weights', 256, 64, 256),
    ...product('dcgan D last', 32, 3136, 1),
    ...product('dcgan D last by input', 32, 1, 3136),
    ...product('dcgan D last by weights', 3136, 32, 1),
    ...product('dcgan G first', 32, 64, 3136),
    ...product('dcgan G first by input', 32, 3136, 64),
    ...product('dcgan G first by weights', 64, 32, 3136),
    ...product('attention', 64, 32, 64, [8, 4]),
    ...pooling([32, 28, 28, 32], 2, 2, 'valid'),
    ...pooling([32, 14, 14, 64], 3, 2, 'same'),
    ...pooling([1, 64, 64, 16], 2, 2, 'same'),
    ...pooling([1, 32, 32, 32], 3, 1, 'same'),
    ...pooling([32, 7, 7, 64], 7, 7, 'valid'),
    ...pooling([32, 1, 128, 32], [1, 2], [1, 2], 'valid'),
    ...pooling([4, 16, 16, 16, 16], 2, 2, 'valid'),
    ...pooling([4, 9, 9, 9, 16], 3, 2, 'same'),
    ...resizing([32, 14, 14, 32], [28, 28]),
    ...resizing([32, 7, 7, 64], [14, 14]),
    ...resizing([1, 32, 32, 64], [64, 64]),
    ...resizing([1, 32, 32, 16], [64, 64], { halfPixelCenters: true }),
    ...resizing([4, 20, 20, 16], [33, 27], { alignCorners: true }),
    ...resizing([4, 64, 64, 16], [32, 32]),
    ...depthwise([32, 14, 14, 32], 1),
    ...depthwise([1, 64, 64, 16], 2),
    ...convolution3d([2, 16, 16, 16, 8], [3, 3, 3, 8, 16], 2),
    ...convolution3d([1, 8, 8, 8, 32], [3, 3, 3, 32, 32], 1),
    einsum('ij,jk->ik', [64, 256], [256, 256], 64, 256, 256, 1),
    einsum('ij,jk->ki', [64, 256], [256, 256], 64, 256, 256, 1),
    einsum('bqhd,bkhd->bhqk', [8, 64, 4, 32], [8, 64, 4, 32], 64, 32, 64, 32),
    ...others(),
  ];
}

// ---- timing

const ROUNDS = 12;
const LEAST_MS = 250;

/** Least milliseconds of each, taken in turns; the first rounds warm up. */
async function race(works: readonly Work[]): Promise<readonly number[]> {
  const least = works.map(() => Infinity);
  const until = performance.now() + LEAST_MS;
  for (let round = 0; round < ROUNDS || performance.now() < until; round++) {
    works.forEach(({ operands, run }, index) => {
      tf.tidy(() => {
        const tensors = operands.map((shape) => tf.randomUniform([...shape], -1, 1));
        const start = performance.now();
        run(...tensors);
        const ms = performance.now() - start;
        if (round >= 3) least[index] = Math.min(least[index]!, ms);
      });
    });
    // machine code of the better compiler comes from another thread
    if (round < 6) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return least;
}

const speed = (flops: number, ms: number): string => (flops > 0 ? `${(flops / ms / 1e6).toFixed(1)} GFLOPS` : `${ms.toFixed(3)} ms`);

await tf.setBackend('wasm');
await tf.ready();
installGradients();
const wanted = process.argv.slice(2);
const short: string[] = [];
console.log(`${'kernel'.padEnd(30)} ${'shape'.padEnd(58)} ${'speed'.padStart(14)}  ${'yardstick'.padEnd(32)} ratio  target`);
for (const { kernel: name, shape, flops, work, yardstick, target } of rows()) {
  if (wanted.length > 0 && !wanted.some((part) => `${name} ${shape}`.includes(part))) continue;
  const [ms, other] = await race([work, yardstick]) as [number, number];
  const ratio = target?.[0] === '≥' || flops > 0 ? flops / ms / (yardstick.flops / other) : ms / other;
  const met = target === null || (target[0] === '≥' ? ratio >= target[1] : ratio <= target[1]);
  if (!met) short.push(`${name} ${shape}`);
  const verdict = target === null ? '' : `${target[0]} ${target[1]} ${met ? 'ok' : 'short'}`;
  console.log(`${name.padEnd(30)} ${shape.padEnd(58)} ${speed(flops, ms).padStart(14)}  ${`${yardstick.name} ${speed(yardstick.flops, other)}`.padEnd(32)} ${ratio.toFixed(2).padStart(5)}  ${verdict}`);
}
console.log(short.length === 0 ? 'every target is met' : `${short.length} fall short`);
