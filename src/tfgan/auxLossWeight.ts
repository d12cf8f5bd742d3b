import * as tf from '@tensorflow/tfjs';
import { fail } from '../runtime/models/fail.ts';
import type { NumberOrTensor } from './types.ts';

/** A weight as users give it: Python's None is null, and what Python takes for a number, true is. */
export type GivenWeight = NumberOrTensor | boolean | null;

/**
 * TF-GAN's `_validate_aux_loss_weight`. A NaN passes, as there; a tensor that is negative or NaN does not.
 *
 * @param name what the message calls the weight
 * @throws SpecError GL3007 for a negative weight, GL3004 for what is no number
 */
export function validateAuxLossWeight(weight: GivenWeight, name: string): NumberOrTensor | null {
  if (weight === null) return null;
  if (weight instanceof tf.Tensor) return validateTensor(weight, name);
  const number = typeof weight === 'boolean' ? Number(weight) : weight;
  // whoever writes JavaScript may give anything
  if (typeof number !== 'number') return fail('GL3004', `'<' not supported between instances of '${typeof weight}' and 'number': \`${name}\` must be a number or a tensor`);
  if (number < 0) return fail('GL3007', `\`${name}\` must be greater than 0. Instead, was ${number}`);
  return number;
}

/** TF-GAN's `_use_aux_loss`: null, 0, NaN and negative numbers switch a term off; a tensor never does. */
export function usesAuxLoss(weight: NumberOrTensor | null): weight is NumberOrTensor {
  return weight instanceof tf.Tensor || (weight !== null && weight > 0);
}

function validateTensor(weight: tf.Tensor, name: string): tf.Tensor {
  if (weight.rank !== 0) return fail('GL3004', `Shapes [${weight.shape.join(', ')}] and [] are incompatible: \`${name}\` must be a scalar`);
  if (weight.dtype !== 'float32') return fail('GL3004', `\`${name}\` has type ${weight.dtype} that does not match type float32`);
  const [value] = weight.dataSync<'float32'>();
  if (!(value >= 0)) return fail('GL3007', `Condition x >= y did not hold element-wise: \`${name}\` is ${value}, y = 0`);
  return weight;
}
