import * as tf from '@tensorflow/tfjs';
import type { CaseGroup, SecondOrderCase } from '../secondOrderCase.ts';
import { layerRow, opRow, weightsRow } from '../secondOrderCase.ts';

const L = tf.layers;
const IMAGE = [5, 4, 2];

const products: readonly SecondOrderCase[] = [
  layerRow('dense', () => L.dense({ units: 3 }), [5]),
  layerRow('dense, over a sequence, without bias', () => L.dense({ units: 3, useBias: false }), [3, 5]),
  layerRow('dense, tanh', () => L.dense({ units: 3, activation: 'tanh' }), [5]),
  layerRow('conv1d, stride 2', () => L.conv1d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }), [7, 2]),
  layerRow('conv1d, dilated', () => L.conv1d({ filters: 2, kernelSize: 2, dilationRate: 2 }), [5, 2]),
  layerRow('conv2d', () => L.conv2d({ filters: 2, kernelSize: [3, 2] }), IMAGE),
  layerRow('conv2d, same, stride 2, sigmoid', () => L.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }), IMAGE),
  layerRow('conv2d, channels first', () => L.conv2d({ filters: 2, kernelSize: 3, dataFormat: 'channelsFirst' }), [2, 5, 4]),
  layerRow('conv2d, dilated', () => L.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2 }), IMAGE),
  layerRow('conv2dTranspose, same, stride 2', () => L.conv2dTranspose({ filters: 2, kernelSize: 4, strides: 2, padding: 'same' }), [3, 2, 2]),
  layerRow('conv2dTranspose, valid', () => L.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }), [2, 3, 1]),
  layerRow('conv3d', () => L.conv3d({ filters: 2, kernelSize: 2, padding: 'same' }), [3, 3, 2, 2]),
  layerRow('conv3dTranspose', () => L.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 }), [2, 2, 1, 2]),
  layerRow('separableConv2d', () => L.separableConv2d({ filters: 3, kernelSize: 3, padding: 'same', depthMultiplier: 2 }), IMAGE),
  layerRow('depthwiseConv2d, stride 2', () => L.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2 }), [5, 5, 2]),
  weightsRow('tf.depthwiseConv2d, dilated', (x, [w]) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NHWC', 2), IMAGE, [[2, 2, 2, 2]]),
  weightsRow('tf.separableConv2d, dilated', (x, [depthwise, pointwise]) => tf.separableConv2d(x as tf.Tensor4D, depthwise as tf.Tensor4D, pointwise as tf.Tensor4D, 1, 'valid', [2, 1]), IMAGE, [[2, 3, 2, 1], [1, 1, 2, 3]]),
  // a lookup has no derivative by its index: x is compared with what is looked up, as a projection discriminator does
  {
    name: 'embedding',
    shape: [3],
    batches: [3, 1],
    seed: 7,
    note: null,
    part(batch) {
      const layer = L.embedding({ inputDim: 5, outputDim: 3 });
      layer.apply(tf.zeros([1], 'int32'));
      const weight = (layer.weights[0] as unknown as { readonly val: tf.Variable }).val;
      weight.assign(tf.tidy(() => tf.mul(tf.sin(tf.range(1, 16)), 0.8).reshape([5, 3])));
      const labels = [4, 1, 4].slice(0, batch);
      return { variables: [weight], f: (x) => tf.mul(x, layer.apply(tf.tensor1d(labels, 'int32')) as tf.Tensor) };
    },
  },
];

const normalisation: readonly SecondOrderCase[] = [
  layerRow('batchNormalization, training', () => L.batchNormalization({}), [3, 2, 2]),
  layerRow('batchNormalization, training, of vectors', () => L.batchNormalization({ epsilon: 0.1 }), [4], { batches: [3, 5], note: 'batches of 3 and 5, since of a single vector the normalised value is 0, whatever the vector is' }),
  layerRow('batchNormalization, inference', () => L.batchNormalization({}), [3, 2, 2], { training: false }),
  layerRow('layerNormalization', () => L.layerNormalization({}), [5], { seed: 8 }),
  layerRow('layerNormalization over two axes', () => L.layerNormalization({ axis: [1, 2] }), [3, 4]),
  weightsRow('instance norm by moments', (x, [scale, offset]) => {
    const { mean, variance } = tf.moments(x, [1, 2], true);
    return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), scale), offset);
  }, [3, 3, 2], [[2], [2]]),
  weightsRow('instance norm by batchNorm', (x, [scale, offset]) => {
    const { mean, variance } = tf.moments(x, [1, 2], true);
    const wide = (weight: tf.Tensor) => tf.mul(tf.onesLike(mean), weight) as tf.Tensor4D;
    return tf.batchNorm(x as tf.Tensor4D, mean as tf.Tensor4D, variance as tf.Tensor4D, wide(offset), wide(scale), 1e-3);
  }, [3, 3, 2], [[2], [2]]),
  layerRow('dropout', () => L.dropout({ rate: 0.4 }), [3, 4]),
  layerRow('spatialDropout1d', () => L.spatialDropout1d({ rate: 0.4 }), [3, 4]),
  layerRow('gaussianNoise', () => L.gaussianNoise({ stddev: 0.3 }), [3, 4]),
  layerRow('alphaDropout', () => L.alphaDropout({ rate: 0.3 }), [3, 4]),
];

const pooling: readonly SecondOrderCase[] = [
  layerRow('maxPooling1d', () => L.maxPooling1d({ poolSize: 2, padding: 'same' }), [5, 2]),
  layerRow('maxPooling2d, overlapping', () => L.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), IMAGE),
  layerRow('maxPooling3d', () => L.maxPooling3d({ poolSize: 2 }), [2, 4, 2, 2]),
  layerRow('averagePooling1d', () => L.averagePooling1d({ poolSize: 2 }), [5, 2]),
  layerRow('averagePooling2d, with a margin', () => L.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), IMAGE),
  opRow('avgPool, explicit margins', (x) => tf.avgPool(x as tf.Tensor4D, 3, 1, [[0, 0], [1, 2], [0, 1], [0, 0]]), [3, 3, 1]),
  layerRow('averagePooling3d', () => L.averagePooling3d({ poolSize: 2, padding: 'same' }), [3, 2, 2, 2]),
  layerRow('globalAveragePooling1d', () => L.globalAveragePooling1d({}), [3, 2]),
  layerRow('globalAveragePooling2d', () => L.globalAveragePooling2d({}), [3, 3, 2]),
  layerRow('globalMaxPooling1d', () => L.globalMaxPooling1d({}), [3, 2]),
  layerRow('globalMaxPooling2d', () => L.globalMaxPooling2d({}), [3, 3, 2]),
];

const layout: readonly SecondOrderCase[] = [
  layerRow('upSampling2d, nearest', () => L.upSampling2d({ size: [2, 3] }), [3, 2, 2]),
  layerRow('upSampling2d, bilinear', () => L.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }), [3, 2, 2]),
  opRow('resizeNearestNeighbor, down', (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [3, 2]), [5, 4, 1]),
  opRow('resizeBilinear, odd sizes', (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [5, 7], false, true), [3, 4, 1]),
  layerRow('cropping2D', () => L.cropping2D({ cropping: [[1, 0], [1, 1]] }), IMAGE),
  layerRow('zeroPadding2d', () => L.zeroPadding2d({ padding: [[1, 2], [0, 1]] }), [3, 2, 2]),
  layerRow('flatten', () => L.flatten(), [3, 2]),
  layerRow('reshape', () => L.reshape({ targetShape: [3, 2] }), [2, 3]),
  layerRow('permute', () => L.permute({ dims: [2, 1] }), [2, 3]),
  layerRow('repeatVector', () => L.repeatVector({ n: 3 }), [4]),
];

/** Both inputs of a merge depend on x and on a weight. */
function merge(name: string, make: () => tf.layers.Layer): SecondOrderCase {
  return weightsRow(name, (x, [a, b]) => make().apply([tf.mul(x, a), tf.mul(tf.square(x), b)]) as tf.Tensor, [5], [[5], [5]]);
}

const merges: readonly SecondOrderCase[] = [
  merge('concatenate layer', () => L.concatenate()),
  merge('add layer', () => L.add()),
  merge('multiply layer', () => L.multiply()),
  merge('average layer', () => L.average()),
  merge('maximum layer', () => L.maximum()),
  merge('minimum layer', () => L.minimum()),
  merge('dot layer', () => L.dot({ axes: 1 })),
  merge('dot layer, normalised', () => L.dot({ axes: 1, normalize: true })),
];

const recurrent: readonly SecondOrderCase[] = [
  layerRow('simpleRNN', () => L.simpleRNN({ units: 2 }), [3, 2]),
  layerRow('gru', () => L.gru({ units: 2 }), [3, 2]),
  layerRow('lstm', () => L.lstm({ units: 2 }), [3, 2]),
  layerRow('lstm, sequences, dropout', () => L.lstm({ units: 2, returnSequences: true, dropout: 0.3 }), [2, 2]),
  layerRow('bidirectional gru', () => L.bidirectional({ layer: L.gru({ units: 1 }) as tf.RNN, mergeMode: 'concat' }), [2, 2]),
  layerRow('convLstm2d', () => L.convLstm2d({ filters: 1, kernelSize: 2, padding: 'same' }), [2, 2, 3, 1]),
  layerRow('timeDistributed dense', () => L.timeDistributed({ layer: L.dense({ units: 2 }) as tf.layers.Layer }), [3, 2]),
];

export const layerGroups: readonly CaseGroup[] = [
  { title: 'Products, convolutions, lookups', cases: products },
  { title: 'Normalisation and noise', cases: normalisation },
  { title: 'Pooling', cases: pooling },
  { title: 'Resizing and layout', cases: layout },
  { title: 'Merging', cases: merges },
  { title: 'Recurrent', cases: recurrent },
];
