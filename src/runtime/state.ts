import * as tf from '@tensorflow/tfjs';
import { stopGradient } from './functions/losses.ts';

/** The named state of an objective's terms during one evaluation. Writes take effect when the step is committed. */
export interface StateAccess {
  readonly read: (key: string, initial: tf.Tensor) => tf.Tensor;
  readonly write: (key: string, value: tf.Tensor) => void;
  readonly pool: (key: string, value: tf.Tensor, size: number) => tf.Tensor;
}

type Stateful = tf.Tensor | readonly tf.Tensor[];

/**
 * The state `key`, or `initial` where it has never been written. No gradient flows through it. A list's tensors are states of their
 * own, `key/0`, `key/1` and so on.
 */
export function stateRead<T extends Stateful | number>(state: StateAccess, key: string, initial: T): T extends number ? tf.Tensor : T;
export function stateRead(state: StateAccess, key: string, initial: Stateful | number): Stateful {
  return mapState(key, initial, (name, value) => stopGradient(state.read(name, value)));
}

/** value, which the state `key` becomes when the step is committed. */
export function stateWrite<T extends Stateful | number>(state: StateAccess, key: string, value: T): T extends number ? tf.Tensor : T;
export function stateWrite(state: StateAccess, key: string, value: Stateful | number): Stateful {
  return mapState(key, value, (name, next) => {
    state.write(name, next);
    return next;
  });
}

function mapState(key: string, value: Stateful | number, each: (key: string, value: tf.Tensor) => tf.Tensor): Stateful {
  // what a program knows while it is compiled, or a param, comes as a number
  if (typeof value === 'number') return each(key, tf.scalar(value));
  return value instanceof tf.Tensor ? each(key, value) : value.map((item, index) => each(`${key}/${index}`, item));
}

/** TF-GAN's tensor_pool of `size` on one tensor. No gradient flows through it. */
export function statePool(state: StateAccess, key: string, value: tf.Tensor, size: number): tf.Tensor {
  return stopGradient(state.pool(key, value, size));
}
