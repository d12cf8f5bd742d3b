import * as tf from '@tensorflow/tfjs';

/** A network's weights by name. */
export type Weights = Readonly<Record<string, tf.Tensor>>;
export type NetworkOf = (weights: Weights, x: tf.Tensor) => tf.Tensor;

const leakyRelu = (x: tf.Tensor): tf.Tensor => tf.leakyRelu(x, 0.2);
const withBias = (y: tf.Tensor, bias: tf.Tensor | undefined): tf.Tensor => (bias === undefined ? y : tf.add(y, bias));
const dense = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, kernel), bias);

function conv(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor | undefined, stride: number): tf.Tensor {
  return withBias(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, 'same'), bias);
}

function convTranspose(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor | undefined, stride: number): tf.Tensor {
  const [n, height, width] = x.shape as [number, number, number, number];
  return withBias(tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, [n, height * stride, width * stride, kernel.shape[2]!], stride, 'same'), bias);
}

/** Instance normalisation over height and width, without scale and shift. */
function normalize(x: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, [1, 2], true));
  return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), [1, 2], true), 1e-5)));
}

const mlp =
  (activation: (x: tf.Tensor) => tf.Tensor): NetworkOf =>
  (p, x) =>
    dense(activation(dense(activation(dense(x, p.w1, p.b1)), p.w2, p.b2)), p.w3, p.b3);

const dcganDiscriminator: NetworkOf = (p, x) => {
  const features = leakyRelu(conv(leakyRelu(conv(x, p.w1, p.b1, 2)), p.w2, p.b2, 2));
  return dense(tf.reshape(features, [x.shape[0], -1]), p.w3, p.b3);
};

const dcganGenerator: NetworkOf = (p, z) => {
  const features = tf.reshape(tf.relu(dense(z, p.w1, p.b1)), [-1, 7, 7, 64]);
  return tf.tanh(convTranspose(tf.relu(convTranspose(features, p.w2, p.b2, 2)), p.w3, p.b3, 2));
};

const translator: NetworkOf = (p, image) => {
  const down = (x: tf.Tensor, kernel: tf.Tensor, stride: number): tf.Tensor => tf.relu(normalize(conv(x, kernel, undefined, stride)));
  const up = (x: tf.Tensor, kernel: tf.Tensor): tf.Tensor => tf.relu(normalize(convTranspose(x, kernel, undefined, 2)));
  const residual = (x: tf.Tensor, first: tf.Tensor, second: tf.Tensor): tf.Tensor => tf.add(x, normalize(conv(down(x, first, 1), second, undefined, 1)));
  const inner = down(down(down(image, p.w1, 1), p.w2, 2), p.w3, 2);
  const outer = up(up(residual(residual(inner, p.w4, p.w5), p.w6, p.w7), p.w8), p.w9);
  return tf.tanh(conv(outer, p.w10, p.b10, 1));
};

const critic: NetworkOf = (p, image) => {
  const features = leakyRelu(conv(image, p.w1, p.b1, 2));
  return conv(leakyRelu(normalize(conv(features, p.w2, undefined, 2))), p.w3, p.b3, 1);
};

export type SteppedCase = 'mlp64' | 'mlp256' | 'dcgan' | 'cyclegan';

export const NETWORKS: { readonly [C in SteppedCase]: { readonly D: NetworkOf; readonly G: NetworkOf } } = {
  mlp64: { D: mlp(leakyRelu), G: mlp(tf.relu) },
  mlp256: { D: mlp(leakyRelu), G: mlp(tf.relu) },
  dcgan: { D: dcganDiscriminator, G: dcganGenerator },
  cyclegan: { D: critic, G: translator },
};

/** Tensors of numbers by name. */
export function tensorsOf(values: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>): Readonly<Record<string, tf.Tensor>> {
  return Object.fromEntries(Object.entries(values).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]));
}

/** Variables in place of tensors. */
export function variablesOf(weights: Weights): Readonly<Record<string, tf.Variable>> {
  return Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, tf.variable(value, true)]));
}
