import type { Model } from '../../../dsl/typed.ts';

const FROM_VECTOR = `
/** A vector to an image: dense, then transposed convolutions, each doubling the size. */
function imageFrom(vector, { height, width, channels }, tf) {
  let x = tf.layers.dense({ units: (height / 4) * (width / 4) * 32, activation: 'relu' }).apply(vector);
  x = tf.layers.reshape({ targetShape: [height / 4, width / 4, 32] }).apply(x);
  x = tf.layers.conv2dTranspose({ filters: 16, kernelSize: 5, strides: 2, padding: 'same', activation: 'relu' }).apply(x);
  return tf.layers.conv2dTranspose({ filters: channels, kernelSize: 5, strides: 2, padding: 'same', activation: 'tanh' }).apply(x);
}
`;

const FROM_IMAGE = `
/** An image to an image of the same size. */
function imageFrom(planes, { channels }, tf) {
  let x = tf.layers.conv2d({ filters: 16, kernelSize: 5, padding: 'same', activation: 'relu' }).apply(planes);
  x = tf.layers.conv2d({ filters: 16, kernelSize: 5, padding: 'same', activation: 'relu' }).apply(x);
  return tf.layers.conv2d({ filters: channels, kernelSize: 5, padding: 'same', activation: 'tanh' }).apply(x);
}
`;

const FEATURES = `
/** An image to features: no batch normalisation, which a gradient penalty forbids. */
function featuresOf(image, tf) {
  let x = tf.layers.conv2d({ filters: 16, kernelSize: 5, strides: 2, padding: 'same' }).apply(image);
  x = tf.layers.leakyReLU({ alpha: 0.2 }).apply(x);
  x = tf.layers.conv2d({ filters: 32, kernelSize: 5, strides: 2, padding: 'same' }).apply(x);
  x = tf.layers.leakyReLU({ alpha: 0.2 }).apply(x);
  return tf.layers.flatten().apply(x);
}
`;

interface Networks {
  readonly doc: string;
  readonly helpers: string;
  /** The body of `networks(image, tf)`. */
  readonly body: string;
}

const discriminator = (outputs: string): string => `
  const judged = tf.input({ shape: [image.height, image.width, image.channels] });
  const features = featuresOf(judged, tf);
  const discriminator = tf.model({ inputs: judged, outputs: ${outputs} });
  return { generator, discriminator };`;

const PARTS: { readonly [M in Model]: Networks } = {
  gan: {
    doc: 'The generator makes images of noise; the discriminator gives each image a number.',
    helpers: FROM_VECTOR + FEATURES,
    body: `
  const noise = tf.input({ shape: [image.noise ?? 16] });
  const generator = tf.model({ inputs: noise, outputs: imageFrom(noise, image, tf) });
${discriminator('tf.layers.dense({ units: 1 }).apply(features)')}`,
  },
  acgan: {
    doc: 'The generator makes images of noise and a class; the discriminator returns [logits, classes].',
    helpers: FROM_VECTOR + FEATURES,
    body: `
  const classes = image.classes ?? 3;
  const inputs = [tf.input({ shape: [image.noise ?? 16] }), tf.input({ shape: [classes] })];
  const generator = tf.model({ inputs, outputs: imageFrom(tf.layers.concatenate().apply(inputs), image, tf) });
${discriminator('[tf.layers.dense({ units: 1 }).apply(features), tf.layers.dense({ units: classes }).apply(features)]')}`,
  },
  infogan: {
    doc: 'The generator makes images of noise and codes; the discriminator returns [logits, ...codes], for a code of numbers their mean.',
    helpers: FROM_VECTOR + FEATURES,
    body: `
  const inputs = [tf.input({ shape: [16] }), tf.input({ shape: [2] })];
  const generator = tf.model({ inputs, outputs: imageFrom(tf.layers.concatenate().apply(inputs), image, tf) });
${discriminator('[tf.layers.dense({ units: 1 }).apply(features), tf.layers.dense({ units: 2 }).apply(features)]')}`,
  },
  cyclegan: {
    doc: 'A generator and a discriminator for each direction; a discriminator returns a number for each patch of an image.',
    helpers: FROM_IMAGE,
    body: `
  const pair = () => {
    const [source, judged] = [0, 1].map(() => tf.input({ shape: [image.height, image.width, image.channels] }));
    const generator = tf.model({ inputs: source, outputs: imageFrom(source, image, tf) });
    let x = tf.layers.conv2d({ filters: 16, kernelSize: 5, strides: 2, padding: 'same' }).apply(judged);
    x = tf.layers.leakyReLU({ alpha: 0.2 }).apply(x);
    const discriminator = tf.model({ inputs: judged, outputs: tf.layers.conv2d({ filters: 1, kernelSize: 5, strides: 2, padding: 'same' }).apply(x) });
    return { generator, discriminator };
  };
  return { x2y: pair(), y2x: pair() };`,
  },
  stargan: {
    doc: 'The generator takes an image and a domain, laid over it as constant planes; the discriminator returns [logits, classes].',
    helpers: FROM_IMAGE + FEATURES,
    body: `
  const domains = 3;
  const inputs = [tf.input({ shape: [image.height, image.width, image.channels] }), tf.input({ shape: [domains] })];
  const repeated = tf.layers.repeatVector({ n: image.height * image.width }).apply(inputs[1]);
  const planes = tf.layers.reshape({ targetShape: [image.height, image.width, domains] }).apply(repeated);
  const generator = tf.model({ inputs, outputs: imageFrom(tf.layers.concatenate().apply([inputs[0], planes]), image, tf) });
${discriminator('[tf.layers.dense({ units: 1 }).apply(features), tf.layers.dense({ units: domains }).apply(features)]')}`,
  },
};

/** `networks.js` of a new project; of a gan or acgan it also fits `ganloss train --networks`. */
export function networksFile(model: Model): string {
  const { doc, helpers, body } = PARTS[model];
  return `// ${doc}
// Images are [N, height, width, channels] in [-1, 1]. Any layers will do; see the README of ganloss for what a model's networks return.
${helpers}
/** @param image { height, width, channels } */
export function networks(image, tf) {${body}
}
`;
}
