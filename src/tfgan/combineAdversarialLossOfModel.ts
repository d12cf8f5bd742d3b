import type * as tf from '@tensorflow/tfjs';
import type { RandomSource } from '../runtime/random.ts';
import { combineAdversarialLoss, planCombination, type CombineAdversarialLossOptions } from './combineAdversarialLoss.ts';
import { withHidden } from './models/fields.ts';
import { rememberResult } from './models/remember.ts';
import { POOLS, RECOMPUTE, type LossRecipe } from './recipe.ts';
import { refuseUnknownOptions } from './refuseUnknownOptions.ts';
import type { AnyModel, GANLoss, GANModel } from './types.ts';

const OPTIONS = ['weightFactor', 'gradientRatio', 'gradientRatioEpsilon', 'scalarSummaries', 'gradientSummaries', 'summaries', 'warn'] as const satisfies readonly (keyof CombineAdversarialLossOptions)[];

export type CombineAdversarialLossOfModelOptions = Pick<CombineAdversarialLossOptions, (typeof OPTIONS)[number]>;

/**
 * TF-GAN's `tfgan.losses.combine_adversarial_loss`: the GANLoss whose generator's loss is combined with another. Gradients are those of
 * the generator's variables.
 *
 * @param nonAdversarialLoss a tensor on the tape that is being recorded, or a function of the model, which training runs anew
 * @throws SpecError as `losses.wargs.combineAdversarialLoss` does: for options at once, for losses when the generator's is read
 */
export function combineAdversarialLossOfModel<Model extends GANModel>(
  ganLoss: GANLoss,
  ganModel: Model,
  nonAdversarialLoss: tf.Tensor | ((model: Model) => tf.Tensor),
  options: CombineAdversarialLossOfModelOptions = {},
): GANLoss & Partial<LossRecipe<GANLoss, Model>> {
  refuseUnknownOptions('combineAdversarialLoss', options, OPTIONS);
  // what is wrong with options is said here, not when a loss is first read
  planCombination(options);
  const warn = once(options.warn ?? console.warn);
  const main = typeof nonAdversarialLoss === 'function' ? () => nonAdversarialLoss(ganModel) : nonAdversarialLoss;
  const generatorLoss = rememberResult(() => combineAdversarialLoss(main, () => ganLoss.generatorLoss, { ...options, warn, variables: ganModel.generatorVariables }));
  const combined: GANLoss = {
    get generatorLoss() {
      return generatorLoss();
    },
    get discriminatorLoss() {
      return ganLoss.discriminatorLoss;
    },
  };
  if (!hasRecipe(ganLoss)) return combined;
  return withHidden(combined, {
    [RECOMPUTE]: (model: Model, random: RandomSource) => combineAdversarialLossOfModel(ganLoss[RECOMPUTE](model, random), model, nonAdversarialLoss, { ...options, warn }) as GANLoss,
    [POOLS]: ganLoss[POOLS],
  });
}

function hasRecipe(loss: GANLoss): loss is GANLoss & LossRecipe<GANLoss, AnyModel> {
  return RECOMPUTE in loss;
}

/** TF-GAN warns while it builds a graph: once, however often the loss is computed. */
function once(warn: (message: string) => void): (message: string) => void {
  let said = false;
  return (message) => {
    if (!said) warn(message);
    said = true;
  };
}
