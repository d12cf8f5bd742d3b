// The networks of TF-GAN's examples/mnist/networks.py, line by line. `width` scales the number of features of every layer, `momentum`
// is that of the batch norms' moving averages: 1 and 0.999 are TF-GAN's.
import * as tf from '@tensorflow/tfjs';
import { categorical, normal } from 'ganloss';
import { batchNormalization, conditionTensorFromOnehot, conv2d, conv2dTranspose, dense, network, spectralNormalization } from './layers.mjs';

const WEIGHT_DECAY = 2.5e-5;
const CLASSES = 10;

const batchNorm = (scope, inputs, momentum) => batchNormalization(scope, inputs, { momentum, epsilon: 0.001, training: true });
const leakyRelu = (x) => tf.leakyRelu(x, 0.01);

/** Core MNIST generator: [batch, noise] to an image in [-1, 1]. */
function generatorHelper(scope, noise, oneHotLabels, { width, momentum }) {
  const l2 = WEIGHT_DECAY;
  let net = dense(scope, noise, 1024 * width, { useBias: false, l2 });
  net = batchNorm(scope, net, momentum);
  net = tf.relu(net);

  if (oneHotLabels !== null) net = conditionTensorFromOnehot(scope, net, oneHotLabels);

  net = dense(scope, net, 7 * 7 * 128 * width, { useBias: false, l2 });
  net = batchNorm(scope, net, momentum);
  net = tf.relu(net);

  net = tf.reshape(net, [-1, 7, 7, 128 * width]);

  net = conv2dTranspose(scope, net, 64 * width, 4, 2, { l2 });
  net = batchNorm(scope, net, momentum);
  net = tf.relu(net);

  net = conv2dTranspose(scope, net, 32 * width, 4, 2, { l2 });
  net = batchNorm(scope, net, momentum);
  net = tf.relu(net);

  // Output should have 1 pixel (grayscale).
  net = conv2d(scope, net, 1, 4, 1, { l2 });

  // Make sure that generator output is in the same range as `inputs`, ie [-1, 1].
  return tf.tanh(net);
}

/** Core MNIST discriminator: the features of an image. */
function discriminatorHelper(scope, img, oneHotLabels, { width, momentum }) {
  const l2 = WEIGHT_DECAY;
  return spectralNormalization(scope, () => {
    let net = conv2d(scope, img, 64 * width, 4, 2, { l2 });
    net = leakyRelu(net);

    net = conv2d(scope, net, 128 * width, 4, 2, { l2 });
    net = leakyRelu(net);

    net = tf.reshape(net, [img.shape[0], -1]);

    if (oneHotLabels !== null) net = conditionTensorFromOnehot(scope, net, oneHotLabels);

    net = dense(scope, net, 1024 * width, { useBias: false, l2 });
    net = batchNorm(scope, net, momentum);
    return leakyRelu(net);
  });
}

const exampleImages = () => tf.zeros([2, 28, 28, 1]);
const exampleLabels = () => tf.oneHot(tf.tensor1d([0, 1], 'int32'), CLASSES).toFloat();
const generator = (body, inputs, seed) => network(body, { example: [inputs], seed });
const discriminator = (body, condition, seed) => network(body, { example: [exampleImages(), condition], seed, runs: 2 });

export function unconditionalGenerator({ noiseDims, seed, ...size }) {
  return generator((scope, noise) => generatorHelper(scope, noise, null, size), tf.zeros([2, noiseDims]), seed);
}

/** Its inputs are [noise, oneHotLabels]. */
export function conditionalGenerator({ noiseDims, seed, ...size }) {
  const body = (scope, [noise, oneHotLabels]) => generatorHelper(scope, noise, oneHotLabels, size);
  return generator(body, [tf.zeros([2, noiseDims]), exampleLabels()], seed);
}

/** Its inputs are [unstructured noise, categorical codes as class indices, continuous codes]. */
export function infoganGenerator({ noiseDims, categoricalDim, continuousDim, seed, ...size }) {
  const body = (scope, [unstructuredNoise, catNoise, contNoise]) => {
    const catNoiseOnehot = tf.oneHot(tf.cast(catNoise, 'int32'), categoricalDim);
    const allNoise = tf.concat([unstructuredNoise, tf.cast(catNoiseOnehot, 'float32'), contNoise], 1);
    return generatorHelper(scope, allNoise, null, size);
  };
  return generator(body, [tf.zeros([2, noiseDims - continuousDim]), tf.zeros([2], 'int32'), tf.zeros([2, continuousDim])], seed);
}

export function unconditionalDiscriminator({ seed, ...size }) {
  const body = (scope, img) => dense(scope, discriminatorHelper(scope, img, null, size), 1, { l2: WEIGHT_DECAY });
  return discriminator(body, null, seed);
}

export function conditionalDiscriminator({ seed, ...size }) {
  const body = (scope, img, [, oneHotLabels]) => dense(scope, discriminatorHelper(scope, img, oneHotLabels, size), 1, { l2: WEIGHT_DECAY });
  return discriminator(body, [null, exampleLabels()], seed);
}

/** Logits for the probability that the image is real, and for each class: Odena et al., 2017. TF-GAN's examples have no ACGAN. */
export function acganDiscriminator({ seed, ...size }) {
  const body = (scope, img) => {
    const net = discriminatorHelper(scope, img, null, size);
    const logitsReal = dense(scope, net, 1, { l2: WEIGHT_DECAY });
    const logitsClass = dense(scope, net, CLASSES, { l2: WEIGHT_DECAY });
    return [logitsReal, logitsClass];
  };
  return discriminator(body, null, seed);
}

/** Logits for the probability that the image is real, and the posterior distributions of the structured noise. */
export function infoganDiscriminator({ categoricalDim, continuousDim, seed, ...size }) {
  const body = (scope, img) => {
    const net = discriminatorHelper(scope, img, null, size);
    const logitsReal = dense(scope, net, 1);

    // Compute logits for each category of categorical latent.
    const logitsCat = dense(scope, net, categoricalDim);
    const qCat = categorical(logitsCat);

    // Compute mean for Gaussian posterior of continuous latents.
    const muCont = dense(scope, net, continuousDim);
    const sigmaCont = tf.onesLike(muCont);
    const qCont = normal(muCont, sigmaCont);

    return [logitsReal, [qCat, qCont]];
  };
  return discriminator(body, null, seed);
}
