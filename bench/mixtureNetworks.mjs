// Networks of bench/mixtureTable.mjs: two hidden layers of 64 each, and the heads that an objective reads.
import * as tf from '@tensorflow/tfjs';

export const MODES = 8;
export const NOISE = 8;
const WIDTH = 64;
const { layers } = tf;

/** @param seed of the weights  @returns a maker of dense layers, each with weights of its own */
function denseLayers(seed) {
  let count = 0;
  return (units, activation = 'linear', extra = {}) =>
    layers.dense({ units, activation, kernelInitializer: tf.initializers.glorotUniform({ seed: seed * 1000 + count++ }), ...extra });
}

const chain = (x, list) => list.reduce((value, layer) => layer.apply(value), x);

/** A generator of points from noise, with labels before it where it is told the mode, or from points. */
export function createGenerator(seed, from) {
  const dense = denseLayers(2 * seed);
  const inputs = { noise: [NOISE], labels: [MODES, NOISE], points: [2] }[from].map((width) => tf.input({ shape: [width] }));
  const joined = inputs.length > 1 ? layers.concatenate().apply(inputs) : inputs[0];
  return tf.model({ inputs, outputs: chain(joined, [dense(WIDTH, 'relu'), dense(WIDTH, 'relu'), dense(2)]) });
}

const DISCRIMINATORS = {
  plain: ({ features, dense }) => ({ logits: dense(1).apply(features()) }),
  features: ({ features, dense }) => {
    const inner = features();
    return { logits: dense(1).apply(inner), features: inner };
  },
  /** Energies: how far a point is from what it should be; an embedding to tell points apart. */
  energy: ({ features, dense }) => {
    const inner = features();
    return { energy: dense(1, 'softplus').apply(inner), embedding: dense(16).apply(inner) };
  },
  classes: ({ features, dense }) => {
    const inner = features();
    return { logits: dense(1).apply(inner), classes: dense(MODES + 1).apply(inner) };
  },
  /** An embedding of the point, and one of its class. */
  proxies: ({ features, dense, labels }) => {
    const inner = features();
    return { logits: dense(1).apply(inner), embedding: dense(16).apply(inner), proxy: dense(16, 'linear', { useBias: false }).apply(labels()) };
  },
  /** A projection discriminator (Miyato & Koyama, 2018). */
  projection: ({ features, dense, labels }) => {
    const inner = features();
    const match = layers.dot({ axes: -1 }).apply([inner, dense(WIDTH, 'linear', { useBias: false }).apply(labels())]);
    return { logits: layers.add().apply([dense(1).apply(inner), match]) };
  },
  conditionalAutoencoder: ({ point, dense, labels }) => {
    const code = chain(point, [dense(WIDTH, 'relu'), dense(2, 'tanh')]);
    return { rebuilt: chain(layers.concatenate().apply([code, labels()]), [dense(WIDTH, 'relu'), dense(WIDTH, 'relu'), dense(2)]) };
  },
  autoencoder: ({ point, dense }) => ({ rebuilt: chain(point, [dense(WIDTH, 'relu'), dense(2, 'tanh'), dense(WIDTH, 'relu'), dense(2)]) }),
};

export function createDiscriminator(seed, kind) {
  const dense = denseLayers(2 * seed + 1);
  const point = tf.input({ shape: [2] });
  const given = [point];
  const labels = () => {
    given.push(tf.input({ shape: [MODES] }));
    return given[1];
  };
  const features = () => chain(point, [dense(WIDTH, 'relu'), dense(WIDTH, 'relu')]);
  const outputs = DISCRIMINATORS[kind]({ point, dense, labels, features });
  const names = Object.keys(outputs);
  const model = tf.model({ inputs: given, outputs: Object.values(outputs) });
  // heads by name: what a layer is called is tfjs's affair
  const call = (x, condition) => {
    const fed = given.length === 1 ? x : [x, condition[0]];
    const result = model.apply(fed, { training: true });
    return names.length === 1 ? result : Object.fromEntries(names.map((name, index) => [name, result[index]]));
  };
  return { model, network: Object.assign(call, { variables: model.weights.map((weight) => weight.read()) }) };
}
