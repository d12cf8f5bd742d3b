import { fail } from '../runtime/models/fail.ts';
import type { RandomSource } from '../runtime/random.ts';
import { usesAuxLoss, validateAuxLossWeight, type GivenWeight } from './auxLossWeight.ts';
import { createLossParts, type LossPart } from './lossParts.ts';
import type { FacadeTools } from './facadeTools.ts';
import { isTensorPool, regularization, unseededLoss, validLossFn } from './lossSettings.ts';
import { TERM } from './losses/builtinLoss.ts';
import { withHidden } from './models/fields.ts';
import { rememberResult } from './models/remember.ts';
import { tensorPoolAdjustedModel, type TensorPoolFn } from './models/tensorPoolAdjustedModel.ts';
import { POOLS, RECOMPUTE, type LossRecipe } from './recipe.ts';
import { refuseUnknownOptions } from './refuseUnknownOptions.ts';
import { placesOf } from './summaryOrder.ts';
import type { TensorPool } from './training/tensorPool.ts';
import { Reduction, type GANLoss, type GANModel, type LossFn, type NumberOrTensor, type SummarySink } from './types.ts';

/** Parameters of TF-GAN's `gan_loss`. Weights: null and 0 switch a term off, a tensor never does, whatever its value. */
export interface GANLossOptions<Model extends GANModel = GANModel> {
  /** Of the model alone, or of the model and `CommonLossOptions`. `losses.wassersteinGeneratorLoss` by default. */
  readonly generatorLossFn?: LossFn<Model>;
  /** Likewise; it is given the pooled model where there is a pool. `losses.wassersteinDiscriminatorLoss` by default. */
  readonly discriminatorLossFn?: LossFn<Model>;
  /** Of the gradient penalty (Gulrajani et al., 2017). */
  readonly gradientPenaltyWeight?: GivenWeight;
  /** 1e-10 by default. */
  readonly gradientPenaltyEpsilon?: NumberOrTensor | null;
  /** The slope that the discriminator should have; 1 by default (Karras et al., 2018, have 750). */
  readonly gradientPenaltyTarget?: NumberOrTensor | null;
  /** Whether smaller slopes are not penalised (Petzka et al., 2018). */
  readonly gradientPenaltyOneSided?: boolean | null;
  /** Of the mutual information penalty, of an InfoGANModel (Chen et al., 2016). */
  readonly mutualInformationPenaltyWeight?: GivenWeight;
  /** Of the classification losses, of an ACGANModel (Odena et al., 2017). */
  readonly auxCondGeneratorWeight?: GivenWeight;
  readonly auxCondDiscriminatorWeight?: GivenWeight;
  /** Gives the discriminator's loss samples that were generated before, of [inputs, samples]: `tensorPool()`. */
  readonly tensorPoolFn?: TensorPoolFn | TensorPool | null;
  /** Of losses that take one; SUM_BY_NONZERO_WEIGHTS by default. Under NONE what is added broadcasts. */
  readonly reduction?: Reduction | null;
  /** Whether losses are recorded in `summaries`: they are by default. */
  readonly addSummaries?: boolean | null;
  readonly summaries?: SummarySink;
  /** Where alpha is drawn; seeded from `Math.random` by default. A run of `ganTrainOps` has its own. */
  readonly random?: RandomSource;
}

export const GAN_LOSS_OPTIONS = [
  'generatorLossFn',
  'discriminatorLossFn',
  'gradientPenaltyWeight',
  'gradientPenaltyEpsilon',
  'gradientPenaltyTarget',
  'gradientPenaltyOneSided',
  'mutualInformationPenaltyWeight',
  'auxCondGeneratorWeight',
  'auxCondDiscriminatorWeight',
  'tensorPoolFn',
  'reduction',
  'addSummaries',
  'summaries',
  'random',
] as const satisfies readonly (keyof GANLossOptions)[];

/** TF-GAN's `gan_loss`, with the scope of the graph that it is called in. */
export type GanLossInScope = <Model extends GANModel>(model: Model, options: GANLossOptions<Model>, scope: string) => GANLoss & LossRecipe<GANLoss, Model>;

export function createGanLoss({ losses, runner }: FacadeTools): GanLossInScope {
  const ganLoss = <Model extends GANModel>(model: Model, options: GANLossOptions<Model>, scope: string): GANLoss & LossRecipe<GANLoss, Model> => {
    refuseUnknownOptions('ganLoss', options, GAN_LOSS_OPTIONS);
    if (typeof model?.kind !== 'string') return fail('GL3006', `\`model\` must be a \`GANModel\`. Instead, was ${typeof model}.`);
    const weights = validateWeights(model, options);
    const { reduction = Reduction.SUM_BY_NONZERO_WEIGHTS, addSummaries = true, tensorPoolFn = null, random = unseededLoss() } = options;
    const pooled = tensorPoolFn === null ? model : tensorPoolAdjustedModel(model, tensorPoolFn as TensorPoolFn);
    const common = { reduction, addSummaries };
    const sink = addSummaries === true ? options.summaries : undefined;
    const [adversarialG, adversarialD, penalty, information, pooledInformation, classesG, classesD] = sink === undefined ? [] : placesOf(sink, 7);
    const parts = createLossParts({ runner, random, scope });

    // in TF-GAN's order
    const generatorFn = validLossFn('generatorLossFn', options.generatorLossFn, losses.wassersteinGeneratorLoss);
    const discriminatorFn = validLossFn('discriminatorLossFn', options.discriminatorLossFn, losses.wassersteinDiscriminatorLoss);
    const ofGenerator: LossPart[] = [parts.call(generatorFn, model, common, { summaries: adversarialG })];
    const ofDiscriminator: LossPart[] = [parts.call(discriminatorFn, pooled, common, { summaries: adversarialD })];
    if (usesAuxLoss(weights.gradientPenalty)) {
      const own = { epsilon: options.gradientPenaltyEpsilon, target: options.gradientPenaltyTarget, oneSided: options.gradientPenaltyOneSided };
      ofDiscriminator.push(parts.term(losses.wassersteinGradientPenalty[TERM], pooled, { ...own, ...common }, { weight: weights.gradientPenalty, summaries: penalty }));
    }
    if (usesAuxLoss(weights.mutualInformation)) {
      const make = losses.mutualInformationPenalty[TERM];
      const weight = weights.mutualInformation;
      if (tensorPoolFn === null) {
        // one value for both players
        const shared = parts.share([parts.term(make, model, common, { summaries: information })], weight);
        ofGenerator.push(shared);
        ofDiscriminator.push(shared);
      } else {
        ofGenerator.push(parts.term(make, model, common, { weight, summaries: information }));
        ofDiscriminator.push(parts.term(make, pooled, common, { weight, summaries: pooledInformation }));
      }
    }
    if (usesAuxLoss(weights.auxCondGenerator)) {
      ofGenerator.push(parts.term(losses.acganGeneratorLoss[TERM], model, common, { weight: weights.auxCondGenerator, summaries: classesG }));
    }
    if (usesAuxLoss(weights.auxCondDiscriminator)) {
      ofDiscriminator.push(parts.term(losses.acganDiscriminatorLoss[TERM], pooled, common, { weight: weights.auxCondDiscriminator, summaries: classesD }));
    }
    const generatorLoss = rememberResult(() => parts.add([...ofGenerator, ...regularization(model.generatorScope)]));
    const discriminatorLoss = rememberResult(() => parts.add([...ofDiscriminator, ...regularization(model.discriminatorScope)]));
    const loss: GANLoss = {
      get generatorLoss() {
        return generatorLoss();
      },
      get discriminatorLoss() {
        return discriminatorLoss();
      },
    };
    return withHidden(loss, {
      [RECOMPUTE]: (other: Model, source: RandomSource) => ganLoss(other, { ...options, random: source }, scope),
      [POOLS]: isTensorPool(tensorPoolFn) ? [tensorPoolFn] : [],
    });
  };
  return ganLoss;
}

/** In TF-GAN's order. */
function validateWeights(model: GANModel, options: GANLossOptions<never>) {
  const weights = {
    gradientPenalty: validateAuxLossWeight(options.gradientPenaltyWeight ?? null, 'gradientPenaltyWeight'),
    // TF-GAN's name for it
    mutualInformation: validateAuxLossWeight(options.mutualInformationPenaltyWeight ?? null, 'infoganWeight'),
    auxCondGenerator: validateAuxLossWeight(options.auxCondGeneratorWeight ?? null, 'auxCondGeneratorWeight'),
    auxCondDiscriminator: validateAuxLossWeight(options.auxCondDiscriminatorWeight ?? null, 'auxCondDiscriminatorWeight'),
  };
  if (usesAuxLoss(weights.mutualInformation) && model.kind !== 'InfoGANModel') {
    fail('GL3006', `When \`mutualInformationPenaltyWeight\` is provided, \`model\` must be an \`InfoGANModel\`. Instead, was ${model.kind}.`);
  }
  if ((usesAuxLoss(weights.auxCondGenerator) || usesAuxLoss(weights.auxCondDiscriminator)) && model.kind !== 'ACGANModel') {
    fail('GL3006', `When \`auxCondGeneratorWeight\` or \`auxCondDiscriminatorWeight\` is provided, \`model\` must be an \`ACGANModel\`. Instead, was ${model.kind}.`);
  }
  return weights;
}
