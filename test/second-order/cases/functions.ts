import * as tf from '@tensorflow/tfjs';
import type { CaseGroup, SecondOrderCase } from '../secondOrderCase.ts';
import { layerRow, opRow, weightsRow } from '../secondOrderCase.ts';

const L = tf.layers;
const VECTOR = [5];
const MATRIX = [3, 4];

const named = (activation: string): SecondOrderCase => layerRow(activation, () => L.activation({ activation: activation as 'relu' }), VECTOR);

const activations: readonly SecondOrderCase[] = [
  named('relu'),
  named('relu6'),
  layerRow('leakyReLU', () => L.leakyReLU({ alpha: 0.2 }), VECTOR),
  layerRow('prelu', () => L.prelu({}), VECTOR),
  layerRow('prelu, shared axes', () => L.prelu({ sharedAxes: [1, 2] }), [3, 2, 2], { seed: 9 }),
  layerRow('thresholdedReLU', () => L.thresholdedReLU({ theta: 0.3 }), VECTOR),
  named('elu'),
  named('selu'),
  named('tanh'),
  named('sigmoid'),
  named('hardSigmoid'),
  named('softplus'),
  named('softsign'),
  named('softmax'),
  opRow('softmax of images', (x) => tf.softmax(x), [2, 3, 2]),
  opRow('logSoftmax', (x) => tf.logSoftmax(x), VECTOR),
  opRow('logSigmoid', (x) => tf.logSigmoid(x), VECTOR),
  named('swish'),
  named('mish'),
  layerRow('gelu', () => L.activation({ activation: 'gelu' as 'relu' }), VECTOR, { note: 'by erf, see there' }),
  named('gelu_new'),
];

const positive = (x: tf.Tensor) => tf.add(tf.square(x), 0.5);

const elementwise: readonly SecondOrderCase[] = [
  opRow('exp, expm1', (x) => [tf.exp(x), tf.expm1(x)], VECTOR),
  opRow('log, log1p', (x) => [tf.log(positive(x)), tf.log1p(positive(x))], VECTOR),
  opRow('sqrt, rsqrt, reciprocal', (x) => [tf.sqrt(positive(x)), tf.rsqrt(positive(x)), tf.reciprocal(positive(x))], VECTOR),
  opRow('square, abs, neg', (x) => [tf.square(x), tf.abs(x), tf.neg(x)], VECTOR),
  opRow('sin, cos, tan', (x) => [tf.sin(x), tf.cos(x), tf.tan(tf.mul(x, 0.3))], VECTOR),
  opRow('sinh, cosh, atan, asinh', (x) => [tf.sinh(x), tf.cosh(x), tf.atan(x), tf.asinh(x)], VECTOR),
  opRow('asin, acos, atanh, acosh', (x) => { const y = tf.mul(tf.sin(x), 0.8); return [tf.asin(y), tf.acos(y), tf.atanh(y), tf.acosh(tf.add(y, 2))]; }, VECTOR),
  opRow('erf', (x) => tf.erf(x), VECTOR, { note: 'tfjs approximates erf by Abramowitz and Stegun’s 7.1.26, which is off by up to 1.5e-7 (in float32 a unit in the last place near 1, but a thousandth of the value at 1e-4); ganloss computes the same value, compiled, too, so that nothing changes from one mode to the other. Its derivatives are those of the true function, 2/√π·exp(−x²), and exact; the differences they are compared with here are of the approximation' }),
  opRow('pow by a number, by a tensor', (x) => [tf.pow(x, 3), tf.pow(positive(x), tf.cos(x))], VECTOR),
  weightsRow('add, sub, mul, div, broadcast', (x, [w]) => [tf.add(x, w), tf.sub(w, x), tf.mul(x, w), tf.div(w, positive(x)), tf.div(x, positive(w))], MATRIX, [[4]]),
  weightsRow('maximum', (x, [w]) => tf.maximum(x, w), MATRIX, [[4]]),
  weightsRow('minimum', (x, [w]) => tf.minimum(w, x), MATRIX, [[4]]),
  weightsRow('squaredDifference', (x, [w]) => tf.squaredDifference(x, w), MATRIX, [[4]]),
  weightsRow('atan2', (x, [w]) => tf.atan2(x, positive(w)), MATRIX, [[4]]),
  weightsRow('mod', (x, [w]) => tf.mod(x, positive(w)), MATRIX, [[4]], { seed: 9 }),
  opRow('clipByValue', (x) => tf.clipByValue(x, -0.6, 0.7), VECTOR),
  weightsRow('where', (x, [w]) => tf.where(tf.greater(x, 0.1), tf.mul(tf.square(x), w), tf.mul(x, w)), MATRIX, [[4]]),
];

const reductions: readonly SecondOrderCase[] = [
  opRow('sum, mean', (x) => [tf.sum(x, 2), tf.mean(x, 1, true)], MATRIX),
  opRow('max', (x) => [tf.max(x, 2), tf.max(x, 1, true)], MATRIX),
  opRow('min', (x) => [tf.min(x, 2), tf.min(x, [1, 2])], MATRIX),
  opRow('prod', (x) => [tf.prod(x, 2), tf.prod(x, 1)], MATRIX),
  opRow('norm, euclidean', (x) => tf.norm(x, 'euclidean', 2), MATRIX),
  opRow('norm, 1 and infinity', (x) => [tf.norm(x, 1, 2), tf.norm(x, Infinity, 2)], MATRIX, { seed: 9 }),
  opRow('moments', (x) => { const { mean, variance } = tf.moments(x, [1], true); return [mean, variance]; }, MATRIX),
  opRow('logSumExp', (x) => tf.logSumExp(x, 2), MATRIX),
  opRow('cumsum, last axis', (x) => [tf.cumsum(x, 2), tf.cumsum(x, 2, true, true)], MATRIX),
  opRow('cumsum, another axis', (x) => [tf.cumsum(x, 1), tf.cumsum(x, 1, true)], MATRIX),
  opRow('cumprod', (x) => [tf.cumprod(x, 2), tf.cumprod(x, 1, true)], MATRIX),
  opRow('topk', (x) => tf.topk(x, 2).values, MATRIX),
];

const layout: readonly SecondOrderCase[] = [
  opRow('gather, repeated positions', (x) => tf.gather(x, tf.tensor1d([3, 0, 3], 'int32'), 2), MATRIX),
  opRow('gather of rows', (x) => tf.gather(x, tf.tensor1d([0, 0], 'int32')), MATRIX, { seed: 9 }),
  opRow('gatherND', (x) => tf.gatherND(x, tf.tensor2d([[0, 1], [0, 1], [0, 2]], [3, 2], 'int32')), MATRIX),
  opRow('slice', (x) => tf.slice(x, [0, 1, 1], [-1, 2, 3]), MATRIX),
  opRow('stridedSlice', (x) => tf.stridedSlice(x, [0, 0, 3], [1, 3, 0], [1, 2, -1]), MATRIX),
  opRow('pad', (x) => tf.pad(x, [[0, 0], [1, 0], [2, 1]], 0.5), MATRIX),
  opRow('mirrorPad', (x) => [tf.mirrorPad(x, [[0, 0], [1, 0], [2, 1]], 'reflect'), tf.mirrorPad(x, [[0, 0], [1, 0], [2, 1]], 'symmetric')], MATRIX),
  opRow('tile', (x) => tf.tile(x, [1, 2, 3]), MATRIX),
  opRow('stack', (x) => tf.stack([x, tf.square(x)], 1), MATRIX),
  opRow('unstack', (x) => tf.unstack(x, 1).map((part, i) => tf.mul(part, i + 1)), MATRIX),
  opRow('concat, split', (x) => { const [a, b] = tf.split(x, [1, 3], 2); return tf.concat([b, tf.square(a), b], 2); }, MATRIX),
  opRow('transpose, reverse', (x) => tf.reverse(tf.transpose(x, [0, 2, 1]), [1]), MATRIX),
  opRow('broadcastTo, expandDims', (x) => tf.broadcastTo(tf.expandDims(x, 1), [x.shape[0], 2, 3, 4]), MATRIX),
  opRow('depthToSpace', (x) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC'), [2, 3, 4]),
];

const products: readonly SecondOrderCase[] = [
  weightsRow('matMul with a transpose', (x, [w]) => tf.matMul(w, x, false, true), MATRIX, [[2, 4]]),
  weightsRow('einsum bij,jk->bik', (x, [w]) => tf.einsum('bij,jk->bik', x, w), MATRIX, [[4, 2]]),
  weightsRow('einsum bij,bkj->bik', (x, [w]) => tf.einsum('bij,bkj->bik', x, tf.mul(x, w)), MATRIX, [[3, 4]]),
  weightsRow('attention by matMul and softmax', (x, [query, key, value]) => {
    const by = (w: tf.Tensor) => tf.reshape(tf.matMul(tf.reshape(x, [-1, 4]), w as tf.Tensor2D), [x.shape[0], 3, 2]);
    return tf.matMul(tf.softmax(tf.div(tf.matMul(by(query), by(key), false, true), Math.SQRT2)), by(value));
  }, MATRIX, [[4, 2], [4, 2], [4, 2]]),
  weightsRow('minibatch standard deviation', (x, [w]) => {
    const y = tf.mul(x, w);
    const { variance } = tf.moments(y, 0);
    return tf.concat([y, tf.broadcastTo(tf.mean(tf.sqrt(tf.add(variance, 1e-2))), [x.shape[0], 3, 1])], 2);
  }, MATRIX, [[4]]),
];

const classes = (x: tf.Tensor) => tf.softmax(tf.mul(tf.range(0, 4), tf.ones(x.shape)));

/** The losses of tfjs, which users bring as terms of their own. */
const losses: readonly SecondOrderCase[] = [
  opRow('softmaxCrossEntropy, by logits', (x) => tf.losses.softmaxCrossEntropy(classes(x), x), MATRIX),
  opRow('softmaxCrossEntropy, by labels', (x) => tf.losses.softmaxCrossEntropy(tf.softmax(x), tf.sin(x)), MATRIX),
  opRow('sigmoidCrossEntropy', (x) => tf.losses.sigmoidCrossEntropy(tf.sigmoid(tf.sin(x)), x), MATRIX),
  opRow('absoluteDifference, meanSquaredError', (x) => [tf.losses.absoluteDifference(tf.zerosLike(x), x), tf.losses.meanSquaredError(tf.cos(x), x)], MATRIX, { seed: 8 }),
  opRow('huberLoss', (x) => tf.losses.huberLoss(tf.zerosLike(x), x, undefined, 0.7), MATRIX),
  opRow('hingeLoss', (x) => tf.losses.hingeLoss(tf.onesLike(x), x), MATRIX),
  opRow('logLoss', (x) => tf.losses.logLoss(tf.sigmoid(tf.sin(x)), tf.sigmoid(x)), MATRIX),
  opRow('cosineDistance', (x) => tf.losses.cosineDistance(tf.onesLike(x), tf.square(x), 2), MATRIX),
];

export const functionGroups: readonly CaseGroup[] = [
  { title: 'Activations', cases: activations },
  { title: 'Elementwise ops', cases: elementwise },
  { title: 'Reductions and scans', cases: reductions },
  { title: 'Ops that move values', cases: layout },
  { title: 'Products', cases: products },
  { title: 'Losses of tfjs', cases: losses },
];
