import type * as tf from '@tensorflow/tfjs';
import type { Recorded } from './corpus/tensor.ts';

/** The largest relative errors of a case, against the tolerance's own scale: an error above the tolerance is a failure. */
export interface Errors {
  readonly loss: number;
  readonly gradient: number;
  /** Entries that are off by more, and by no more than float32 itself is (`Noise`): they are in no error above. */
  readonly noisy: number;
}

/** Compares what was computed with what was recorded, and collects what differs. */
export interface Checks {
  /** How values and gradients are computed. */
  readonly evaluate: Evaluate;
  /** A value: 1e-5 relative, or 1e-6 absolute. */
  readonly loss: (what: string, actual: Values, expected: Recorded, noise?: Noise) => void;
  /** The gradients of one value: 1e-4 relative, or 1e-6 of the largest entry of all (absolutely 1e-6 where none is above 1). Null is no path, and as good as zero. */
  readonly gradients: (what: string, actual: Gradients, expected: RecordedGradients, noise?: GradientNoise) => void;
  /** A variable after an update: as a gradient. */
  readonly variable: (what: string, actual: Values, expected: Recorded, noise?: Noise) => void;
  /** Anything that is equal or not: compared as JSON. */
  readonly same: (what: string, actual: unknown, expected: unknown) => void;
  /** A statistic of random draws, which may be off by `tolerance`. */
  readonly near: (what: string, actual: number, expected: number, tolerance: number) => void;
  readonly fail: (reason: string) => void;
  readonly failures: readonly string[];
  readonly errors: Errors;
}

/** A value, and the gradient of its sum by each tensor; null where there is no path, as TensorFlow says it. */
export interface Evaluated {
  readonly value: tf.Tensor;
  readonly gradients: Gradients;
}

/** How a value and its gradients are computed. */
export type Evaluate = (f: () => tf.Tensor, tensors: ReadonlyMap<string, tf.Tensor>) => Evaluated;

export type Gradients = Readonly<Record<string, tf.Tensor | null>>;
export type RecordedGradients = Readonly<Record<string, Recorded | null>>;

/** A tensor, or what was read of one. */
export type Values = tf.Tensor | { readonly shape: readonly number[]; readonly dtype: tf.DataType; readonly values: ArrayLike<number> };

/**
 * How much each entry moves when the variables change in their last bits. Where layers are ill-conditioned, or after many steps, that is
 * more than the tolerance, and TensorFlow's own numbers are no better.
 */
export type Noise = () => ArrayLike<number> | null;
export type GradientNoise = (name: string) => ArrayLike<number> | null;

/** TensorFlow's rounding errors and ours are both about one such movement. */
const NOISE_FACTOR = 3;

const LOSS = { relative: 1e-5, floor: 1e-6 };
/** The floor is of the largest entry, or of 1: TensorFlow's own sums are no better where they cancel. */
const GRADIENT = { relative: 1e-4, floor: 1e-6 };

export function createChecks(evaluate: Evaluate): Checks {
  const failures: string[] = [];
  const errors = { loss: 0, gradient: 0, noisy: 0 };

  function compare(kind: 'loss' | 'gradient', what: string, actual: Values, expected: Recorded, floor: number, noise: Noise = () => null): void {
    const { relative } = kind === 'loss' ? LOSS : GRADIENT;
    if (actual.shape.join() !== expected.shape.join()) {
      failures.push(`${what}: shape [${actual.shape}] instead of [${expected.shape}]`);
      return;
    }
    if (kind === 'loss' && actual.dtype !== expected.dtype) {
      failures.push(`${what}: ${actual.dtype} instead of ${expected.dtype}`);
      return;
    }
    const values = valuesOf(actual);
    let found = largestError(values, expected.data, floor / relative);
    const movements = found.error <= relative ? null : noise();
    if (movements !== null) {
      // entries within the noise are left out, and counted
      const quiet = expected.data.map((wanted, index) => (Math.abs(values[index] - wanted) <= NOISE_FACTOR * movements[index] ? values[index] : wanted));
      errors.noisy += quiet.filter((wanted, index) => relativeError(values[index], expected.data[index], floor / relative) > relative && wanted !== expected.data[index]).length;
      found = largestError(values, quiet, floor / relative);
    }
    errors[kind] = Math.max(errors[kind], found.error);
    if (!(found.error <= relative)) failures.push(`${what}[${found.index}]: ${values[found.index]} instead of ${expected.data[found.index]}`);
  }

  return {
    evaluate,
    loss: (what, actual, expected, noise) => compare('loss', what, actual, expected, LOSS.floor, noise),
    gradients(what, actual, expected, noise = () => null) {
      const floor = GRADIENT.floor * Math.max(1, ...Object.values(expected).map((entry) => (entry === null ? 0 : largestOf(entry.data))));
      for (const [name, wanted] of Object.entries(expected)) {
        const found = actual[name];
        if (found === undefined) failures.push(`${what} has no ${name}`);
        else if (found === null) {
          if (wanted !== null && largestOf(wanted.data) > floor) failures.push(`${what} ${name}: no path`);
        } else compare('gradient', `${what} ${name}`, found, wanted ?? { shape: found.shape, dtype: 'float32', data: Array<number>(found.size).fill(0) }, floor, () => noise(name));
      }
    },
    variable: (what, actual, expected, noise) => compare('gradient', what, actual, expected, GRADIENT.floor, noise),
    same(what, actual, expected) {
      const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
      if (a !== e) failures.push(`${what}: ${a} instead of ${e}`);
    },
    near(what, actual, expected, tolerance) {
      if (!(Math.abs(actual - expected) <= tolerance)) failures.push(`${what}: ${actual} instead of ${expected} ± ${tolerance}`);
    },
    fail: (reason) => failures.push(reason),
    failures,
    errors,
  };
}

export function valuesOf(values: Values): ArrayLike<number> {
  return 'values' in values ? values.values : values.dataSync();
}

/** The largest difference, each relative to the expected entry or to `scale`, whichever is larger; infinite where only one is finite. */
function largestError(actual: ArrayLike<number>, expected: readonly number[], scale: number): { readonly error: number; readonly index: number } {
  let worst = { error: 0, index: 0 };
  expected.forEach((wanted, index) => {
    const error = relativeError(actual[index], wanted, scale);
    if (error > worst.error) worst = { error, index };
  });
  return worst;
}

function relativeError(found: number, wanted: number, scale: number): number {
  if (found === wanted || (Number.isNaN(found) && Number.isNaN(wanted))) return 0;
  const error = Math.abs(found - wanted) / Math.max(Math.abs(wanted), scale);
  return Number.isFinite(error) && Number.isFinite(wanted) ? error : Infinity;
}

function largestOf(data: readonly number[]): number {
  return data.reduce((largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest), 0);
}
