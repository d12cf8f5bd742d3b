import * as tf from '@tensorflow/tfjs';
import { Reduction } from '../../../src/tfgan.ts';
import { camelCase } from './camelCase.ts';
import { booleanOf, fieldsOf, isList, isNumberText, numberOf, numbersOf, objectOf, type Json } from './json.ts';
import { recordedOf, toTensor } from './tensor.ts';

/** What a keyword argument was in Python: a number, None, a Tensor … */
export type OptionValue = number | boolean | string | null | tf.Tensor | readonly number[];

export interface DecodedOptions {
  /** By their names in JavaScript. */
  readonly values: Readonly<Record<string, OptionValue>>;
  /** Those that are Tensors of floats, by their names in Python: what gradients were recorded for. */
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
}

/** The keyword arguments of a call; an absent one keeps its default. */
export function decodeOptions(value: Json): DecodedOptions {
  const values: Record<string, OptionValue> = {};
  const tensors = new Map<string, tf.Tensor>();
  for (const [name, given] of Object.entries(objectOf(value, 'options'))) {
    const option = decodeOption(name, given);
    values[camelCase(name)] = option;
    if (option instanceof tf.Tensor && option.dtype === 'float32') tensors.set(name, option);
  }
  return { values, tensors };
}

function decodeOption(name: string, value: Json): OptionValue {
  if (name === 'reduction' && typeof value === 'string') return reductionOf(value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return isNumberText(value) ? numberOf(value, name) : value;
  return isList(value) ? numbersOf(value, name) : decodeTensor(name, value);
}

/**
 * A Tensor. One whose value TensorFlow sees only when it runs (a placeholder) is a variable here, the one tensor of tfjs whose value
 * is not final.
 */
function decodeTensor(name: string, value: Json): tf.Tensor {
  const fields = fieldsOf(value, name);
  const tensor = toTensor(recordedOf(fields.take('tensor'), name));
  const placeholder = fields.optional('placeholder');
  fields.done();
  return placeholder !== undefined && booleanOf(placeholder, `${name}.placeholder`) ? tf.variable(tensor, false) : tensor;
}

/** A reduction by its Python name; any other text was passed as it stands. */
export function reductionOf(name: string): string {
  return Object.hasOwn(Reduction, name) ? Reduction[name as keyof typeof Reduction] : name;
}
