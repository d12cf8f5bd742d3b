import * as tf from '@tensorflow/tfjs';
import { fieldsOf, isList, listOf, notUnderstood, numbersOf, textOf, type Json } from './json.ts';

/** A tensor as it was recorded: flat, row-major. */
export interface Recorded {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly data: readonly number[];
}

/** A tensor, or lists of such. */
export type Tree = tf.Tensor | readonly Tree[];

export function recordedOf(value: Json, what: string): Recorded {
  const fields = fieldsOf(value, what);
  const shape = numbersOf(fields.take('shape'), `the shape of ${what}`);
  const dtype = textOf(fields.take('dtype'), `the dtype of ${what}`);
  const data = listOf(fields.take('data'), `the data of ${what}`).map((entry) => (typeof entry === 'boolean' ? Number(entry) : entry));
  fields.done();
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') return notUnderstood(`${what} is of type ${dtype}`);
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) return notUnderstood(`${what} has ${data.length} elements, not ${size}`);
  return { shape, dtype, data: numbersOf(data, `the data of ${what}`) };
}

export function isRecorded(value: Json): boolean {
  return value !== null && typeof value === 'object' && !isList(value) && 'shape' in value && 'data' in value;
}

export function tensorOf(value: Json, what: string): tf.Tensor {
  return toTensor(recordedOf(value, what));
}

export function toTensor({ data, shape, dtype }: Recorded): tf.Tensor {
  return tf.tensor([...data], [...shape], dtype);
}

/** A tensor, or a list of such. */
export function treeOf(value: Json, what: string): Tree {
  return isList(value) ? value.map((entry, index) => treeOf(entry, `${what}[${index}]`)) : tensorOf(value, what);
}

/** A tensor or a flat list, as a model takes it. */
export function inputsOf(value: Json, what: string): tf.Tensor | readonly tf.Tensor[] {
  return isList(value) ? tensorsOf(value, what) : tensorOf(value, what);
}

export function tensorsOf(value: Json, what: string): readonly tf.Tensor[] {
  return listOf(value, what).map((entry, index) => tensorOf(entry, `${what}[${index}]`));
}
