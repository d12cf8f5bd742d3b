import type * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { ModelRecipe } from '../recipe.ts';
import { refuseUnknownOptions } from '../refuseUnknownOptions.ts';
import type { ACGANModel, GeneratorFn, Inputs, TwoHeadedDiscriminatorFn } from '../types.ts';
import { joinFields } from './fields.ts';
import { CHECKED_MODEL_OPTIONS, createGan, ganFields, ganRecipe, type CheckedModelOptions } from './gan.ts';
import { createDraws, modelData, type ModelData } from './modelData.ts';

/**
 * TF-GAN's `acgan_model` (Odena et al., 2017): a `ganModel` whose discriminator returns (logits, class logits).
 *
 * @param oneHotLabels [N, K], or a function that gives them
 * @throws SpecError as `ganModel` does; reading its fields: GL5003 where the discriminator does not return two outputs
 */
export function acganModel(
  generatorFn: GeneratorFn,
  discriminatorFn: TwoHeadedDiscriminatorFn,
  realData: ModelData<tf.Tensor>,
  generatorInputs: ModelData<Inputs>,
  oneHotLabels: ModelData<tf.Tensor>,
  options: CheckedModelOptions = {},
): ACGANModel & ModelRecipe<ACGANModel> {
  refuseUnknownOptions('acganModel', options, CHECKED_MODEL_OPTIONS);
  const draws = createDraws(options.random);
  const gan = createGan({
    generatorFn,
    discriminatorFn,
    realData,
    generatorInputs: modelData('generatorInputs', generatorInputs, draws),
    options,
    draws,
    outputOf: twoHeads,
  });
  const labels = modelData('oneHotLabels', oneHotLabels, draws);
  const model: ACGANModel = joinFields(ganFields(gan, ([logits]) => logits), {
    kind: 'ACGANModel' as const,
    discriminatorFn: gan.discriminator.call as ACGANModel['discriminatorFn'],
    get oneHotLabels() {
      return labels();
    },
    get discriminatorRealClassificationLogits() {
      return gan.onReal()[1];
    },
    get discriminatorGenClassificationLogits() {
      return gan.onGenerated()[1];
    },
  });
  return ganRecipe(gan, (random) => acganModel(generatorFn, discriminatorFn, realData, generatorInputs, oneHotLabels, { ...options, random }), model);
}

function twoHeads(output: unknown): readonly [tf.Tensor, tf.Tensor] {
  if (Array.isArray(output) && output.length === 2) return output as [tf.Tensor, tf.Tensor];
  return fail('GL5003', 'A discriminator function for ACGAN must output a tuple consisting of (discrimination logits, classification logits).');
}
