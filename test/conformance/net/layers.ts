import * as tf from '@tensorflow/tfjs';
import { booleanOf, listOf, notUnderstood, numberOf, numbersOf, textOf, type Fields, type Json } from '../corpus/json.ts';
import { tensorOf } from '../corpus/tensor.ts';

/** What a network is called with: a tensor, a list of them, or the number of a stargan's domains. */
export type Data = unknown;

/** A layer, ready to be called. */
export type Layer = (x: Data, condition: Data) => tf.Tensor;

/** What a layer is made of: it registers its variables, in the order of the format's table, and what regularises them. */
export interface LayerParts {
  readonly fields: Fields;
  /** A trainable field; null where the format says null. `l2` of the layer is on it when `regularised`. */
  readonly variable: (name: string, options?: { readonly regularised?: boolean }) => tf.Variable | null;
}

type Build = (parts: LayerParts) => Layer;

/** Every op of the format (FORMAT.md, Networks). */
export const LAYERS: Readonly<Record<string, Build>> = {
  dense({ variable }) {
    const [w, b] = [required(variable('w', { regularised: true })), variable('b')];
    return (x) => plus(tf.matMul(tensor(x) as tf.Tensor2D, w as tf.Tensor as tf.Tensor2D), b);
  },
  conv2d({ fields, variable }) {
    const [filter, b] = [required(variable('filter', { regularised: true })), variable('b')];
    const { strides, padding } = windows(fields);
    return (x) => plus(tf.conv2d(tensor(x) as tf.Tensor4D, filter as tf.Tensor as tf.Tensor4D, strides, padding), b);
  },
  conv2d_transpose({ fields, variable }) {
    const [filter, b] = [required(variable('filter', { regularised: true })), variable('b')];
    const { strides, padding } = windows(fields);
    const [height, width, channels] = numbersOf(fields.take('output_shape'), 'output_shape');
    return (x) => {
      const data = tensor(x) as tf.Tensor4D;
      return plus(tf.conv2dTranspose(data, filter as tf.Tensor as tf.Tensor4D, [data.shape[0], height, width, channels], strides, padding), b);
    };
  },
  depthwise_conv2d({ fields, variable }) {
    const [filter, b] = [required(variable('filter', { regularised: true })), variable('b')];
    const { strides, padding } = windows(fields);
    return (x) => plus(tf.depthwiseConv2d(tensor(x) as tf.Tensor4D, filter as tf.Tensor as tf.Tensor4D, strides, padding), b);
  },
  avg_pool({ fields }) {
    const [size, { strides, padding }] = [pairOf(fields.take('size'), 'size'), windows(fields)];
    return (x) => tf.avgPool(tensor(x) as tf.Tensor4D, size, strides, padding);
  },
  max_pool({ fields }) {
    const [size, { strides, padding }] = [pairOf(fields.take('size'), 'size'), windows(fields)];
    return (x) => tf.maxPool(tensor(x) as tf.Tensor4D, size, strides, padding);
  },
  global_avg_pool: () => (x) => tf.mean(tensor(x), [1, 2]),
  layer_norm({ fields, variable }) {
    const affine = affineOf(variable);
    const [axes, epsilon] = [numbersOf(fields.take('axes'), 'axes'), numberOf(fields.take('epsilon'), 'epsilon')];
    return (x) => affine(normalise(tensor(x), axes, epsilon));
  },
  batch_norm({ fields, variable }) {
    const affine = affineOf(variable);
    const epsilon = numberOf(fields.take('epsilon'), 'epsilon');
    if (booleanOf(fields.take('training'), 'training')) {
      return (x) => affine(normalise(tensor(x), tensor(x).shape.slice(1).map((_, axis) => axis), epsilon));
    }
    const [mean, variance] = [tensorOf(fields.take('mean'), 'mean'), tensorOf(fields.take('variance'), 'variance')];
    return (x) => affine(tf.div(tf.sub(tensor(x), mean), tf.sqrt(tf.add(variance, epsilon))));
  },
  upsample_nearest({ fields }) {
    const [a, b] = pairOf(fields.take('size'), 'size');
    return (x) => {
      const [n, height, width, channels] = tensor(x).shape;
      const rows = tf.tile(tf.reshape(tensor(x), [n * height, 1, width * channels]), [1, a, 1]);
      const pixels = tf.tile(tf.reshape(rows, [n * height * a * width, 1, channels]), [1, b, 1]);
      return tf.reshape(pixels, [n, height * a, width * b, channels]);
    };
  },
  flatten: () => (x) => tf.reshape(tensor(x), [tensor(x).shape[0], -1]),
  reshape({ fields }) {
    const shape = numbersOf(fields.take('shape'), 'shape');
    return (x) => tf.reshape(tensor(x), [tensor(x).shape[0], ...shape]);
  },
  tanh: () => (x) => tf.tanh(tensor(x)),
  sigmoid: () => (x) => tf.sigmoid(tensor(x)),
  softplus: () => (x) => tf.softplus(tensor(x)),
  relu: () => (x) => tf.relu(tensor(x)),
  elu: () => (x) => tf.elu(tensor(x)),
  selu: () => (x) => tf.selu(tensor(x)),
  leaky_relu({ fields }) {
    const alpha = numberOf(fields.take('alpha'), 'alpha');
    return (x) => tf.leakyRelu(tensor(x), alpha);
  },
  concat_condition({ fields }) {
    const axis = numberOf(fields.take('axis'), 'axis');
    const [index, depth] = [nullableNumber(fields.take('index'), 'index'), nullableNumber(fields.take('one_hot'), 'one_hot')];
    const spatial = booleanOf(fields.take('broadcast_spatial'), 'broadcast_spatial');
    return (x, condition) => {
      const data = tensor(x);
      const chosen = oneHotOrFloat(tensor(index === null ? condition : (condition as readonly tf.Tensor[])[index]), depth);
      const [, height, width] = data.shape;
      const [n, classes] = chosen.shape;
      const everywhere = spatial ? tf.tile(tf.reshape(chosen, [n, 1, 1, classes]), [1, height, width, 1]) : chosen;
      return tf.concat([data, everywhere], axis);
    };
  },
  concat_inputs({ fields }) {
    const axis = numberOf(fields.take('axis'), 'axis');
    const depths = listOf(fields.take('one_hot'), 'one_hot').map((depth) => nullableNumber(depth, 'one_hot'));
    return (x) => tf.concat((x as readonly tf.Tensor[]).map((part, index) => oneHotOrFloat(part, depths[index])), axis);
  },
};

function tensor(data: Data): tf.Tensor {
  if (data instanceof tf.Tensor) return data;
  throw new Error('a network was called with something that is no tensor');
}

function required(variable: tf.Variable | null): tf.Variable {
  return variable ?? notUnderstood('a layer without its weights');
}

function plus(y: tf.Tensor, bias: tf.Tensor | null): tf.Tensor {
  return bias === null ? y : tf.add(y, bias);
}

function affineOf(variable: LayerParts['variable']): (x: tf.Tensor) => tf.Tensor {
  const [gamma, beta] = [required(variable('gamma')), required(variable('beta'))];
  return (x) => tf.add(tf.mul(x, gamma), beta);
}

/** Written out, as in the corpus: TensorFlow's moments have no right second derivative. */
function normalise(x: tf.Tensor, axes: readonly number[], epsilon: number): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, [...axes], true));
  return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), [...axes], true), epsilon)));
}

function oneHotOrFloat(x: tf.Tensor, depth: number | null): tf.Tensor {
  return depth === null ? x : tf.cast(tf.oneHot(tf.cast(x, 'int32'), depth), 'float32');
}

function windows(fields: Fields): { readonly strides: [number, number]; readonly padding: 'same' | 'valid' } {
  const padding = textOf(fields.take('padding'), 'padding');
  if (padding !== 'same' && padding !== 'valid') return notUnderstood(`padding ${padding}`);
  return { strides: pairOf(fields.take('strides'), 'strides'), padding };
}

function pairOf(value: Json, what: string): [number, number] {
  const numbers = numbersOf(value, what);
  return numbers.length === 2 ? [numbers[0], numbers[1]] : notUnderstood(`${what} of ${numbers.length} numbers`);
}

function nullableNumber(value: Json, what: string): number | null {
  return value === null ? null : numberOf(value, what);
}
