import type * as tf from '@tensorflow/tfjs';
import type { ModelRecipe } from '../recipe.ts';
import { refuseUnknownOptions } from '../refuseUnknownOptions.ts';
import type { DiscriminatorFn, GANModel, GeneratorFn, Inputs } from '../types.ts';
import { joinFields } from './fields.ts';
import { CHECKED_MODEL_OPTIONS, createGan, ganFields, ganRecipe, type CheckedModelOptions } from './gan.ts';
import { createDraws, modelData, type ModelData } from './modelData.ts';

/**
 * TF-GAN's `gan_model`. Fields are computed when they are read; the discriminator is given the generator's inputs as its condition.
 *
 * @param realData a tensor whose first dimension is the batch, or a function that gives a run's
 * @param generatorInputs a tensor, or a list or an object of tensors (noise, conditions), or a function that gives them
 * @throws SpecError GL2003 for unknown options, GL5001 for missing arguments; reading its fields: GL5008 where generated and real data
 * differ in shape, GL5001 for networks whose inputs cannot be fed
 */
export function ganModel(
  generatorFn: GeneratorFn,
  discriminatorFn: DiscriminatorFn,
  realData: ModelData<tf.Tensor>,
  generatorInputs: ModelData<Inputs>,
  options: CheckedModelOptions = {},
): GANModel & ModelRecipe<GANModel> {
  refuseUnknownOptions('ganModel', options, CHECKED_MODEL_OPTIONS);
  const draws = createDraws(options.random);
  const gan = createGan({
    generatorFn,
    discriminatorFn,
    realData,
    generatorInputs: modelData('generatorInputs', generatorInputs, draws),
    options,
    draws,
    // TF-GAN does not look at it either: a user's loss may take what it likes
    outputOf: (raw) => raw as tf.Tensor,
  });
  const model: GANModel = joinFields(ganFields(gan, (output) => output), {
    kind: 'GANModel' as const,
    discriminatorFn: gan.discriminator.call as GANModel['discriminatorFn'],
  });
  return ganRecipe(gan, (random) => ganModel(generatorFn, discriminatorFn, realData, generatorInputs, { ...options, random }), model);
}
