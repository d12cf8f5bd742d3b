import * as tf from '@tensorflow/tfjs';
import { stopGradient } from './functions/losses.ts';

/** The named state of an objective's terms during one evaluation. Writes take effect when the step is committed. */
export interface StateAccess {
  readonly read: (key: string, initial: tf.Tensor) => tf.Tensor;
  readonly write: (key: string, value: tf.Tensor) => void;
  readonly pool: (key: string, value: tf.Tensor, size: number) => tf.Tensor;
}

/** The state `key`, or `initial` where it has never been written. No gradient flows through it. */
export function stateRead(state: StateAccess, key: string, initial: tf.Tensor | number): tf.Tensor {
  return stopGradient(state.read(key, asTensor(initial)));
}

/** value, which the state `key` becomes when the step is committed. */
export function stateWrite(state: StateAccess, key: string, value: tf.Tensor | number): tf.Tensor {
  const next = asTensor(value);
  state.write(key, next);
  return next;
}

/** What a program knows while it is compiled, or a param, comes as a number. */
function asTensor(value: tf.Tensor | number): tf.Tensor {
  return typeof value === 'number' ? tf.scalar(value) : value;
}

/** TF-GAN's tensor_pool of `size` on one tensor. No gradient flows through it. */
export function statePool(state: StateAccess, key: string, value: tf.Tensor, size: number): tf.Tensor {
  return stopGradient(state.pool(key, value, size));
}
