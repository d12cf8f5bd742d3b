import { createModelLoss, createPlainLoss } from './createLoss.ts';
import { hingeDiscriminator, wassersteinDiscriminator, wassersteinGenerator } from './definitions/wasserstein.ts';
import type { TermRunner } from './termRunner.ts';

/** TF-GAN's `tfgan.losses`: losses of models, and in `wargs` the same of plain tensors. */
export function createLosses(runner: TermRunner) {
  const wassersteinGeneratorLoss = createModelLoss(wassersteinGenerator, runner);
  return {
    wassersteinGeneratorLoss,
    wassersteinDiscriminatorLoss: createModelLoss(wassersteinDiscriminator, runner),
    wassersteinHingeGeneratorLoss: wassersteinGeneratorLoss,
    wassersteinHingeDiscriminatorLoss: createModelLoss(hingeDiscriminator, runner),
    wargs: {
      wassersteinGeneratorLoss: createPlainLoss(wassersteinGenerator, runner),
      wassersteinDiscriminatorLoss: createPlainLoss(wassersteinDiscriminator, runner),
      wassersteinHingeDiscriminatorLoss: createPlainLoss(hingeDiscriminator, runner),
    },
  };
}
