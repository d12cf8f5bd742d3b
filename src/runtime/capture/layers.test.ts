import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distanceOfModes, type ModeCase } from './testing/compareModes.ts';
import { layerCase } from './testing/layerCases.ts';

beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.disposeVariables());

const L = tf.layers;

type Row = readonly [layer: () => tf.layers.Layer, shape: readonly number[], more?: Partial<ModeCase>];

/** What tfjs has no gradient of is compared by its values alone. */
const VALUES_ONLY: Partial<ModeCase> = { penalty: false };

const CASES: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  products: {
    dense: [() => L.dense({ units: 3 }), [4]],
    'dense without bias, over a sequence': [() => L.dense({ units: 3, useBias: false }), [3, 4]],
  },
  convolutions: {
    conv1d: [() => L.conv1d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }), [7, 2]],
    'conv2d, same, stride 2': [() => L.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }), [5, 6, 2]],
    'conv2d, valid': [() => L.conv2d({ filters: 2, kernelSize: [3, 2], strides: [1, 2] }), [6, 5, 2]],
    'conv2d, channels first': [() => L.conv2d({ filters: 2, kernelSize: 3, dataFormat: 'channelsFirst' }), [2, 4, 5]],
    conv2dTranspose: [() => L.conv2dTranspose({ filters: 3, kernelSize: 4, strides: 2, padding: 'same' }), [3, 4, 2]],
    'conv2dTranspose, valid': [() => L.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }), [2, 3, 2]],
    conv3d: [() => L.conv3d({ filters: 2, kernelSize: 2, padding: 'same' }), [3, 3, 2, 2]],
    conv3dTranspose: [() => L.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 }), [2, 2, 1, 2]],
    separableConv2d: [() => L.separableConv2d({ filters: 3, kernelSize: 3, padding: 'same', depthMultiplier: 2 }), [4, 5, 2]],
    depthwiseConv2d: [() => L.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2 }), [5, 5, 2]],
    'depthwiseConv2d of one channel': [() => L.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 3, padding: 'same' }), [4, 3, 1]],
  },
  normalisation: {
    'batchNorm in training, images': [() => L.batchNormalization({}), [3, 2, 2]],
    'batchNorm in training, vectors': [() => L.batchNormalization({ momentum: 0.8, epsilon: 0.1 }), [4]],
    layerNorm: [() => L.layerNormalization({}), [5]],
    'layerNorm over two axes': [() => L.layerNormalization({ axis: [1, 2] }), [3, 4]],
  },
  activations: {
    ...Object.fromEntries(
      (['elu', 'hardSigmoid', 'linear', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus', 'softsign', 'tanh', 'swish', 'mish', 'gelu', 'gelu_new'] as const).map(
        (activation): [string, Row] => [activation, [() => L.activation({ activation: activation as 'relu' }), [3, 4]]],
      ),
    ),
    'dense with leaky activation': [() => L.dense({ units: 3, activation: 'relu6' }), [4]],
    reLU: [() => L.reLU({ maxValue: 1 }), [6]],
    leakyReLU: [() => L.leakyReLU({ alpha: 0.2 }), [6]],
    prelu: [() => L.prelu({}), [6]],
    'prelu, shared': [() => L.prelu({ sharedAxes: [1, 2] }), [3, 2, 2]],
    'elu layer': [() => L.elu({}), [6]],
    thresholdedReLU: [() => L.thresholdedReLU({ theta: 0.5 }), [6]],
    'softmax layer': [() => L.softmax({ axis: 2 }), [3, 4]],
  },
  pooling: {
    maxPooling1d: [() => L.maxPooling1d({ poolSize: 2, padding: 'same' }), [5, 2]],
    maxPooling2d: [() => L.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), [5, 6, 2]],
    maxPooling3d: [() => L.maxPooling3d({ poolSize: 2 }), [2, 4, 2, 2]],
    averagePooling1d: [() => L.averagePooling1d({ poolSize: 2 }), [5, 2]],
    'averagePooling2d with a margin': [() => L.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), [5, 6, 2]],
    averagePooling3d: [() => L.averagePooling3d({ poolSize: 2, padding: 'same' }), [3, 4, 2, 2]],
    globalAveragePooling1d: [() => L.globalAveragePooling1d({}), [3, 2]],
    globalAveragePooling2d: [() => L.globalAveragePooling2d({}), [3, 2, 2]],
    globalMaxPooling1d: [() => L.globalMaxPooling1d({}), [3, 2]],
    globalMaxPooling2d: [() => L.globalMaxPooling2d({}), [3, 2, 2]],
  },
  layout: {
    'upSampling2d, nearest': [() => L.upSampling2d({ size: [2, 3] }), [2, 3, 2]],
    'upSampling2d, bilinear': [() => L.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }), [2, 3, 2]],
    cropping2D: [() => L.cropping2D({ cropping: [[1, 0], [2, 1]] }), [4, 5, 2]],
    zeroPadding2d: [() => L.zeroPadding2d({ padding: [[1, 2], [0, 1]] }), [3, 2, 2]],
    flatten: [() => L.flatten(), [3, 2]],
    reshape: [() => L.reshape({ targetShape: [3, 4] }), [2, 6]],
    permute: [() => L.permute({ dims: [2, 1] }), [2, 3]],
    repeatVector: [() => L.repeatVector({ n: 3 }), [4]],
    timeDistributed: [() => L.timeDistributed({ layer: L.dense({ units: 2 }) as tf.layers.Layer }), [3, 4]],
  },
  noise: {
    dropout: [() => L.dropout({ rate: 0.4 }), [3, 4]],
    'dropout with a shape': [() => L.dropout({ rate: 0.4, noiseShape: [2, 1, 4] }), [3, 4]],
    spatialDropout1d: [() => L.spatialDropout1d({ rate: 0.5 }), [3, 4]],
    gaussianNoise: [() => L.gaussianNoise({ stddev: 0.3 }), [3, 4]],
    gaussianDropout: [() => L.gaussianDropout({ rate: 0.3 }), [3, 4]],
    alphaDropout: [() => L.alphaDropout({ rate: 0.3 }), [3, 4]],
  },
  'without gradients in tfjs': {
    masking: [() => L.masking({ maskValue: 0 }), [3, 2], VALUES_ONLY],
    'conv2d, dilated': [() => L.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2 }), [5, 4, 2], VALUES_ONLY],
    'conv1d, dilated': [() => L.conv1d({ filters: 2, kernelSize: 2, dilationRate: 2 }), [5, 2], VALUES_ONLY],
    'depthwiseConv2d, dilated': [() => L.depthwiseConv2d({ kernelSize: 2, dilationRate: 2 }), [5, 4, 2], VALUES_ONLY],
  },
};

for (const [group, rows] of Object.entries(CASES)) {
  describe(`${group}: values, gradients and those of a penalty are the tape's`, () => {
    for (const [name, [layer, shape, more]] of Object.entries(rows)) {
      it(name, () => {
        expect(distanceOfModes(layerCase(layer(), shape, { ...more, gradients: group !== 'without gradients in tfjs' }))).toBeLessThan(3e-5);
      });
    }
  });
}
