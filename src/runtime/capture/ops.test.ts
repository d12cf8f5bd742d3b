import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { distanceOfModes, type ModeCase } from './testing/compareModes.ts';

beforeAll(() => tf.setBackend('cpu'));

type F = ModeCase['f'];

/** Values alone: what tfjs's tape does not differentiate, or differentiates otherwise. */
const VALUES: Partial<ModeCase> = { gradients: false, penalty: false };

const matrix: Partial<ModeCase> = { shape: [3, 4] };
const positive: Partial<ModeCase> = { shape: [3, 4], values: Array.from({ length: 12 }, (_, i) => 0.3 + 0.2 * i) };
const small: Partial<ModeCase> = { shape: [3, 4], values: Array.from({ length: 12 }, (_, i) => -0.8 + 0.13 * i) };
const images: Partial<ModeCase> = { shape: [2, 4, 3, 2] };
const ints = (shape: readonly number[], values: readonly number[]) => ({ shape, values, dtype: 'int32' as const });

const CASES: Readonly<Record<string, Readonly<Record<string, readonly [F, Partial<ModeCase>]>>>> = {
  elementwise: {
    'abs, neg, sign': [(x) => [tf.abs(x), tf.neg(x), tf.sign(x)], matrix],
    'exp, expm1': [(x) => [tf.exp(x), tf.expm1(x)], matrix],
    'log, log1p, sqrt, rsqrt, reciprocal': [(x) => [tf.log(x), tf.log1p(x), tf.sqrt(x), tf.rsqrt(x), tf.reciprocal(x)], positive],
    'floor, ceil, round': [(x) => [tf.floor(x), tf.ceil(x), tf.round(x)], { shape: [8], values: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.2, -0.7], ...VALUES }],
    'sinh, cosh, asinh': [(x) => [tf.sinh(x), tf.cosh(x), tf.asinh(x)], matrix],
    'sin, cos, tan': [(x) => [tf.sin(x), tf.cos(x), tf.tan(tf.mul(x, 0.5))], { shape: [8], values: [-30, -4, -1.6, -0.1, 0, 1.5, 3.2, 100] }],
    'asin, acos': [(x) => [tf.asin(x), tf.acos(x)], small],
    'atan, atan2': [(x) => [tf.atan(x), tf.atan2(x, tf.reverse(x, 0)), tf.atan2(tf.neg(x), -1), tf.atan2(x, 2)], { shape: [8], values: [-300, -1.5, -0.7, 0.2, 0.9, 1.1, 5, 100] }],
    acosh: [(x) => tf.acosh(tf.add(x, 1)), positive],
    atanh: [(x) => tf.atanh(x), small],
    erf: [(x) => tf.erf(x), matrix],
    step: [(x) => tf.step(x, 0.3), { shape: [4], values: [-1, 0, 2, NaN], ...VALUES }],
    clipByValue: [(x) => tf.clipByValue(x, -0.5, 0.5), matrix],
    'isNaN, isInf, isFinite': [(x) => [tf.isNaN(x), tf.isInf(x), tf.isFinite(x)], { shape: [4], values: [1, NaN, Infinity, -Infinity], ...VALUES }],
    'add, sub, mul, div with broadcasts': [(x) => { const y = tf.sum(x, 0); return [tf.add(x, y), tf.sub(y, x), tf.mul(x, y), tf.div(y, tf.add(tf.square(x), 1))]; }, matrix],
    'pow by a number, by a tensor': [(x) => [tf.pow(x, 3), tf.pow(x, tf.sqrt(x)), tf.pow(2, x)], positive],
    'maximum, minimum, squaredDifference': [(x) => { const y = tf.reverse(x, 0); return [tf.maximum(x, y), tf.minimum(x, tf.tensor1d([0, 1, -1, 2])), tf.squaredDifference(x, y)]; }, matrix],
    'floorDiv, mod': [(x) => [tf.floorDiv(x, 0.7), tf.mod(x, tf.scalar(0.7))], { ...positive, penalty: false }],
    'integers divided': [(_x, { a, b }) => [tf.div(a, b), tf.floorDiv(a, b), tf.mod(a, b), tf.maximum(a, b), tf.mul(a, b)], { shape: [1], ...VALUES, inputs: { a: ints([4], [7, -7, 9, 4]), b: ints([4], [2, 2, -4, 3]) } }],
    addN: [(x) => tf.addN([x, tf.square(x), x]), matrix],
    'comparisons and logic': [(x) => { const y = tf.reverse(x, 1); const [a, b] = [tf.greater(x, y), tf.lessEqual(x, 0)]; return [a, b, tf.less(x, y), tf.greaterEqual(x, y), tf.equal(x, x), tf.notEqual(x, y), tf.logicalAnd(a, b), tf.logicalOr(a, b), tf.logicalXor(a, b), tf.logicalNot(a)]; }, { ...matrix, ...VALUES }],
    'where, with a broadcast': [(x) => tf.where(tf.greater(x, 0), tf.square(x), tf.sum(x, 1, true)), matrix],
    'casts between types': [(x) => [tf.cast(tf.cast(x, 'int32'), 'float32'), tf.cast(x, 'bool'), tf.cast(tf.cast(x, 'bool'), 'int32')], { ...matrix, ...VALUES }],
  },
  activations: {
    'relu, relu6, leakyRelu, elu, selu at kinks': [(x) => [tf.relu(x), tf.relu6(tf.mul(x, 6)), tf.leakyRelu(x, 0.2), tf.elu(x), tf.selu(x)], { shape: [5], values: [-1, 0, 0.5, 1, 2] }],
    'prelu at 0': [(x) => tf.prelu(x, tf.tensor1d([0.1, 0.2, 0.3])), { shape: [3], values: [-1, 0, 2] }],
    'tanh where it is flat': [(x) => tf.tanh(x), { shape: [6], values: [-9, -1, 0, 0.5, 8.5, 40] }],
    'softmax, logSoftmax, logSigmoid, logSumExp': [(x) => [tf.softmax(x), tf.logSoftmax(x), tf.logSigmoid(x), tf.logSumExp(x, 1)], matrix],
    'relu at NaN': [(x) => tf.relu(x), { shape: [3], values: [NaN, 1, -1], penalty: false }],
    'maximum and max with ties and NaN': [(x) => [tf.maximum(x, tf.reverse(x, 0)), tf.max(x), tf.min(x)], { shape: [5], values: [1, 2, 3, 2, 1] }],
  },
  reductions: {
    'sum, mean': [(x) => [tf.sum(x), tf.sum(x, 0), tf.mean(x, 1, true), tf.mean(x)], matrix],
    'max, min': [(x) => [tf.max(x, 1), tf.min(x, 0, true)], matrix],
    'prod, any size': [(x) => [tf.prod(x, 0), tf.prod(x)], { ...positive, penalty: false }],
    'all, any': [(x) => [tf.all(tf.greater(x, 0), 0), tf.any(tf.greater(x, 1), 1)], { ...matrix, ...VALUES }],
    'argMax, argMin': [(x) => [tf.argMax(x, 1), tf.argMin(x, 0)], { ...matrix, ...VALUES }],
    // tfjs's gradients by other axes than the last have the wrong shape
    'cumsum, all ways': [(x) => [tf.cumsum(x, 1), tf.cumsum(x, 1, true), tf.cumsum(x, 1, false, true), tf.cumsum(x, 1, true, true)], { shape: [3, 5] }],
    'cumprod, all ways': [(x) => [tf.cumprod(x, 1), tf.cumprod(x, 1, true), tf.cumprod(x, 1, false, true)], positive],
    'cumsum, cumprod along the first axis': [(x) => [tf.cumsum(x, 0), tf.cumprod(x, 0, true)], { ...positive, ...VALUES }],
    topk: [(x) => { const { values, indices } = tf.topk(x, 2); return [values, indices]; }, { ...matrix, ...VALUES }],
    'moments, norm': [(x) => { const { mean, variance } = tf.moments(x, 0); return [mean, variance, tf.norm(x), tf.norm(x, 'euclidean', 1)]; }, matrix],
  },
  layout: {
    'reshape, expandDims, squeeze, transpose': [(x) => [tf.reshape(x, [2, -1]), tf.squeeze(tf.expandDims(x, -1), [2]), tf.transpose(x), tf.transpose(tf.reshape(x, [3, 2, 2]), [2, 0, 1])], matrix],
    'tile, broadcastTo': [(x) => [tf.tile(x, [2, 3]), tf.broadcastTo(tf.sum(x, 0, true), [3, 4])], matrix],
    'slice, stridedSlice, reverse': [(x) => [tf.slice(x, [1, 0], [2, -1]), tf.reverse(x, 1)], matrix],
    'stridedSlice, backwards and with masks': [(x) => [tf.stridedSlice(x, [2, 3], [0, 0], [-1, -2]), tf.stridedSlice(x, [0, 1], [0, 4], [2, 1], 1, 1), tf.stridedSlice(x, [1, 0], [2, 4], [1, 1], 0, 0, 0, 0, 1)], { ...matrix, ...VALUES }],
    'concat, stack, unstack, split': [(x) => [tf.concat([x, tf.square(x)], 1), tf.stack([x, x], 1), ...tf.unstack(tf.square(x), 1), ...tf.split(tf.square(x), [1, 3], 1)], matrix],
    'pad, mirrorPad': [(x) => [tf.pad(x, [[1, 0], [0, 2]], 0.5), tf.mirrorPad(x, [[1, 2], [3, 0]], 'reflect'), tf.mirrorPad(x, [[2, 1], [0, 4]], 'symmetric')], matrix],
    'spaceToBatchND, batchToSpaceND': [(x) => tf.batchToSpaceND(tf.square(tf.spaceToBatchND(x, [2, 2], [[0, 0], [1, 0]])), [2, 2], [[1, 0], [0, 1]]), images],
    'depthToSpace, both ways': [(x) => [tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC')], { shape: [2, 2, 3, 8] }],
    flipLeftRight: [(x) => tf.image.flipLeftRight(x as tf.Tensor4D), { ...images, ...VALUES }],
    'diag, eye, linspace, range, fill': [(x) => [tf.mul(tf.diag(tf.sum(x, 1)), tf.eye(3)), tf.mul(tf.linspace(0, 1, 4), x), tf.mul(tf.range(0, 8, 2), x), tf.mul(tf.fill([3, 4], 2.5), x), tf.mul(tf.zerosLike(x), tf.onesLike(x))], { ...matrix, ...VALUES }],
  },
  indexing: {
    gather: [(x, { i }) => [tf.gather(x, i), tf.gather(x, tf.slice(i, [0, 0], [2, 1]), 1)], { ...matrix, inputs: { i: ints([2, 2], [2, 0, 1, 2]) } }],
    'gather with batches': [(x, { i }) => tf.gather(x, i, 1, 1), { ...matrix, ...VALUES, inputs: { i: ints([3, 2], [3, 0, 1, 2, 2, 2]) } }],
    gatherND: [(x, { i }) => tf.gatherND(x, i), { ...matrix, ...VALUES, inputs: { i: ints([2, 2], [2, 3, 0, 1]) } }],
    scatterND: [(x, { i }) => tf.scatterND(i as tf.Tensor2D, x, [5, 4]), { ...matrix, ...VALUES, inputs: { i: ints([3, 1], [4, 1, 4]) } }],
    unsortedSegmentSum: [(x, { i }) => tf.unsortedSegmentSum(x as tf.Tensor2D, i as tf.Tensor1D, 4), { ...matrix, inputs: { i: ints([3], [2, 0, 2]) } }],
    oneHot: [(x, { i }) => tf.mul(tf.oneHot(i, 4, 2, -1), x), { ...matrix, inputs: { i: ints([3], [1, 3, 0]) } }],
    embedding: [(x, { i }) => tf.tidy(() => tf.gather(x, tf.cast(i, 'int32'))), { ...matrix, inputs: { i: { shape: [4], dtype: 'float32', values: [2, 2, 0, 1] } }, penalty: false, gradients: false }],
    'resizeNearestNeighbor, odd sizes and flags': [(x) => [tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [6, 7]), tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [7, 5], true), tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [3, 2], false, true)], images],
    'resizeBilinear, odd sizes and flags': [(x) => [tf.image.resizeBilinear(x as tf.Tensor4D, [6, 7]), tf.image.resizeBilinear(x as tf.Tensor4D, [7, 5], true), tf.image.resizeBilinear(x as tf.Tensor4D, [3, 6], false, true)], images],
  },
  contractions: {
    'matMul, transposed': [(x) => { const y = tf.transpose(x); return [tf.matMul(x, y), tf.matMul(x, x, true, false), tf.matMul(x, x, false, true), tf.matMul(y, x, true, true)]; }, matrix],
    'matMul, batched and broadcast': [(x) => [tf.matMul(x, tf.reverse(x, 0), false, true), tf.matMul(x, tf.ones([1, 3, 2]))], { shape: [2, 4, 3] }],
    'dot, outerProduct': [(x) => [tf.dot(tf.reshape(x, [12]), tf.reshape(x, [12])), tf.outerProduct(tf.sum(x, 0) as tf.Tensor1D, tf.sum(x, 1) as tf.Tensor1D)], matrix],
    einsum: [(x) => [tf.einsum('ij,kj->ki', x, x), tf.einsum('ij->j', x), tf.einsum('ij,ij->i', x, tf.square(x))], { ...matrix, ...VALUES }],
    'einsum of batches': [(x) => tf.einsum('bij,bkj->bik', x, x), { shape: [2, 2, 3], ...VALUES }],
  },
  windows: {
    'pools of any padding': [(x) => [tf.maxPool(x as tf.Tensor4D, [3, 2], [2, 1], 'same'), tf.avgPool(x as tf.Tensor4D, 2, 1, 'same'), tf.avgPool(x as tf.Tensor4D, [2, 3], 2, 'valid')], images],
    'explicit padding': [(x) => [tf.maxPool(x as tf.Tensor4D, 3, 2, [[0, 0], [1, 0], [1, 1], [0, 0]]), tf.conv2d(x as tf.Tensor4D, tf.ones([2, 2, 2, 1]), 1, [[0, 0], [1, 2], [0, 1], [0, 0]])], images],
    'pool with dilations': [(x) => tf.pool(x as tf.Tensor4D, 2, 'avg', 'valid', 2), { shape: [1, 6, 6, 2] }],
    localResponseNormalization: [(x) => tf.localResponseNormalization(x as tf.Tensor4D, 1, 1, 0.5, 0.75), { ...images, penalty: false }],
  },
  normalisation: {
    'batchNorm, parameters of any shape': [
      (x) => tf.batchNorm4d(x as tf.Tensor4D, tf.tensor1d([0.1, -0.2]), tf.tensor1d([1.5, 0.7]), tf.tensor1d([0.3, 0.1]), tf.tensor1d([2, 0.5]), 0.01),
      images,
    ],
    'batchNorm with statistics of the batch': [(x) => { const { mean, variance } = tf.moments(x, [0, 1, 2]); return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D); }, images],
  },
};

for (const [group, rows] of Object.entries(CASES)) {
  describe(group, () => {
    for (const [name, [f, options]] of Object.entries(rows)) {
      it(name, () => {
        expect(distanceOfModes({ shape: [3, 4], ...options, f })).toBeLessThan(5e-5);
      });
    }
  });
}
