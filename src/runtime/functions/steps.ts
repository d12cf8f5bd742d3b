import * as tf from '@tensorflow/tfjs';
import { scheduleValue, type Schedule } from '../../support/schedules.ts';

/** A step while a program is traced: what is awake in it is fixed, scalars that change from step to step are inputs. */
export interface TracedStep {
  /** How many steps are done. */
  readonly done: number;
  readonly scalar: (schedule: Schedule) => tf.Tensor;
}

/** How many steps are done, or that traced. */
export type Step = number | TracedStep;

/** How many steps are done. */
export function stepsDone(step: Step): number {
  return typeof step === 'number' ? step : step.done;
}

function scalarOf(step: Step, schedule: Schedule): tf.Tensor {
  return typeof step === 'number' ? tf.scalar(scheduleValue(schedule, step)) : step.scalar(schedule);
}

/** A scalar on a straight line from `from` to `to`, which it reaches at step `steps`. `step` is how many steps are done. */
export function linear(step: Step, from: number, to: number, steps: number): tf.Tensor {
  return scalarOf(step, { fn: 'linear', args: [from, to, steps] });
}

/** The same on half a wave of a cosine. */
export function cosine(step: Step, from: number, to: number, steps: number): tf.Tensor {
  return scalarOf(step, { fn: 'cosine', args: [from, to, steps] });
}

/** The scalar 0 in the first `n` steps, 1 from then on. */
export function after(step: Step, n: number): tf.Tensor {
  return scalarOf(step, { fn: 'after', args: [n] });
}

/** What `body` computes in the steps that `interval` divides; in the others it is not called, and the result is 0. */
export function every(step: Step, interval: number, body: () => tf.Tensor): tf.Tensor {
  return stepsDone(step) % interval === 0 ? body() : tf.scalar(0);
}
