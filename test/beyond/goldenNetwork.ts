import * as tf from '@tensorflow/tfjs';
import type { GoldenNetwork, GoldenTensor } from './goldenCases.ts';

/** A recorded network on tfjs. */
export interface RunningNetwork {
  readonly call: (data: tf.Tensor, condition?: unknown) => Readonly<Record<string, tf.Tensor>>;
  readonly variables: ReadonlyMap<string, tf.Variable>;
}

const ACTIVATIONS: { readonly [A in GoldenNetwork['activation']]: (x: tf.Tensor) => tf.Tensor } = {
  tanh: tf.tanh,
  softplus: tf.softplus,
  leaky_relu: (x) => tf.leakyRelu(x, 0.2),
  linear: (x) => x,
};

export const toTensor = ({ shape, data }: GoldenTensor): tf.Tensor => tf.tensor([...data], [...shape], 'float32');

/**
 * Dense layers on the flattened data (and the condition, where the network is conditioned), then the heads, each of the features or of
 * a part of the condition. A projection adds the inner product of the features with the labels' embedding to the first head.
 * A network without data of its own takes what it is given as the condition alone.
 */
export function createNetwork(golden: GoldenNetwork): RunningNetwork {
  const variables = new Map(Object.entries(golden.variables).map(([name, value]) => [name, tf.variable(toTensor(value))]));
  const apply = (name: string, x: tf.Tensor): tf.Tensor => {
    const bias = variables.get(`${name}.bias`);
    const product = tf.matMul(x as tf.Tensor2D, variables.get(`${name}.kernel`) as tf.Tensor2D);
    return bias === undefined ? product : tf.add(product, bias);
  };
  const flat = (x: tf.Tensor) => tf.reshape(x, [x.shape[0], -1]);
  const listOf = (value: unknown) => (Array.isArray(value) ? value : value === undefined ? [] : [value]) as readonly tf.Tensor[];
  return {
    variables,
    call(data, condition) {
      const beside = listOf(condition);
      let x = tf.concat([...listOf(data), ...(golden.conditioned ? beside : [])].map(flat), 1);
      golden.widths.forEach((_, layer) => (x = ACTIVATIONS[golden.activation](apply(`layer${layer}`, x))));
      const heads = golden.heads.map(({ name, shape, of }, index): readonly [string, tf.Tensor] => {
        const value = tf.reshape(apply(name, of === null ? x : beside[of]), [x.shape[0], ...shape]);
        if (index > 0 || golden.projection === null) return [name, value];
        return [name, tf.add(value, tf.sum(tf.mul(apply('projection', beside[golden.projection]), x), 1, true))];
      });
      return Object.fromEntries(heads);
    },
  };
}
