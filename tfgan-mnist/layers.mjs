// What TF-GAN's MNIST networks use of TensorFlow 1: layers that find their variables by name in a variable scope, spectral
// normalisation of the kernels of a scope, and `condition_tensor_from_onehot`. A layer is a function of the scope and its input; the
// first run of a network creates its variables, later runs find them again.
import * as tf from '@tensorflow/tfjs';

/**
 * A network as the TF-GAN facade takes it: the function, its variables, and what regularises them. `body(scope, inputs, condition)`
 * builds it; it is run once on `example` (arguments of any batch size above 1), so that its variables exist.
 *
 * @param runs how often a model runs the network. Kernels that are normalised anew in each run are regularised once for each, as in
 * TF-GAN, where tf.layers regularises what the scope's getter returns.
 */
export function network(body, { example, seed, runs = 1 }) {
  const variables = new Map();
  const regularized = new Map();

  function run(isTraining, args) {
    const names = new Map();
    const scope = {
      isTraining,
      spectral: false,
      /** `dense`, `dense_1`, … in the order of a run, and `sn/dense` in the scope of spectral normalisation, as TensorFlow names them. */
      layerName(kind) {
        const path = scope.spectral ? `sn/${kind}` : kind;
        const count = names.get(path) ?? 0;
        names.set(path, count + 1);
        return count === 0 ? path : `${path}_${count}`;
      },
      variable(name, shape, initializer, trainable = true) {
        if (!variables.has(name)) variables.set(name, tf.tidy(() => tf.variable(initializer(seed + variables.size).apply(shape), trainable)));
        return variables.get(name);
      },
      /** A kernel; within `spectralNormalization` divided by its largest singular value. */
      kernel(name, shape, l2) {
        const weight = scope.variable(`${name}/kernel`, shape, glorotUniform);
        const u = scope.spectral ? scope.variable(`${name}/u`, [tf.util.sizeFromShape(shape.slice(0, -1)), 1], standardNormal, false) : null;
        if (l2 > 0) regularized.set(name, { weight, u, l2 });
        return u === null ? weight : tf.div(weight, spectralNorm(weight, u, isTraining));
      },
    };
    return body(scope, ...args);
  }

  tf.tidy(() => void run(false, example));
  return Object.assign((...args) => run(true, args), {
    /** TF-GAN's `is_training=False`: batch norm by its moving averages. */
    evaluate: (...args) => run(false, args),
    variables: [...variables.values()],
    /** By name, to save and load them. */
    namedVariables: variables,
    regularizationLosses: () =>
      [...regularized.values()].map(({ weight, u, l2 }) => {
        const kernel = u === null ? weight : tf.div(weight, spectralNorm(weight, u, false));
        return tf.mul(l2 * (u === null ? 1 : runs), sumOfSquares(kernel));
      }),
  });
}

// in two stages: millions of float32 squares, added up one by one, lose digits
const sumOfSquares = (kernel) => tf.sum(tf.sum(tf.square(tf.reshape(kernel, [-1, kernel.shape.at(-1)])), 0));
const glorotUniform = (seed) => tf.initializers.glorotUniform({ seed });
const standardNormal = (seed) => tf.initializers.randomNormal({ mean: 0, stddev: 1, seed });
const constant = (value) => () => tf.initializers.constant({ value });

/** `tf.layers.dense`. */
export function dense(scope, inputs, units, { useBias = true, l2 = 0 } = {}) {
  const name = scope.layerName('dense');
  const outputs = tf.matMul(inputs, scope.kernel(name, [inputs.shape[1], units], l2));
  return useBias ? tf.add(outputs, scope.variable(`${name}/bias`, [units], constant(0))) : outputs;
}

/** `tf.layers.conv2d` with padding 'same'. */
export function conv2d(scope, inputs, filters, kernelSize, strides, { l2 = 0 } = {}) {
  const name = scope.layerName('conv2d');
  const kernel = scope.kernel(name, [kernelSize, kernelSize, inputs.shape[3], filters], l2);
  return tf.add(tf.conv2d(inputs, kernel, strides, 'same'), scope.variable(`${name}/bias`, [filters], constant(0)));
}

/** `tf.layers.conv2d_transpose` with padding 'same'. */
export function conv2dTranspose(scope, inputs, filters, kernelSize, strides, { l2 = 0 } = {}) {
  const name = scope.layerName('conv2d_transpose');
  const [batch, height, width, channels] = inputs.shape;
  const kernel = scope.kernel(name, [kernelSize, kernelSize, filters, channels], l2);
  const outputs = tf.conv2dTranspose(inputs, kernel, [batch, height * strides, width * strides, filters], strides, 'same');
  return tf.add(outputs, scope.variable(`${name}/bias`, [filters], constant(0)));
}

/** `tf.layers.batch_normalization`; in training by the statistics of the batch, which its moving averages follow. */
export function batchNormalization(scope, inputs, { momentum = 0.99, epsilon = 0.001, training = false } = {}) {
  const name = scope.layerName('batch_normalization');
  const shape = [inputs.shape.at(-1)];
  const beta = scope.variable(`${name}/beta`, shape, constant(0));
  const gamma = scope.variable(`${name}/gamma`, shape, constant(1));
  const movingMean = scope.variable(`${name}/moving_mean`, shape, constant(0), false);
  const movingVariance = scope.variable(`${name}/moving_variance`, shape, constant(1), false);
  if (!training || !scope.isTraining) return tf.batchNorm(inputs, movingMean, movingVariance, beta, gamma, epsilon);
  const { mean, variance } = tf.moments(inputs, [...inputs.shape.keys()].slice(0, -1));
  const count = inputs.size / inputs.shape.at(-1);
  // of images TensorFlow's fused kernel keeps the unbiased variance
  const kept = inputs.rank === 4 ? tf.mul(variance, count / (count - 1)) : variance;
  movingMean.assign(tf.add(tf.mul(movingMean, momentum), tf.mul(mean, 1 - momentum)));
  movingVariance.assign(tf.add(tf.mul(movingVariance, momentum), tf.mul(kept, 1 - momentum)));
  return tf.batchNorm(inputs, mean, variance, beta, gamma, epsilon);
}

/** TF-GAN's `spectral_normalization_custom_getter` (Miyato et al., 2018) for the layers that `body` builds. */
export function spectralNormalization(scope, body) {
  scope.spectral = true;
  const outputs = body();
  scope.spectral = false;
  return outputs;
}

/**
 * TF-GAN's `compute_spectral_norm`: one round of power iteration from u, which remembers it in training. The singular vectors count
 * as constants: the gradient of uᵀWv by W is uvᵀ.
 */
function spectralNorm(weight, u, training) {
  const columns = weight.shape.at(-1);
  const norm = tf.customGrad((kernel, save) => {
    const matrix = tf.reshape(kernel, [-1, columns]);
    const right = normalized(tf.matMul(matrix, u, true, false));
    const product = tf.matMul(matrix, right);
    const left = normalized(product);
    if (training) u.assign(left);
    save([left, right]);
    const gradFunc = (dy, [savedLeft, savedRight]) => tf.mul(dy, tf.reshape(tf.matMul(savedLeft, savedRight, false, true), kernel.shape));
    return { value: tf.sum(tf.mul(left, product)), gradFunc };
  });
  return norm(weight);
}

const normalized = (vector) => tf.div(vector, tf.sqrt(tf.maximum(tf.sum(tf.square(vector)), 1e-12)));

/** TF-GAN's `condition_tensor_from_onehot` (van den Oord et al., 2016): an embedding of the label, mapped to the features and added. */
export function conditionTensorFromOnehot(scope, tensor, oneHotLabels, embeddingSize = 256) {
  const embedding = scope.variable(scope.layerName('embedding'), [oneHotLabels.shape[1], embeddingSize], glorotUniform);
  return tf.add(tensor, dense(scope, tf.matMul(oneHotLabels, embedding), tensor.shape[1]));
}
