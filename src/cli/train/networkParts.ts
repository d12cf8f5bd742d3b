import * as tf from '@tensorflow/tfjs';
import { random } from '../data/random.ts';

/** The size of the images that a network makes or judges, in pixels. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Makes kernels' initial values (Glorot and Bengio's uniform, 2010); each call continues one stream of seeds. */
export type Initializers = () => ReturnType<typeof tf.initializers.glorotUniform>;

export function seededInitializers(seed: number): Initializers {
  const source = random(seed, 0x6e657473);
  return () => tf.initializers.glorotUniform({ seed: source.bits() });
}

/** Halving goes on while both sides stay at least this long, */
const SMALLEST = 7;
/** and at most so often. */
const MOST_HALVINGS = 4;

/**
 * The sizes between an image and the smallest grid of features, each half of the one before, rounded up: 28×28, 14×14, 7×7.
 * There is at least one halving, however small the image.
 */
export function stageSizes({ height, width }: ImageShape): readonly (readonly [height: number, width: number])[] {
  const sizes: (readonly [number, number])[] = [[height, width]];
  for (let halvings = 0; halvings < MOST_HALVINGS; halvings++) {
    const [h, w] = sizes[sizes.length - 1]!;
    const next = [Math.ceil(h / 2), Math.ceil(w / 2)] as const;
    if (halvings > 0 && Math.min(...next) < SMALLEST) break;
    sizes.push(next);
  }
  return sizes;
}

const KERNEL = 5;
const FEATURES = { discriminator: 24, generator: 32 } as const;

/** The discriminator of a DCGAN up to its features: convolutions 5×5 of stride 2 to 24, 48, 96 … channels, leaky ReLU, flattened. */
export function imageFeatures(input: tf.SymbolicTensor, image: ImageShape, initial: Initializers): tf.SymbolicTensor {
  const stages = stageSizes(image).length - 1;
  let features = input;
  for (let stage = 0; stage < stages; stage++) {
    const filters = FEATURES.discriminator * 2 ** stage;
    features = through(tf.layers.conv2d({ name: `conv${stage + 1}`, filters, kernelSize: KERNEL, strides: 2, padding: 'same', kernelInitializer: initial() }), features);
    features = through(tf.layers.leakyReLU({ name: `leaky${stage + 1}`, alpha: 0.2 }), features);
  }
  return through(tf.layers.flatten({ name: 'flatten' }), features);
}

/**
 * The generator of a DCGAN from its input vector: dense to the smallest grid, ReLU, then transposed convolutions 5×5 of stride 2,
 * each with half the channels, to the image and `tanh`. Where a size is odd the doubled one is cut off at its right and bottom.
 */
export function imageFromVector(vector: tf.SymbolicTensor, image: ImageShape, initial: Initializers): tf.SymbolicTensor {
  const sizes = stageSizes(image);
  const stages = sizes.length - 1;
  const [height, width] = sizes[stages]!;
  const widest = FEATURES.generator * 2 ** Math.max(0, stages - 2);
  let grid = through(tf.layers.dense({ name: 'dense', units: height * width * widest, activation: 'relu', kernelInitializer: initial() }), vector);
  grid = through(tf.layers.reshape({ name: 'reshape', targetShape: [height, width, widest] }), grid);
  for (let stage = stages - 1; stage >= 0; stage--) {
    const [smaller, wanted] = [sizes[stage + 1]!, sizes[stage]!];
    const filters = stage === 0 ? image.channels : widest / 2 ** (stages - stage);
    const name = stages - stage;
    grid = through(tf.layers.conv2dTranspose({
      name: `upconv${name}`, filters, kernelSize: KERNEL, strides: 2, padding: 'same', activation: stage === 0 ? 'tanh' : 'relu', kernelInitializer: initial(),
    }), grid);
    const excess = [2 * smaller[0] - wanted[0], 2 * smaller[1] - wanted[1]] as const;
    if (excess[0] > 0 || excess[1] > 0) grid = through(tf.layers.cropping2D({ name: `crop${name}`, cropping: [[0, excess[0]], [0, excess[1]]] }), grid);
  }
  return grid;
}

const WIDTH = 24;

/** An image made from an image (with whatever planes lie over it): a convolution 5×5, two residual blocks, a convolution 5×5, `tanh`. */
export function imageFromImage(input: tf.SymbolicTensor, image: ImageShape, initial: Initializers): tf.SymbolicTensor {
  const conv = (name: string, from: tf.SymbolicTensor, kernelSize: number, activation?: 'relu'): tf.SymbolicTensor =>
    through(tf.layers.conv2d({ name, filters: WIDTH, kernelSize, padding: 'same', kernelInitializer: initial(), ...(activation && { activation }) }), from);
  let features = conv('conv', input, KERNEL, 'relu');
  for (const block of [1, 2]) {
    const change = conv(`residual${block}b`, conv(`residual${block}a`, features, 3, 'relu'), 3);
    features = tf.layers.add({ name: `residual${block}` }).apply([features, change]) as tf.SymbolicTensor;
  }
  return through(tf.layers.conv2d({ name: 'output', filters: image.channels, kernelSize: KERNEL, padding: 'same', activation: 'tanh', kernelInitializer: initial() }), features);
}

/** A judgement of each patch (Isola et al., 2017): two convolutions 5×5 of stride 2, leaky ReLU, and one 3×3 to a grid of logits. */
export function patchLogits(input: tf.SymbolicTensor, initial: Initializers): tf.SymbolicTensor {
  let features = input;
  for (const stage of [1, 2]) {
    const filters = FEATURES.discriminator * stage;
    features = through(tf.layers.conv2d({ name: `conv${stage}`, filters, kernelSize: KERNEL, strides: 2, padding: 'same', kernelInitializer: initial() }), features);
    features = through(tf.layers.leakyReLU({ name: `leaky${stage}`, alpha: 0.2 }), features);
  }
  return through(tf.layers.conv2d({ name: 'logits', filters: 1, kernelSize: 3, padding: 'same', kernelInitializer: initial() }), features);
}

/** A layer of one input and one output, applied. */
export function through(layer: tf.layers.Layer, input: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(input) as tf.SymbolicTensor;
}
