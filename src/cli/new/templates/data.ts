import type { Model } from '../../../dsl/typed.ts';

const COMMON = `// Images drawn on the fly, so that the project runs as it is: put your own data here.
import * as tf from '@tensorflow/tfjs';

export const image = { height: 16, width: 16, channels: 1 };

const KINDS = [
  (x, y) => Math.hypot(x, y) < 4,                                      // a disc
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 3.6,                  // a square
  (x, y) => Math.abs(Math.hypot(x, y) - 4) < 1.2,                      // a ring
];

/** Shapes at random places: { images: [count, 16, 16, 1] in [-1, 1], kinds: a number for each }. */
function shapes(count, from = [0, 1, 2]) {
  const pixels = new Float32Array(count * image.height * image.width).fill(-1);
  const kinds = [];
  for (let n = 0; n < count; n++) {
    const kind = from[Math.floor(Math.random() * from.length)];
    const [left, top] = [5.5 + 4 * Math.random(), 5.5 + 4 * Math.random()];
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        if (KINDS[kind](x - left, y - top)) pixels[(n * image.height + y) * image.width + x] = 1;
      }
    }
    kinds.push(kind);
  }
  return { images: tf.tensor4d(pixels, [count, image.height, image.width, 1]), kinds };
}

/** Prints images, each a block of characters, four in a row. */
export function draw(images) {
  const [count, height, width] = images.shape;
  const pixels = images.dataSync();
  for (let first = 0; first < count; first += 4) {
    for (let y = 0; y < height; y += 2) {
      let line = '';
      for (let n = first; n < Math.min(count, first + 4); n++) {
        for (let x = 0; x < width; x++) {
          const upper = pixels[(n * height + y) * width + x];
          const lower = pixels[(n * height + y + 1) * width + x];
          line += ' .:-=+*#%@'[Math.min(9, Math.max(0, Math.round((upper + lower + 2) * 2.25)))];
        }
        line += '  ';
      }
      console.log(line.trimEnd());
    }
    console.log();
  }
}
`;

const ONE_HOT = `
const oneHot = (kinds) => tf.cast(tf.oneHot(tf.tensor1d(kinds, 'int32'), KINDS.length), 'float32');
`;

const PARTS: { readonly [M in Model]: string } = {
  gan: `
/** What the trainer is given for an update. It draws the generator's inputs itself (noise: 16 in train.js). */
export function batch(size) {
  return { real: shapes(size).images };
}

/** What the generator makes of its own noise. */
export function samples(trainer) {
  return trainer.sample(8);
}
`,
  acgan: `${ONE_HOT}
/** What the trainer is given for an update: the generator starts from noise and the class. */
export function batch(size) {
  return tf.tidy(() => {
    const { images, kinds } = shapes(size);
    const labels = oneHot(kinds);
    return { real: images, labels, generatorInputs: [tf.randomNormal([size, 16]), labels] };
  });
}

/** A disc, a square and a ring, and so on. */
export function samples(trainer) {
  return tf.tidy(() => trainer.sample([tf.randomNormal([8, 16]), oneHot([0, 1, 2, 0, 1, 2, 0, 1])]));
}
`,
  infogan: `
/** What the trainer is given for an update: one code of two numbers, which the generator gets beside its noise. */
export function batch(size) {
  return tf.tidy(() => ({ real: shapes(size).images, generatorInputs: tf.randomNormal([size, 16]), codes: [tf.randomUniform([size, 2], -1, 1)] }));
}

/** The same noise with the first number of the code rising from -1 to 1. */
export function samples(trainer) {
  return tf.tidy(() => {
    const noise = tf.tile(tf.randomNormal([1, 16]), [8, 1]);
    const code = tf.stack([tf.linspace(-1, 1, 8), tf.zeros([8])], 1);
    return trainer.sample([noise, code]);
  });
}
`,
  cyclegan: `
/** What the trainer is given for an update: discs (x) and rings (y), which do not belong together. */
export function batch(size) {
  return { x: shapes(size, [0]).images, y: shapes(size, [2]).images };
}

/** Four discs, and the rings that the generator makes of them. */
export function samples(trainer) {
  return tf.tidy(() => {
    const { images } = shapes(4, [0]);
    return tf.concat([images, trainer.sample(images, { direction: 'x2y' })]);
  });
}
`,
  stargan: `${ONE_HOT}
/** What the trainer is given for an update: images and their domains. Target domains are drawn by the trainer. */
export function batch(size) {
  return tf.tidy(() => {
    const { images, kinds } = shapes(size);
    return { x: images, label: oneHot(kinds) };
  });
}

/** Four shapes, and what the generator makes of them in the domain of rings. */
export function samples(trainer) {
  return tf.tidy(() => {
    const { images } = shapes(4);
    return tf.concat([images, trainer.sample(images, { condition: oneHot([2, 2, 2, 2]) })]);
  });
}
`,
};

/** `data.js` of a new project. */
export function dataFile(model: Model): string {
  return COMMON + PARTS[model];
}
