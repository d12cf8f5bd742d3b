import type { FacadeTools } from './facadeTools.ts';
import { createCycleganLoss, type CycleGANLossOptions } from './cycleganLoss.ts';
import { createGanLoss, type GANLossOptions } from './ganLoss.ts';
import { createLosses } from './losses/createLosses.ts';
import { createTermRunner } from './losses/termRunner.ts';
import type { LossRecipe } from './recipe.ts';
import { createStarganLoss, type StarGANLossOptions } from './starganLoss.ts';
import type { CycleGANLoss, CycleGANModel, GANLoss, GANModel, StarGANModel } from './types.ts';

const runner = createTermRunner();
/** TF-GAN's losses of models, those of plain tensors (`losses.wargs`), and the losses of `tf.compat.v1` that go with them. */
export const losses: FacadeTools['losses'] = createLosses(runner);

const ganLossInScope = createGanLoss({ losses, runner });
const cycleganLossOf = createCycleganLoss({ losses, runner }, ganLossInScope);
const starganLossOf = createStarganLoss({ losses, runner });

/**
 * TF-GAN's `gan_loss`: what each player of a GAN descends, regularisation losses included. A loss is computed when it is read, and
 * belongs to the tidy in which it is. Built-in losses and auxiliary terms of a player are one compiled objective; a function of the
 * user is called as it is.
 *
 * @returns scalars, unless the reduction is NONE
 * @throws SpecError GL2003 for an unknown option, GL3007 for a negative weight, GL3004 for a weight that is no scalar, GL3006 for a weight
 * or a pool that the model is not made for; when a loss is read, what losses and networks raise
 */
export function ganLoss<Model extends GANModel>(model: Model, options: GANLossOptions<Model> = {}): GANLoss & LossRecipe<GANLoss, Model> {
  return ganLossInScope(model, options, '');
}

/**
 * TF-GAN's `cyclegan_loss` (Zhu et al., 2017): for either direction a `ganLoss`, with the cycle consistency loss as a part of both
 * generators' losses. A pool serves x → y; y → x has another of its own.
 *
 * @throws SpecError GL3006 for another model, GL3004 for no weight, and as `ganLoss` does
 */
export function cycleganLoss(model: CycleGANModel, options: CycleGANLossOptions = {}): CycleGANLoss & LossRecipe<CycleGANLoss, CycleGANModel> {
  return cycleganLossOf(model, options);
}

/**
 * TF-GAN's `stargan_loss` (Choi et al., 2018): the adversarial losses, the gradient penalty, the reconstruction of images that are
 * translated there and back, and the classification of their domains. No weight is refused for its sign; regularisation losses of the
 * networks are ignored, as in TF-GAN.
 *
 * @throws SpecError GL2003 for an unknown option, GL3006 for another model, GL3004 for a weight that is none; when a loss is read: GL5001 for
 * labels that are not [N, K], GL5002 for a classification loss of too low a rank
 */
export function starganLoss(model: StarGANModel, options: StarGANLossOptions = {}): GANLoss & LossRecipe<GANLoss, StarGANModel> {
  return starganLossOf(model, options);
}
