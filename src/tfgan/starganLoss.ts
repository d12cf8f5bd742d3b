import * as tf from '@tensorflow/tfjs';
import { fail } from '../runtime/models/fail.ts';
import type { RandomSource } from '../runtime/random.ts';
import { usesAuxLoss, type GivenWeight } from './auxLossWeight.ts';
import type { FacadeTools } from './facadeTools.ts';
import { createLossParts, type LossPart } from './lossParts.ts';
import { starganFields } from './losses/starganWrappers.ts';
import { PLACED_TERM, type LossPlace, type PlaceableLoss } from './losses/tensorLosses.ts';
import { unseededLoss, validLossFn } from './lossSettings.ts';
import { withHidden } from './models/fields.ts';
import { rememberResult } from './models/remember.ts';
import { POOLS, RECOMPUTE, type LossRecipe } from './recipe.ts';
import { refuseUnknownOptions } from './refuseUnknownOptions.ts';
import { placesOf } from './summaryOrder.ts';
import type { GANLoss, LossFn, NumberOrTensor, StarGANModel, SummarySink } from './types.ts';

/** Parameters of TF-GAN's `stargan_loss`. */
export interface StarGANLossOptions {
  /** `losses.starganGeneratorLossWrapper(losses.wargs.wassersteinGeneratorLoss)` by default. */
  readonly generatorLossFn?: LossFn<StarGANModel>;
  /** `losses.starganDiscriminatorLossWrapper(losses.wargs.wassersteinDiscriminatorLoss)` by default. */
  readonly discriminatorLossFn?: LossFn<StarGANModel>;
  /** 10 by default. Null, 0 and, without an error, negative numbers switch the penalty off; a tensor never does. */
  readonly gradientPenaltyWeight?: GivenWeight;
  readonly gradientPenaltyEpsilon?: NumberOrTensor;
  readonly gradientPenaltyTarget?: NumberOrTensor;
  readonly gradientPenaltyOneSided?: boolean;
  /** Of the images and what came back of them; `losses.absoluteDifference` by default. */
  readonly reconstructionLossFn?: (labels: tf.Tensor, predictions: tf.Tensor) => tf.Tensor;
  /** 10 by default. */
  readonly reconstructionLossWeight?: NumberOrTensor | boolean;
  /** `losses.softmaxCrossEntropy` by default. */
  readonly classificationLossFn?: (onehotLabels: tf.Tensor, logits: tf.Tensor) => tf.Tensor;
  /** 1 by default. */
  readonly classificationLossWeight?: NumberOrTensor | boolean;
  /** Whether labels are one-hot: they are by default. Otherwise the loss is summed over the domains, and must have a value for each. */
  readonly classificationOneHot?: boolean;
  /** Whether losses are recorded in `summaries`: they are by default. */
  readonly addSummaries?: boolean | null;
  readonly summaries?: SummarySink;
  /** Where alpha is drawn; seeded from `Math.random` by default. A run of `ganTrainOps` has its own. */
  readonly random?: RandomSource;
  /** Told when a negative gradient penalty weight switches the penalty off; `console.warn` by default. */
  readonly warn?: (message: string) => void;
}

const OPTIONS = [
  'generatorLossFn',
  'discriminatorLossFn',
  'gradientPenaltyWeight',
  'gradientPenaltyEpsilon',
  'gradientPenaltyTarget',
  'gradientPenaltyOneSided',
  'reconstructionLossFn',
  'reconstructionLossWeight',
  'classificationLossFn',
  'classificationLossWeight',
  'classificationOneHot',
  'addSummaries',
  'summaries',
  'random',
  'warn',
] as const satisfies readonly (keyof StarGANLossOptions)[];

export type StarganLoss = (model: StarGANModel, options?: StarGANLossOptions) => GANLoss & LossRecipe<GANLoss, StarGANModel>;

export function createStarganLoss({ losses, runner }: FacadeTools): StarganLoss {
  const starganLoss: StarganLoss = (model, options = {}) => {
    refuseUnknownOptions('starganLoss', options, OPTIONS);
    if (model?.kind !== 'StarGANModel') return fail('GL3006', `'${(model as { kind?: string } | null)?.kind ?? typeof model}' object has no attribute 'inputDataDomainLabel'`, 'starganLoss takes a StarGANModel');
    const { addSummaries = true, random = unseededLoss(), classificationOneHot = true } = options;
    const sink = addSummaries === true ? options.summaries : undefined;
    const [adversarialG, adversarialD, penalty, reconstruction, classesG, classesD] = sink === undefined ? [] : placesOf(sink, 6);
    const parts = createLossParts({ runner, random, scope: '' });

    // in TF-GAN's order
    const generatorFn = validLossFn('generatorLossFn', options.generatorLossFn, losses.starganGeneratorLossWrapper(losses.wargs.wassersteinGeneratorLoss));
    const discriminatorFn = validLossFn('discriminatorLossFn', options.discriminatorLossFn, losses.starganDiscriminatorLossWrapper(losses.wargs.wassersteinDiscriminatorLoss));
    const ofGenerator: LossPart[] = [parts.call(generatorFn, model, { addSummaries }, { summaries: adversarialG })];
    const ofDiscriminator: LossPart[] = [parts.call(discriminatorFn, model, { addSummaries }, { summaries: adversarialD })];
    const penaltyWeight = readPenaltyWeight(options);
    if (usesAuxLoss(penaltyWeight)) {
      const own = { epsilon: options.gradientPenaltyEpsilon, target: options.gradientPenaltyTarget, oneSided: options.gradientPenaltyOneSided, addSummaries };
      ofDiscriminator.push(parts.call(losses.starganGradientPenaltyWrapper(losses.wargs.wassersteinGradientPenalty), model, own, { weight: penaltyWeight, summaries: penalty }));
    }

    const reconstructionFn = validLossFn('reconstructionLossFn', options.reconstructionLossFn, losses.absoluteDifference);
    const reconstructionWeight = readFactor('reconstructionLossWeight', options.reconstructionLossWeight, 10);
    const classificationFn = validLossFn('classificationLossFn', options.classificationLossFn, losses.softmaxCrossEntropy);
    const classificationWeight = readFactor('classificationLossWeight', options.classificationLossWeight, 1);
    const fields = starganFields(model);
    /** A loss of two tensors of the model, recorded before its weight. */
    const compared = ({ fn, make, weight, name, tag, place, summaries }: Compared): LossPart => {
      if (make !== null) return { kind: 'term', term: make({ ...place, fields }, name), weight, observe: summaries === undefined ? null : ({ term }) => summaries.scalar(tag, term) };
      const compute = () => {
        // fields live as long as the model, which the tidy must not cut short
        const [a, b] = place.tensors();
        return tf.tidy(() => {
          const value = fn(a, b);
          summaries?.scalar(tag, value);
          return tf.mul(value, weight);
        });
      };
      return { kind: 'value', compute };
    };
    const classification = {
      fn: (labels: tf.Tensor, logits: tf.Tensor): tf.Tensor => {
        const value = classificationFn(labels, logits);
        return tf.mean(classificationOneHot ? value : sumOverDomains(value));
      },
      make: classificationOneHot ? placedTermOf(classificationFn) : null,
      weight: classificationWeight,
      name: 'classification_loss',
    };
    ofGenerator.push(
      compared({
        fn: reconstructionFn,
        make: placedTermOf(reconstructionFn),
        weight: reconstructionWeight,
        name: 'reconstruction_loss',
        tag: 'reconstruction_loss',
        summaries: reconstruction,
        place: { player: 'generator', given: ['x', 'reconstructed'], reads: ['realData', 'reconstructedData'], tensors: () => [model.inputData, model.reconstructedData] },
      }),
      compared({
        ...classification,
        tag: 'generator_classification_loss/generator_classification_loss',
        summaries: classesG,
        place: {
          player: 'generator',
          given: ['target', 'D.classes(fake)'],
          reads: ['target', 'discriminatorGenClassificationLogits'],
          tensors: () => [model.generatedDataDomainTarget, model.discriminatorGeneratedDataDomainPredication],
        },
      }),
    );
    ofDiscriminator.push(
      compared({
        ...classification,
        tag: 'discriminator_classification_loss/discriminator_classification_loss',
        summaries: classesD,
        place: {
          player: 'discriminator',
          given: ['label', 'D.classes(x)'],
          reads: ['label', 'discriminatorRealClassificationLogits'],
          tensors: () => [model.inputDataDomainLabel, model.discriminatorInputDataDomainPredication],
        },
      }),
    );

    const sumOf = (summands: readonly LossPart[]) =>
      rememberResult(() => {
        checkLabels(model.inputDataDomainLabel);
        return parts.add(summands);
      });
    const [generatorLoss, discriminatorLoss] = [sumOf(ofGenerator), sumOf(ofDiscriminator)];
    const loss: GANLoss = {
      get generatorLoss() {
        return generatorLoss();
      },
      get discriminatorLoss() {
        return discriminatorLoss();
      },
    };
    return withHidden(loss, {
      // what was said once need not be said at each step
      [RECOMPUTE]: (other: StarGANModel, source: RandomSource) => starganLoss(other, { ...options, random: source, warn: () => undefined }),
      [POOLS]: [],
    });
  };
  return starganLoss;
}

type TensorLossFn = (labels: tf.Tensor, predictions: tf.Tensor) => tf.Tensor;

interface Compared {
  readonly fn: TensorLossFn;
  /** Null for a function of the user. */
  readonly make: PlaceableLoss[typeof PLACED_TERM] | null;
  readonly weight: NumberOrTensor;
  /** What the objective calls it. */
  readonly name: string;
  readonly tag: string;
  readonly place: Omit<LossPlace, 'fields'>;
  readonly summaries: SummarySink | undefined;
}

function placedTermOf(fn: TensorLossFn & Partial<PlaceableLoss>): Compared['make'] {
  return fn[PLACED_TERM] ?? null;
}

/** TF-GAN asks only whether it is positive. */
function readPenaltyWeight({ gradientPenaltyWeight: given = 10, warn = console.warn }: StarGANLossOptions): NumberOrTensor | null {
  if (given === null) return null;
  const weight = readFactor('gradientPenaltyWeight', given, 10);
  if (typeof weight === 'number' && weight < 0) warn(`\`gradientPenaltyWeight\` is ${weight}: a negative number switches the gradient penalty off, as in TF-GAN`);
  return weight;
}

/** What TensorFlow multiplies a float by. @throws SpecError GL3004 */
function readFactor(name: string, given: GivenWeight | undefined, byDefault: number): NumberOrTensor {
  if (given === undefined) return byDefault;
  if (given === null) return fail('GL3004', `None values not supported: \`${name}\` is null`, '0 makes it count for nothing');
  if (given instanceof tf.Tensor) return given.dtype === 'float32' ? given : fail('GL3004', `\`${name}\` has type ${given.dtype} that does not match type float32`);
  if (typeof given === 'number' || typeof given === 'boolean') return Number(given);
  return fail('GL3004', `\`${name}\` must be a number or a tensor. Instead, was ${typeof given}`);
}

function checkLabels(labels: tf.Tensor): void {
  if (labels.rank !== 2) fail('GL5001', `Shape (${labels.shape.length === 1 ? `${labels.shape[0]},` : labels.shape.join(', ')}) must have rank 2: \`inputDataDomainLabel\` is [samples, domains]`);
}

function sumOverDomains(loss: tf.Tensor): tf.Tensor {
  if (loss.rank < 2) fail('GL5002', `Invalid reduction dimension 1 for input with ${loss.rank} dimensions: without \`classificationOneHot\` the classification loss must have a value for each sample and domain`, 'give it the reduction none');
  return tf.sum(loss, 1);
}
