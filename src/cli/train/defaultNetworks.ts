import * as tf from '@tensorflow/tfjs';
import { imageFeatures, imageFromImage, imageFromVector, patchLogits, seededInitializers, through } from './networkParts.ts';
import type { ImageShape, Initializers } from './networkParts.ts';

/** A generator and the discriminator that judges it. */
export interface ModelPair {
  readonly generator: tf.LayersModel;
  readonly discriminator: tf.LayersModel;
}

/** The networks of each kind of model, as the trainer takes them. */
export interface NetworksByModel {
  readonly gan: ModelPair;
  readonly acgan: ModelPair;
  readonly infogan: ModelPair;
  readonly stargan: ModelPair;
  readonly cyclegan: { readonly x2y: ModelPair; readonly y2x: ModelPair };
}

/** A structured input of an InfoGAN: a class number `[N]` (int32), or numbers `[N, size]`. */
export type CodeSpec = { readonly kind: 'categorical'; readonly classes: number } | { readonly kind: 'continuous'; readonly size: number };

export interface NetworkOptions {
  /** Decides every initial weight. Default 1. */
  readonly seed?: number;
  /** The width of the generator's noise. Default 32. */
  readonly noise?: number;
  /** How many classes an acgan has, or domains a stargan. Default 10. */
  readonly classes?: number;
  /** The codes of an infogan. Default one of ten classes, and two numbers, as TF-GAN's MNIST example. */
  readonly codes?: readonly CodeSpec[];
}

type Settings = Required<NetworkOptions> & { readonly initial: Initializers };

const BUILDERS: { readonly [M in keyof NetworksByModel]: (image: ImageShape, settings: Settings) => NetworksByModel[M] } = {
  gan: (image, settings) => ({
    generator: vectorGenerator(image, settings, []),
    discriminator: discriminator(image, settings, []),
  }),
  acgan: (image, settings) => ({
    generator: vectorGenerator(image, settings, [tf.input({ name: 'labels', shape: [settings.classes] })]),
    discriminator: discriminator(image, settings, [{ name: 'classes', units: settings.classes }]),
  }),
  infogan: (image, settings) => ({
    generator: vectorGenerator(image, settings, settings.codes.map(codeInput)),
    discriminator: discriminator(image, settings, settings.codes.map((code, index) => ({ name: `code${index + 1}`, units: code.kind === 'categorical' ? code.classes : code.size }))),
  }),
  stargan: (image, settings) => ({
    generator: domainGenerator(image, settings),
    discriminator: discriminator(image, settings, [{ name: 'classes', units: settings.classes }]),
  }),
  cyclegan: (image, settings) => ({ x2y: imagePair(image, settings), y2x: imagePair(image, settings) }),
};

/**
 * Small convolutional networks fitted to the size of the images, for those who bring none (DCGAN: Radford et al., 2016; without
 * normalisation layers, which a gradient penalty forbids in a discriminator). Images are `[N, height, width, channels]` in [-1, 1].
 *
 * | model | generator takes | discriminator returns |
 * |---|---|---|
 * | gan | noise `[N, noise]` | logits `[N, 1]` |
 * | acgan | `[noise, labels]`, labels one-hot `[N, classes]` | `[logits, classes]`, both logits |
 * | infogan | `[noise, ...codes]` | `[logits, ...codes]`: logits of a class, the mean of numbers |
 * | stargan | `[image, label]`, label one-hot `[N, classes]` | `[logits, classes]` |
 * | cyclegan | an image; a pair for each direction | a grid of logits `[N, height/4, width/4, 1]`, a quarter rounded up |
 *
 * The same seed gives the same weights. The caller owns the models and disposes of them; tfjs must have a backend.
 */
export function defaultNetworks<M extends keyof NetworksByModel>(model: M, image: ImageShape, options: NetworkOptions = {}): NetworksByModel[M] {
  const { seed = 1, noise = 32, classes = 10, codes = [{ kind: 'categorical', classes: 10 }, { kind: 'continuous', size: 2 }] } = options;
  return BUILDERS[model](image, { seed, noise, classes, codes, initial: seededInitializers(seed) });
}

interface GivenInput {
  readonly input: tf.SymbolicTensor;
  /** The input as a vector of each sample. */
  readonly vector: tf.SymbolicTensor;
}

/** A generator from noise and further vectors, laid side by side. */
function vectorGenerator(image: ImageShape, settings: Settings, further: readonly (tf.SymbolicTensor | GivenInput)[]): tf.LayersModel {
  const noise = tf.input({ name: 'noise', shape: [settings.noise] });
  const given = [noise, ...further].map((entry): GivenInput => ('input' in entry ? entry : { input: entry, vector: entry }));
  const vectors = given.map((entry) => entry.vector);
  const joined = vectors.length === 1 ? noise : (tf.layers.concatenate({ name: 'joined' }).apply(vectors) as tf.SymbolicTensor);
  const inputs = given.map((entry) => entry.input);
  return tf.model({ name: 'generator', inputs: inputs.length === 1 ? noise : inputs, outputs: imageFromVector(joined, image, settings.initial) });
}

function codeInput(code: CodeSpec, index: number): GivenInput {
  const name = `code${index + 1}`;
  if (code.kind === 'continuous') {
    const input = tf.input({ name, shape: [code.size] });
    return { input, vector: input };
  }
  const input = tf.input({ name, batchShape: [null], dtype: 'int32' });
  // each class begins as its one-hot vector
  const vector = through(tf.layers.embedding({ name: `${name}_vector`, inputDim: code.classes, outputDim: code.classes, embeddingsInitializer: 'identity' }), input);
  return { input, vector };
}

function discriminator(image: ImageShape, { initial }: Settings, heads: readonly { readonly name: string; readonly units: number }[]): tf.LayersModel {
  const input = imageInput(image);
  const features = imageFeatures(input, image, initial);
  const outputs = [{ name: 'logits', units: 1 }, ...heads].map((head) => through(tf.layers.dense({ ...head, kernelInitializer: initial() }), features));
  return tf.model({ name: 'discriminator', inputs: input, outputs: outputs.length === 1 ? outputs[0]! : outputs });
}

/** StarGAN's generator: the wanted domain lies over the image as constant planes (Choi et al., 2018). */
function domainGenerator(image: ImageShape, { classes, initial }: Settings): tf.LayersModel {
  const input = imageInput(image);
  const label = tf.input({ name: 'label', shape: [classes] });
  const repeated = through(tf.layers.repeatVector({ name: 'repeated', n: image.height * image.width }), label);
  const planes = through(tf.layers.reshape({ name: 'planes', targetShape: [image.height, image.width, classes] }), repeated);
  const joined = tf.layers.concatenate({ name: 'joined' }).apply([input, planes]) as tf.SymbolicTensor;
  return tf.model({ name: 'generator', inputs: [input, label], outputs: imageFromImage(joined, image, initial) });
}

function imagePair(image: ImageShape, { initial }: Settings): ModelPair {
  const [source, judged] = [imageInput(image), imageInput(image)];
  return {
    generator: tf.model({ name: 'generator', inputs: source, outputs: imageFromImage(source, image, initial) }),
    discriminator: tf.model({ name: 'discriminator', inputs: judged, outputs: patchLogits(judged, initial) }),
  };
}

function imageInput({ height, width, channels }: ImageShape): tf.SymbolicTensor {
  return tf.input({ name: 'image', shape: [height, width, channels] });
}
