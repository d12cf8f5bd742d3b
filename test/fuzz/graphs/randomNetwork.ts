import * as tf from '@tensorflow/tfjs';
import { createChoices, type Choices } from '../../../src/ir/testing/choices.ts';
import { createUniform } from '../../../src/ir/testing/reference.ts';

/** A network of layers of many kinds, on data of any rank; its last layer gives one number a sample. */
export interface RandomNetwork {
  readonly model: tf.LayersModel;
  /** Without the batch. */
  readonly shape: readonly number[];
  /** What it is made of, for messages. */
  readonly layers: readonly string[];
  /** Whether tfjs's tape has gradients of all of its layers: it has none of dilated convolutions. */
  readonly onTape: boolean;
}

type Layer = tf.layers.Layer;
/** Null where no such layer fits the shape. */
type Make = (site: Choices, shape: readonly number[]) => Layer | null;

const ACTIVATIONS = ['linear', 'relu', 'tanh', 'sigmoid', 'elu', 'softplus', 'selu', 'softsign', 'relu6', 'hardSigmoid', 'softmax'] as const;

const PADDINGS = ['same', 'valid'] as const;

/** Layers that take any shape. */
const ANYWHERE: readonly Make[] = [
  (site) => tf.layers.activation({ activation: site.element(ACTIVATIONS) }),
  () => tf.layers.leakyReLU({ alpha: 0.2 }),
  () => tf.layers.reLU({}),
  () => tf.layers.prelu({}),
  () => tf.layers.batchNormalization({}),
  () => tf.layers.layerNormalization({}),
  () => tf.layers.dropout({ rate: 0.3 }),
];

const VECTOR: readonly Make[] = [
  (site) => tf.layers.dense({ units: site.between(1, 6), useBias: !site.rarely(4), activation: site.element(ACTIVATIONS) }),
  (site) => tf.layers.dense({ units: site.between(1, 6) }),
  (_site, [size]) => (size % 4 === 0 ? tf.layers.reshape({ targetShape: [2, 2, size / 4] }) : null),
];

const SEQUENCE: readonly Make[] = [
  (site, [length]) => {
    const kernelSize = site.between(1, Math.min(3, length));
    return tf.layers.conv1d({ filters: site.between(1, 3), kernelSize, strides: site.between(1, 2), padding: site.element(PADDINGS) });
  },
  (site, [length]) => (length >= 2 ? tf.layers.maxPooling1d({ poolSize: 2, strides: site.between(1, 2), padding: site.element(PADDINGS) }) : null),
  (site, [length]) => (length >= 2 ? tf.layers.averagePooling1d({ poolSize: 2, strides: site.between(1, 2), padding: site.element(PADDINGS) }) : null),
  () => tf.layers.flatten(),
  () => tf.layers.globalAveragePooling1d({}),
  // over one step tfjs's tape fails: Unpack's gradient stacks what is no list
  (site, [length]) => (length >= 2 ? tf.layers.gru({ units: site.between(1, 2), returnSequences: site.rarely(2), recurrentInitializer: 'glorotNormal' }) : null),
];

const kernelOf = (site: Choices, [height, width]: readonly number[]): [number, number] => [site.between(1, Math.min(3, height)), site.between(1, Math.min(3, width))];

const IMAGE: readonly Make[] = [
  (site, shape) => tf.layers.conv2d({ filters: site.between(1, 3), kernelSize: kernelOf(site, shape), strides: [site.between(1, 2), site.between(1, 2)], padding: site.element(PADDINGS), useBias: !site.rarely(4), activation: site.element(ACTIVATIONS) }),
  (site, shape) => (Math.min(...shape.slice(0, 2)) >= 5 ? tf.layers.conv2d({ filters: site.between(1, 3), kernelSize: 2, dilationRate: 2, padding: site.element(PADDINGS) }) : null),
  (site, shape) => (Math.max(...shape.slice(0, 2)) <= 5 ? tf.layers.conv2dTranspose({ filters: site.between(1, 3), kernelSize: site.between(2, 3), strides: site.between(1, 2), padding: site.element(PADDINGS) }) : null),
  (site, shape) => tf.layers.depthwiseConv2d({ kernelSize: kernelOf(site, shape), strides: site.between(1, 2), depthMultiplier: site.between(1, 2), padding: site.element(PADDINGS) }),
  (site, shape) => tf.layers.separableConv2d({ filters: site.between(1, 3), kernelSize: kernelOf(site, shape), padding: site.element(PADDINGS) }),
  (site, shape) => (Math.min(...shape.slice(0, 2)) >= 2 ? tf.layers.maxPooling2d({ poolSize: 2, strides: site.between(1, 2), padding: site.element(PADDINGS) }) : null),
  (site, shape) => (Math.min(...shape.slice(0, 2)) >= 2 ? tf.layers.averagePooling2d({ poolSize: [2, site.between(1, 2)], strides: site.between(1, 2), padding: site.element(PADDINGS) }) : null),
  (site, shape) => (Math.max(...shape.slice(0, 2)) <= 4 ? tf.layers.upSampling2d({ size: [2, 2], interpolation: site.element(['nearest', 'bilinear'] as const) }) : null),
  (site) => tf.layers.zeroPadding2d({ padding: [[site.choose(2), site.choose(2)], [1, site.choose(2)]] }),
  (_site, shape) => (Math.min(...shape.slice(0, 2)) >= 3 ? tf.layers.cropping2D({ cropping: [[1, 0], [0, 1]] }) : null),
  () => tf.layers.globalAveragePooling2d({}),
  () => tf.layers.globalMaxPooling2d({}),
  () => tf.layers.flatten(),
  (_site, [height, width, features]) => tf.layers.reshape({ targetShape: [height * width, features] }),
];

const OF_RANK: readonly (readonly Make[])[] = [[], VECTOR, SEQUENCE, IMAGE];

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const dataShape = (site: Choices): number[] =>
  site.element([() => [site.between(1, 8)], () => [site.between(2, 6), site.between(1, 3)], () => [site.between(2, 7), site.between(2, 7), site.between(1, 3)], () => [site.between(3, 6), site.between(3, 6), site.between(1, 2)]])();

/** A stack of layers with a shortcut now and then. The same seed gives the same network and weights. */
export function randomNetwork(seed: number): RandomNetwork {
  const uniform = createUniform(seed);
  const site = createChoices(Array.from({ length: 600 }, () => Math.floor(uniform() * (2 ** 31 - 1))));
  const shape = dataShape(site);
  const input = tf.input({ shape });
  const layers: string[] = [];
  let value: tf.SymbolicTensor = input;
  const own = () => value.shape.slice(1) as number[];
  const apply = (layer: Layer) => {
    value = layer.apply(value) as tf.SymbolicTensor;
    layers.push(`${layer.getClassName()} → [${own().join(', ')}]`);
  };
  for (let count = site.between(1, 5); count > 0; count--) {
    const before = value;
    const layer = site.element(site.rarely(3) ? ANYWHERE : OF_RANK[own().length])(site, own());
    if (layer === null) continue;
    apply(layer);
    if (sizeOf(own()) > 300) apply(tf.layers.flatten());
    const sameShape = before.shape.join() === value.shape.join() && before !== input;
    if (sameShape && site.rarely(3)) {
      value = (site.rarely(2) ? tf.layers.multiply() : tf.layers.add()).apply([before, value]) as tf.SymbolicTensor;
      layers.push('shortcut');
    }
  }
  if (own().length > 1) apply(tf.layers.flatten());
  apply(tf.layers.dense({ units: 1 }));
  const model = tf.model({ inputs: input, outputs: value });
  for (const weight of model.weights) {
    const variance = weight.name.includes('moving_variance');
    const numbers = Float32Array.from({ length: sizeOf(weight.shape as number[]) }, () => (variance ? 0.5 + uniform() : 1.6 * uniform() - 0.8));
    tf.tidy(() => void weight.write(tf.tensor(numbers, weight.shape as number[])));
  }
  const onTape = model.layers.every((layer) => ((layer.getConfig().dilationRate ?? [1]) as readonly number[]).every((rate) => rate === 1));
  return { model, shape, layers, onTape };
}
