import * as tf from '@tensorflow/tfjs';
import type { Trainer } from '../../runtime/trainer/createTrainer.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { sliceImages } from '../data/imageSet.ts';
import { openData } from '../data/openData.ts';
import { slicedWasserstein } from '../metrics/slicedWasserstein.ts';
import type { ImageShape } from './networkParts.ts';
import type { Task } from './task.ts';

/** How many samples and real images a distance compares, where there are as many. */
const COMPARED = 2000;

/** How many samples are made at once: more would only take memory. */
const AT_ONCE = 200;

/** Tells how far samples are from real images. */
export interface Yardstick {
  /** How many of each are compared. */
  readonly count: number;
  /** What the samples are compared with: `2,000 real test images of mnist`. */
  readonly against: string;
  readonly measure: (trainer: Trainer) => number;
  /** The distance of the real images from themselves with other patches: the least that can be expected. */
  readonly itself: number;
}

/** What the figure is, in one line each. */
export const DISTANCE = {
  name: 'sliced Wasserstein distance',
  source: "Karras et al., 2018, section 5, by the algorithm of TF-GAN's tfgan.eval.sliced_wasserstein_distance; smaller is better",
} as const;

/** Test images where the data has some, else the first ones of the data itself. */
export function createYardstick(data: string, set: ImageSet, task: Task): Yardstick {
  const test = data === 'mnist' ? openData(data, 'test') : null;
  const real = sliceImages(test ?? set, 0, COMPARED);
  const distances = slicedWasserstein(real);
  return {
    count: real.count,
    against: `${real.count.toLocaleString('en-US')} real ${test === null ? '' : 'test '}images of ${set.name}`,
    measure: (trainer) => distances.distance(drawImages(trainer, task, 'distance', real.count, set)).mean,
    itself: distances.distanceToItself().mean,
  };
}

/** Samples of the generator for inputs of a name, always the same. */
export function drawImages(trainer: Trainer, task: Task, name: string, count: number, image: ImageShape) {
  const { height, width, channels } = image;
  const images = new Float32Array(count * height * width * channels);
  const inputs = task.inputs(name, count);
  const list = inputs instanceof tf.Tensor ? [inputs] : inputs;
  for (let start = 0; start < count; start += AT_ONCE) {
    const made = tf.tidy(() => {
      const size = Math.min(AT_ONCE, count - start);
      const part = list.map((tensor) => tf.slice(tensor, [start], [size]));
      return trainer.sample(inputs instanceof tf.Tensor ? part[0]! : part);
    });
    images.set(made.dataSync(), start * height * width * channels);
    made.dispose();
  }
  tf.dispose(inputs as tf.Tensor | tf.Tensor[]);
  return { images, count, height, width, channels };
}
