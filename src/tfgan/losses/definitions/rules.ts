import { fail } from '../../../runtime/models/fail.ts';
import * as tf from '@tensorflow/tfjs';
import type { LossFields, TermScalar, TermValues } from '../builtinLoss.ts';
import type { OptionRule } from '../lossDefinition.ts';
import type { Shape } from '../shapes.ts';

/** Fields whose value has a shape. */
type TensorField = { readonly [F in keyof LossFields]-?: Required<LossFields>[F] extends tf.Tensor ? F : never }[keyof LossFields];

export const shapeOf =
  (field: TensorField) =>
  (fields: LossFields): Shape =>
    fields[field]?.shape ?? [];

export const weights = (argument: string, over: (fields: LossFields) => Shape): OptionRule => ({ kind: 'weights', argument, default: 1, over });
export const value = (argument: string, byDefault: number): OptionRule => ({ kind: 'value', argument, default: byDefault });
export const smoothing = (byDefault: number): OptionRule => ({ kind: 'smoothing', argument: 'label_smoothing', default: byDefault });

/** The weights of a discriminator's loss on its outputs. */
export const realAndGenerated = {
  realWeights: weights('real_weights', shapeOf('discriminatorRealOutputs')),
  generatedWeights: weights('generated_weights', shapeOf('discriminatorGenOutputs')),
};
/** The weights of a generator's loss on the discriminator's outputs. */
export const onGenerated = { weights: weights('weights', shapeOf('discriminatorGenOutputs')) };

export const whole = (name: string): TermScalar => ({ name, value: ({ term }: TermValues) => term });
export const part = (name: string, index: 0 | 1): TermScalar => ({ name, value: (values: TermValues) => values.part(index) });
export const named = (name: string, letName: string): TermScalar => ({ name, value: (values: TermValues) => values.named(letName) });

/** TF-GAN calls a loss that collects itself, and negates it afterwards. */
export const negated = ({ term }: TermValues): readonly tf.Tensor[] => [tf.neg(term)];

/** TensorFlow's cross entropies take floats alone. */
export function requireFloat(...tensors: readonly tf.Tensor[]): void {
  for (const { dtype } of tensors) {
    if (dtype !== 'float32') fail('GL3004', `Value passed to parameter 'x' has DataType ${dtype} not in list of allowed values: float32`, 'cast it');
  }
}
