import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Field } from './field.ts';
import { map, randomField, uniform } from './field.ts';

/** Inputs by name; the gradient penalty is taken by `x`. */
export type Inputs<T> = Readonly<Record<string, T>>;

/** One layer, as tfjs computes it and as float64 loops do. */
export interface GradientCase {
  readonly name: string;
  readonly shapes: Inputs<readonly number[]>;
  /** Range of each input's random values, where not [−1, 1). */
  readonly ranges?: Inputs<readonly [low: number, high: number]>;
  readonly layer: (inputs: Inputs<tf.Tensor>) => tf.Tensor;
  readonly reference: (inputs: Inputs<Field>) => Field;
}

const STEP = 1e-4;

/** t + t²/2: makes the second derivative of a linear layer differ from zero. */
const bend = (value: number): number => value + (value * value) / 2;

function score(values: Inputs<Field>, { reference }: GradientCase, weights: Float64Array): number {
  return reference(values).data.reduce((sum, value, index) => sum + bend(value) * weights[index]!, 0);
}

function shifted(values: Inputs<Field>, name: string, by: (index: number) => number): Inputs<Field> {
  return { ...values, [name]: map(values[name]!, (value, index) => value + by(index)) };
}

/** ∂score/∂input for each element, by central differences. */
function firstOrder(values: Inputs<Field>, name: string, scoreOf: (values: Inputs<Field>) => number): Float64Array {
  return values[name]!.data.map((_, index) => {
    const at = (step: number): number => scoreOf(shifted(values, name, (other) => (other === index ? step : 0)));
    return (at(STEP) - at(-STEP)) / (2 * STEP);
  });
}

/** Fails where |actual − expected| exceeds the tolerance relative to the largest expected element. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(1e-2, ...Array.from(expected, Math.abs));
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!) / scale;
    worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }
  expect(worst, what).toBeLessThan(tolerance);
}

/**
 * Compares tfjs's first-order gradients of Σ weights·bend(layer) by every input, and the gradients
 * of its gradient penalty ½‖∂/∂x‖² by every input, with central differences of the reference in
 * float64. Of the penalty the difference is ∂/∂θ along g of the score, g being its gradient by x.
 * Fails also where tensors are left over.
 */
export function checkGradients(gradientCase: GradientCase, tolerance = 2e-4): void {
  const { name, shapes, ranges = {}, layer } = gradientCase;
  const random = uniform(name.length * 131 + name.charCodeAt(0));
  const values: Inputs<Field> = Object.fromEntries(
    Object.entries(shapes).map(([key, shape]) => [key, randomField(shape, random, ...(ranges[key] ?? [-1, 1]))]),
  );
  const output = gradientCase.reference(values);
  const weights = randomField(output.shape, random);
  const scoreOf = (at: Inputs<Field>): number => score(at, gradientCase, weights.data);

  const before = tf.memory().numTensors;
  const names = Object.keys(shapes);
  const tensors = names.map((key) => tf.tensor(Float32Array.from(values[key]!.data), [...values[key]!.shape]));
  const weight = tf.tensor(Float32Array.from(weights.data), [...weights.shape]);
  const scalarOf = (inputs: readonly tf.Tensor[]): tf.Scalar => {
    const y = layer(Object.fromEntries(names.map((key, index) => [key, inputs[index]!])));
    return tf.sum(tf.mul(tf.add(y, tf.div(tf.square(y), 2)), weight)) as tf.Scalar;
  };
  // an input that the penalty does not depend on still has a gradient: the one of this sum, 1
  const sumOf = (inputs: readonly tf.Tensor[]): tf.Tensor => tf.addN(inputs.map((input) => tf.sum(input)));

  const direct = tf.tidy(() => tf.grads((...inputs) => scalarOf(inputs))(tensors));
  const penalised = tf.tidy(() => tf.grads((x, ...rest) => {
    const slope = tf.grad((position: tf.Tensor) => scalarOf([position, ...rest]))(x!);
    return tf.add(tf.div(tf.sum(tf.square(slope)), 2), sumOf([x!, ...rest]));
  })(tensors));

  const slope = firstOrder(values, names[0]!, scoreOf);
  const along = (step: number) => (at: Inputs<Field>): number => scoreOf(shifted(at, names[0]!, (index) => step * slope[index]!));
  for (const [index, key] of names.entries()) {
    expectClose(direct[index]!.dataSync(), firstOrder(values, key, scoreOf), tolerance, `${name}: first order, by ${key}`);
    const up = firstOrder(values, key, along(STEP));
    const down = firstOrder(values, key, along(-STEP));
    const expected = up.map((value, element) => (value - down[element]!) / (2 * STEP));
    const actual = penalised[index]!.dataSync().map((value) => value - 1);
    expectClose(actual, expected, tolerance * 5, `${name}: second order, by ${key}`);
  }
  tf.dispose([...direct, ...penalised, ...tensors, weight]);
  expect(tf.memory().numTensors, `${name}: tensors left over`).toBe(before);
}
