import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultNetworks } from './defaultNetworks.ts';
import { stageSizes } from './networkParts.ts';

const DIGIT = { height: 28, width: 28, channels: 1 };
const TINY = { height: 8, width: 8, channels: 3 };

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => tf.disposeVariables());

/** The shapes of the outputs for a batch of two. */
function shapes(model: tf.LayersModel, inputs: readonly tf.Tensor[]): readonly (readonly number[])[] {
  const result = model.apply(inputs.length === 1 ? inputs[0]! : [...inputs]) as tf.Tensor | tf.Tensor[];
  return (Array.isArray(result) ? result : [result]).map((tensor) => tensor.shape);
}

function kernels(model: tf.LayersModel): readonly (readonly number[])[] {
  return model.getWeights().map((weight) => weight.shape).filter((shape) => shape.length > 1);
}

describe('stageSizes', () => {
  it('halves, rounding up, while seven pixels remain, once at least and four times at most', () => {
    const sizes = (height: number, width: number): string => stageSizes({ height, width, channels: 1 }).map((size) => size.join('×')).join(' ');
    expect(sizes(28, 28)).toBe('28×28 14×14 7×7');
    expect(sizes(32, 32)).toBe('32×32 16×16 8×8');
    expect(sizes(64, 64)).toBe('64×64 32×32 16×16 8×8');
    expect(sizes(27, 27)).toBe('27×27 14×14 7×7');
    expect(sizes(4, 4)).toBe('4×4 2×2');
    expect(sizes(16, 64)).toBe('16×64 8×32');
    expect(sizes(512, 512)).toBe('512×512 256×256 128×128 64×64 32×32');
  });
});

describe('defaultNetworks', () => {
  it('are, for digits, the DCGAN pair of the recipe', () => {
    const { generator, discriminator } = defaultNetworks('gan', DIGIT);
    expect(kernels(discriminator)).toEqual([[5, 5, 1, 24], [5, 5, 24, 48], [7 * 7 * 48, 1]]);
    expect(kernels(generator)).toEqual([[32, 7 * 7 * 32], [5, 5, 16, 32], [5, 5, 1, 16]]);
    expect(generator.layers.map((layer) => layer.name)).toEqual(['noise', 'dense', 'reshape', 'upconv1', 'upconv2']);
  });

  it('double their channels for each halving more', () => {
    const { generator, discriminator } = defaultNetworks('gan', { height: 64, width: 64, channels: 3 });
    expect(kernels(discriminator).map((shape) => shape.at(-1))).toEqual([24, 48, 96, 1]);
    expect(kernels(generator)).toEqual([[32, 8 * 8 * 64], [5, 5, 32, 64], [5, 5, 16, 32], [5, 5, 3, 16]]);
  });

  it.each([[4, 4, 1], [5, 9, 3], [27, 27, 1], [13, 31, 3], [16, 64, 1]])('fit images of %d×%d×%d', (height, width, channels) => {
    tf.tidy(() => {
      const { generator, discriminator } = defaultNetworks('gan', { height, width, channels }, { noise: 3 });
      expect(shapes(generator, [tf.zeros([2, 3])])).toEqual([[2, height, width, channels]]);
      expect(shapes(discriminator, [tf.zeros([2, height, width, channels])])).toEqual([[2, 1]]);
    });
  });

  it('have the heads and inputs of each model', () => {
    tf.tidy(() => {
      const images = tf.zeros([2, 8, 8, 3]);
      const noise = tf.zeros([2, 32]);
      const oneHot = tf.oneHot(tf.tensor1d([0, 3], 'int32'), 4);

      const acgan = defaultNetworks('acgan', TINY, { classes: 4 });
      expect(shapes(acgan.generator, [noise, oneHot])).toEqual([[2, 8, 8, 3]]);
      expect(shapes(acgan.discriminator, [images])).toEqual([[2, 1], [2, 4]]);
      expect(acgan.discriminator.outputNames).toEqual(['logits', 'classes']);

      const infogan = defaultNetworks('infogan', TINY, { codes: [{ kind: 'categorical', classes: 5 }, { kind: 'continuous', size: 2 }] });
      expect(shapes(infogan.generator, [noise, tf.tensor1d([4, 0], 'int32'), tf.zeros([2, 2])])).toEqual([[2, 8, 8, 3]]);
      expect(shapes(infogan.discriminator, [images])).toEqual([[2, 1], [2, 5], [2, 2]]);

      const stargan = defaultNetworks('stargan', TINY, { classes: 4 });
      expect(shapes(stargan.generator, [images, oneHot])).toEqual([[2, 8, 8, 3]]);
      expect(shapes(stargan.discriminator, [images])).toEqual([[2, 1], [2, 4]]);

      const cyclegan = defaultNetworks('cyclegan', TINY);
      for (const direction of [cyclegan.x2y, cyclegan.y2x]) {
        expect(shapes(direction.generator, [images])).toEqual([[2, 8, 8, 3]]);
        expect(shapes(direction.discriminator, [images])).toEqual([[2, 2, 2, 1]]);
      }
    });
  });

  it('pass on what conditions them', () => {
    tf.tidy(() => {
      const differ = (a: unknown, b: unknown): number => tf.max(tf.abs(tf.sub(a as tf.Tensor, b as tf.Tensor))).dataSync()[0]!;
      const images = tf.zeros([1, 8, 8, 3]);
      const [first, second] = [0, 1].map((label) => tf.oneHot(tf.tensor1d([label], 'int32'), 2));
      const stargan = defaultNetworks('stargan', TINY, { classes: 2 }).generator;
      expect(differ(stargan.apply([images, first!]), stargan.apply([images, second!]))).toBeGreaterThan(0.01);
      const infogan = defaultNetworks('infogan', TINY, { codes: [{ kind: 'categorical', classes: 2 }] }).generator;
      const noise = tf.ones([1, 32]);
      expect(differ(infogan.apply([noise, tf.tensor1d([0], 'int32')]), infogan.apply([noise, tf.tensor1d([1], 'int32')]))).toBeGreaterThan(0.001);
    });
  });

  it('begin with weights that the seed decides, different in every layer and pair', () => {
    const weights = (seed: number): readonly (readonly number[])[] => {
      const { x2y, y2x } = defaultNetworks('cyclegan', TINY, { seed });
      return [x2y, y2x].flatMap(({ generator, discriminator }) => [generator, discriminator]).flatMap((model) => model.getWeights())
        .filter((weight) => weight.rank > 1).map((weight) => [...weight.dataSync()]);
    };
    const first = weights(3);
    expect(weights(3)).toEqual(first);
    const heads = (all: readonly (readonly number[])[]): readonly (number | undefined)[] => all.map((values) => values[0]);
    expect(new Set([...heads(first), ...heads(weights(4))]).size).toBe(2 * first.length);
  });

  it('learn: every weight has a gradient that is not zero', () => {
    const { generator, discriminator } = defaultNetworks('gan', { height: 9, width: 8, channels: 1 }, { noise: 4 });
    const noise = tf.randomNormal([3, 4], 0, 1, 'float32', 1);
    const loss = (): tf.Scalar => tf.mean(tf.square(discriminator.apply(generator.apply(noise) as tf.Tensor) as tf.Tensor));
    const { grads } = tf.variableGrads(loss);
    const sums = Object.values(grads).map((gradient) => tf.sum(tf.abs(gradient)).dataSync()[0]!);
    expect(sums).toHaveLength(generator.getWeights().length + discriminator.getWeights().length);
    for (const sum of sums) expect(sum).toBeGreaterThan(0);
  });
});
