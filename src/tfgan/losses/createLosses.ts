import { combineAdversarialLoss } from '../combineAdversarialLoss.ts';
import { combineAdversarialLossOfModel } from '../combineAdversarialLossOfModel.ts';
import { createCycleLoss } from './createCycleLoss.ts';
import { createModelLoss, createPlainLoss } from './createLoss.ts';
import { acganDiscriminator, acganGenerator } from './definitions/acgan.ts';
import { cycleConsistency } from './definitions/cycleConsistency.ts';
import { leastSquaresDiscriminator, leastSquaresGenerator } from './definitions/leastSquares.ts';
import { minimaxDiscriminator, minimaxGenerator, modifiedDiscriminator, modifiedGenerator } from './definitions/minimax.ts';
import { gradientPenalty, mutualInformation } from './definitions/penalties.ts';
import { relativisticDiscriminator, relativisticGenerator } from './definitions/relativistic.ts';
import { hingeDiscriminator, wassersteinDiscriminator, wassersteinGenerator } from './definitions/wasserstein.ts';
import { starganDiscriminatorLossWrapper, starganGeneratorLossWrapper, starganGradientPenaltyWrapper } from './starganWrappers.ts';
import { createTensorLosses } from './tensorLosses.ts';
import type { TermRunner } from './termRunner.ts';

/**
 * TF-GAN's losses. All are compiled objectives of one term, take TF-GAN's options in camelCase, and are differentiable by tfjs's tape
 * after `installGradients()`. The caller owns what they return. A number is compiled into the objective: what changes from step to step
 * is better given as a tensor.
 */
export function createLosses(runner: TermRunner) {
  const wargs = createPlainLosses(runner);
  // one function, as in TF-GAN
  const wassersteinGeneratorLoss = createModelLoss(wassersteinGenerator, runner);
  return {
    acganDiscriminatorLoss: createModelLoss(acganDiscriminator, runner),
    acganGeneratorLoss: createModelLoss(acganGenerator, runner),
    leastSquaresDiscriminatorLoss: createModelLoss(leastSquaresDiscriminator, runner),
    leastSquaresGeneratorLoss: createModelLoss(leastSquaresGenerator, runner),
    modifiedDiscriminatorLoss: createModelLoss(modifiedDiscriminator, runner),
    modifiedGeneratorLoss: createModelLoss(modifiedGenerator, runner),
    minimaxDiscriminatorLoss: createModelLoss(minimaxDiscriminator, runner),
    minimaxGeneratorLoss: createModelLoss(minimaxGenerator, runner),
    relativisticDiscriminatorLoss: createModelLoss(relativisticDiscriminator, runner),
    relativisticGeneratorLoss: createModelLoss(relativisticGenerator, runner),
    wassersteinDiscriminatorLoss: createModelLoss(wassersteinDiscriminator, runner),
    wassersteinHingeDiscriminatorLoss: createModelLoss(hingeDiscriminator, runner),
    wassersteinHingeGeneratorLoss: wassersteinGeneratorLoss,
    wassersteinGeneratorLoss,
    wassersteinGradientPenalty: createModelLoss(gradientPenalty, runner),
    mutualInformationPenalty: createModelLoss(mutualInformation, runner),
    cycleConsistencyLoss: createCycleLoss(wargs.cycleConsistencyLoss, runner),
    combineAdversarialLoss: combineAdversarialLossOfModel,
    starganGeneratorLossWrapper,
    starganDiscriminatorLossWrapper,
    starganGradientPenaltyWrapper,
    ...createTensorLosses(runner),
    /** The same losses of plain tensors (`tfgan.losses.wargs`). */
    wargs,
  };
}

function createPlainLosses(runner: TermRunner) {
  const wassersteinGeneratorLoss = createPlainLoss(wassersteinGenerator, runner);
  return {
    acganDiscriminatorLoss: createPlainLoss(acganDiscriminator, runner),
    acganGeneratorLoss: createPlainLoss(acganGenerator, runner),
    leastSquaresDiscriminatorLoss: createPlainLoss(leastSquaresDiscriminator, runner),
    leastSquaresGeneratorLoss: createPlainLoss(leastSquaresGenerator, runner),
    modifiedDiscriminatorLoss: createPlainLoss(modifiedDiscriminator, runner),
    modifiedGeneratorLoss: createPlainLoss(modifiedGenerator, runner),
    minimaxDiscriminatorLoss: createPlainLoss(minimaxDiscriminator, runner),
    minimaxGeneratorLoss: createPlainLoss(minimaxGenerator, runner),
    relativisticDiscriminatorLoss: createPlainLoss(relativisticDiscriminator, runner),
    relativisticGeneratorLoss: createPlainLoss(relativisticGenerator, runner),
    wassersteinDiscriminatorLoss: createPlainLoss(wassersteinDiscriminator, runner),
    wassersteinHingeDiscriminatorLoss: createPlainLoss(hingeDiscriminator, runner),
    wassersteinHingeGeneratorLoss: wassersteinGeneratorLoss,
    wassersteinGeneratorLoss,
    wassersteinGradientPenalty: createPlainLoss(gradientPenalty, runner),
    mutualInformationPenalty: createPlainLoss(mutualInformation, runner),
    cycleConsistencyLoss: createPlainLoss(cycleConsistency, runner),
    combineAdversarialLoss,
  };
}
