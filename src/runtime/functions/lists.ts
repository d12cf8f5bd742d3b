import * as tf from '@tensorflow/tfjs';
import { toTensor, type Operand } from './toTensor.ts';

/** A list of tensors as it is, a tensor as a list of one. */
export function asList(x: tf.Tensor | readonly tf.Tensor[]): readonly tf.Tensor[] {
  return x instanceof tf.Tensor ? [x] : x;
}

/**
 * What f makes of the lists' first tensors, of their second ones, and so on. A tensor or a number in place of a list goes with each.
 *
 * @throws Error where the lists differ in length
 */
export function each<T>(f: (...items: readonly T[]) => T, ...values: readonly (T | readonly T[])[]): readonly T[] {
  const lengths = values.flatMap((value) => (isList(value) ? [value.length] : []));
  const length = lengths[0] ?? 1;
  if (lengths.some((other) => other !== length)) throw new Error(`lists of ${[...new Set(lengths)].join(' and ')} tensors do not go together`);
  return Array.from({ length }, (_, index) => f(...values.map((value) => (isList(value) ? value[index] : value))));
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** The sum of each element, as a vector [K]. */
export function sumOfEach(list: tf.Tensor | readonly Operand[]): tf.Tensor {
  const elements = list instanceof tf.Tensor ? [list] : list;
  return elements.length === 0 ? tf.zeros([0]) : tf.stack(elements.map((element) => tf.sum(toTensor(element))));
}
