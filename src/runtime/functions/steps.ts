import * as tf from '@tensorflow/tfjs';
import { scheduleValue } from '../../support/schedules.ts';

/** A scalar on a straight line from `from` to `to`, which it reaches at step `steps`. `step` is how many steps are done. */
export function linear(step: number, from: number, to: number, steps: number): tf.Tensor {
  return tf.scalar(scheduleValue({ fn: 'linear', args: [from, to, steps] }, step));
}

/** The same on half a wave of a cosine. */
export function cosine(step: number, from: number, to: number, steps: number): tf.Tensor {
  return tf.scalar(scheduleValue({ fn: 'cosine', args: [from, to, steps] }, step));
}

/** The scalar 0 in the first `n` steps, 1 from then on. */
export function after(step: number, n: number): tf.Tensor {
  return tf.scalar(scheduleValue({ fn: 'after', args: [n] }, step));
}

/** What `body` computes in the steps that `interval` divides; in the others it is not called, and the result is 0. */
export function every(step: number, interval: number, body: () => tf.Tensor): tf.Tensor {
  return step % interval === 0 ? body() : tf.scalar(0);
}
