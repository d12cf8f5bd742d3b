import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from './installGradients.ts';

type MakeLayer = () => tf.layers.Layer;
type Row = readonly [name: string, make: MakeLayer, inputShape: readonly number[]];

const IMAGE = [6, 6, 3];
let seed = 1;
const initializer = (): { kernelInitializer: 'glorotUniform' | ReturnType<typeof tf.initializers.randomUniform> } => ({
  kernelInitializer: tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed: seed++ }),
});

const rows: readonly Row[] = [
  ['dense', () => tf.layers.dense({ units: 4, ...initializer() }), [5]],
  ['dense with tanh', () => tf.layers.dense({ units: 4, activation: 'tanh', ...initializer() }), [5]],
  ['dense with softplus', () => tf.layers.dense({ units: 4, activation: 'softplus', ...initializer() }), [5]],
  ['dense with softmax', () => tf.layers.dense({ units: 4, activation: 'softmax', ...initializer() }), [5]],
  ['dense on sequences', () => tf.layers.dense({ units: 4, activation: 'elu', ...initializer() }), [3, 5]],
  ['conv2d', () => tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid', ...initializer() }), IMAGE],
  ['conv2d without bias', () => tf.layers.conv2d({ filters: 4, kernelSize: 3, useBias: false, activation: 'selu', ...initializer() }), IMAGE],
  ['conv1d', () => tf.layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, activation: 'tanh', ...initializer() }), [7, 2]],
  ['conv3d', () => tf.layers.conv3d({ filters: 2, kernelSize: 2, activation: 'tanh', ...initializer() }) as tf.layers.Layer, [3, 3, 3, 2]],
  ['conv2dTranspose', () => tf.layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh', ...initializer() }), IMAGE],
  ['depthwiseConv2d', () => tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, depthwiseInitializer: 'glorotNormal' }), IMAGE],
  ['separableConv2d', () => tf.layers.separableConv2d({ filters: 4, kernelSize: 3, activation: 'tanh' }), IMAGE],
  ['leakyReLU', () => tf.layers.leakyReLU({ alpha: 0.3 }), IMAGE],
  ['prelu', () => tf.layers.prelu({ alphaInitializer: tf.initializers.constant({ value: 0.2 }), sharedAxes: [1, 2] }), IMAGE],
  ['elu', () => tf.layers.elu(), IMAGE],
  ['batchNormalization', () => tf.layers.batchNormalization(), IMAGE],
  ['batchNormalization of vectors', () => tf.layers.batchNormalization(), [5]],
  ['layerNormalization', () => tf.layers.layerNormalization(), IMAGE],
  ['layerNormalization over the image', () => tf.layers.layerNormalization({ axis: [1, 2, 3] }), IMAGE],
  ['layerNormalization without scale and offset', () => tf.layers.layerNormalization({ scale: false, center: false }), IMAGE],
  ['averagePooling2d', () => tf.layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), IMAGE],
  ['maxPooling2d', () => tf.layers.maxPooling2d({ poolSize: 2 }), IMAGE],
  ['maxPooling3d', () => tf.layers.maxPooling3d({ poolSize: 2, strides: 2, dataFormat: 'channelsLast' }) as tf.layers.Layer, [4, 4, 4, 2]],
  ['averagePooling3d', () => tf.layers.averagePooling3d({ poolSize: 2, strides: 2, padding: 'same', dataFormat: 'channelsLast' }) as tf.layers.Layer, [3, 4, 4, 2]],
  ['globalAveragePooling2d', () => tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }), IMAGE],
  ['globalMaxPooling2d', () => tf.layers.globalMaxPooling2d({ dataFormat: 'channelsLast' }), IMAGE],
  ['nearest upSampling2d', () => tf.layers.upSampling2d({ size: [2, 2] }), IMAGE],
  ['bilinear upSampling2d', () => tf.layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }), IMAGE],
  ['zeroPadding2d', () => tf.layers.zeroPadding2d({ padding: 1 }), IMAGE],
  ['lstm', () => tf.layers.lstm({ units: 3, ...initializer(), recurrentInitializer: 'glorotNormal' }) as tf.layers.Layer, [4, 2]],
  ['gru', () => tf.layers.gru({ units: 3, ...initializer(), recurrentInitializer: 'glorotNormal' }) as tf.layers.Layer, [4, 2]],
];

/** Σ over a fixed pattern of weights, with a curvature that makes the penalty depend on everything. */
function score(y: tf.Tensor): tf.Scalar {
  const pattern = tf.reshape(tf.sin(tf.range(0, y.size, 1)), y.shape);
  return tf.sum(tf.mul(tf.add(y, tf.square(y)), pattern)) as tf.Scalar;
}

describe.each(['cpu', 'wasm'])('gradient penalties through layers on %s', (backend) => {
  let undo: () => void;
  beforeAll(async () => {
    await tf.setBackend(backend);
    undo = installGradients();
  });
  afterAll(() => undo());

  it.each(rows)('%s: by the weights and by the input, against finite differences', (_name, make, inputShape) => {
    const input = tf.input({ shape: [...inputShape] });
    const model = tf.model({ inputs: input, outputs: make().apply(input) as tf.SymbolicTensor });
    const x = tf.variable(tf.randomNormal([4, ...inputShape], 0, 1, 'float32', 7));
    const variables = [x, ...model.trainableWeights.map((weight) => weight.read() as tf.Variable)];
    const penalty = (): tf.Scalar => tf.tidy(() => {
      const slope = tf.grad((position: tf.Tensor) => score(model.apply(position, { training: true }) as tf.Tensor))(x);
      return tf.div(tf.sum(tf.square(slope)), 2) as tf.Scalar;
    });
    penalty().dispose();
    const before = tf.memory().numTensors;
    const { value, grads } = tf.variableGrads(penalty, variables);
    const size = tf.tidy(() => tf.sqrt(tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient))))).dataSync()[0]!);
    expect(size).toBeGreaterThan(1e-3);

    // along the gradient itself the slope of the penalty is the gradient's length
    const moveBy = (step: number): void => tf.tidy(() => {
      for (const variable of variables) {
        const gradient = grads[variable.name] as tf.Tensor | undefined;
        if (gradient !== undefined) variable.assign(tf.add(variable, tf.mul(gradient, step / size)));
      }
    });
    const at = (step: number): number => {
      moveBy(step);
      const result = penalty();
      const number = result.dataSync()[0]!;
      result.dispose();
      moveBy(-step);
      return number;
    };
    const estimate = (step: number): number => (at(step) - at(-step)) / (2 * step);
    // Richardson's extrapolation: the penalty curves strongly
    const slope = (4 * estimate(2e-3) - estimate(4e-3)) / 3;
    expect(Math.abs(slope - size) / size).toBeLessThan(2e-2);
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
    x.dispose();
  });
});
