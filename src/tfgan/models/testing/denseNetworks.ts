import * as tf from '@tensorflow/tfjs';
import { normals } from '../../../runtime/random.ts';
import type { FunctionNetwork } from '../../types.ts';

/** A network that counts its calls, with what it was called with. */
export interface Counted<Network> {
  readonly network: Network;
  readonly calls: readonly (readonly unknown[])[];
  readonly w: tf.Variable;
}

/** x → tanh(x·w) with w of fixed random numbers; `after` makes what it returns. */
export function denseNetwork<Result = tf.Tensor>(
  name: string,
  [inputs, outputs]: readonly [number, number],
  after: (output: tf.Tensor, condition: unknown) => Result = (output) => output as Result,
): Counted<FunctionNetwork<Result>> {
  const w = tf.tidy(() => tf.variable(tf.tensor2d(normals(3, name, inputs * outputs), [inputs, outputs])));
  const calls: (readonly unknown[])[] = [];
  const network = Object.assign(
    (data: tf.Tensor | readonly tf.Tensor[], condition: unknown): Result => {
      calls.push([data, condition]);
      const x = data instanceof tf.Tensor ? data : tf.concat([...data], -1);
      return after(tf.tanh(tf.matMul(x, w)), condition);
    },
    { variables: [w], regularizationLosses: () => [tf.mul(0.1, tf.sum(tf.square(w))) as tf.Scalar] },
  );
  return { network: network as FunctionNetwork<Result>, calls, w };
}

/** [N, width] of fixed random numbers. */
export function sample(name: string, shape: readonly number[]): tf.Tensor {
  return tf.tensor(normals(4, name, shape.reduce((product, size) => product * size, 1)), [...shape]);
}
