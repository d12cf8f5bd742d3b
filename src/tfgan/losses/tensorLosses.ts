import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { refuseUnknownOptions } from '../refuseUnknownOptions.ts';
import type { LossTerm } from './builtinLoss.ts';
import { requireFloat } from './definitions/rules.ts';
import type { LossDefinition, OptionRule, Weights } from './lossDefinition.ts';
import { makeTerm } from './makeTerm.ts';
import type { LossOptions } from './options.ts';
import { assertSameShape, type Shape } from './shapes.ts';
import { createNameInput, type TermRunner } from './termRunner.ts';

/** Options of `tf.compat.v1.losses`. */
export interface TensorLossOptions extends Pick<LossOptions, 'reduction' | 'scope' | 'lossCollection'> {
  /** A scalar, or of the losses' rank with each dimension 1 or equal. 1 unless given. */
  readonly weights?: Weights;
}
export interface SmoothedLossOptions extends TensorLossOptions {
  /** What is not above 0 is none. */
  readonly labelSmoothing?: number;
}
export interface HuberLossOptions extends TensorLossOptions {
  /** Where the loss turns from a square into a line; 1 unless given. */
  readonly delta?: number | tf.Tensor;
}

/** A loss of `tf.compat.v1.losses` as a term of its own, with its tensors as inputs. */
interface TensorLoss {
  readonly name: string;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, OptionRule>>;
  readonly term: string;
  readonly formals: string;
  readonly loss: string;
  /** Refuses shapes and types. */
  readonly check: (tensors: readonly tf.Tensor[]) => void;
}

const TAKES: LossDefinition['takes'] = ['reduction', 'scope', 'lossCollection'];

const pair = (loss: string): Pick<TensorLoss, 'args' | 'term' | 'formals' | 'loss' | 'check'> => ({
  args: ['labels', 'predictions'],
  term: 'difference',
  formals: 'weights = 1',
  loss: `reduce(${loss}, weights: weights)`,
  check: ([labels, predictions]) => assertSameShape(predictions.shape, labels.shape),
});

const crossEntropy = (fn: 'softmax' | 'sigmoid', labels: string): Pick<TensorLoss, 'args' | 'term' | 'formals' | 'loss' | 'check'> => ({
  args: [labels, 'logits'],
  term: `${fn}_loss`,
  formals: 'label_smoothing = 0, weights = 1',
  loss: `${fn}_cross_entropy(given0, given1, label_smoothing: label_smoothing, weights: weights)`,
  check([given, logits]) {
    assertSameShape(logits.shape, given.shape);
    requireFloat(logits);
  },
});

const SMOOTHING = { labelSmoothing: { kind: 'smoothing', argument: 'label_smoothing', default: 0 } } as const satisfies TensorLoss['options'];

const LOSSES = {
  computeWeightedLoss: { name: 'computeWeightedLoss', args: ['losses'], options: {}, term: 'weighted', formals: 'weights = 1', loss: 'reduce(given0, weights: weights)', check: () => undefined },
  absoluteDifference: { name: 'absoluteDifference', options: {}, ...pair('absolute_difference(given1, given0)') },
  meanSquaredError: { name: 'meanSquaredError', options: {}, ...pair('squared_difference(given1, given0)') },
  huberLoss: {
    ...pair(''),
    name: 'huberLoss',
    options: { delta: { kind: 'value', argument: 'delta', default: 1 } },
    formals: 'delta = 1, weights = 1',
    // TensorFlow's: a square up to delta, and a line with its slope from there
    loss: 'reduce(0.5*min(abs(given1 - given0), delta)^2 + delta*(abs(given1 - given0) - min(abs(given1 - given0), delta)), weights: weights)',
  },
  softmaxCrossEntropy: { name: 'softmaxCrossEntropy', options: SMOOTHING, ...crossEntropy('softmax', 'onehotLabels') },
  sigmoidCrossEntropy: { name: 'sigmoidCrossEntropy', options: SMOOTHING, ...crossEntropy('sigmoid', 'multiClassLabels') },
} as const satisfies Record<string, TensorLoss>;

/**
 * `compute_weighted_loss` and the losses of `tf.compat.v1.losses` that TF-GAN's examples use. All are means of what has a weight
 * unless the reduction says otherwise; labels and predictions of any type count as floats, logits must be floats.
 */
export interface TensorLosses {
  /** Losses of any shape, weighted and reduced; int32 losses give an int32, truncated. */
  readonly computeWeightedLoss: (losses: tf.Tensor, options?: TensorLossOptions) => tf.Tensor;
  /** |predictions − labels|, elementwise. */
  readonly absoluteDifference: (labels: tf.Tensor, predictions: tf.Tensor, options?: TensorLossOptions) => tf.Tensor;
  /** (predictions − labels)², elementwise. */
  readonly meanSquaredError: (labels: tf.Tensor, predictions: tf.Tensor, options?: TensorLossOptions) => tf.Tensor;
  readonly huberLoss: (labels: tf.Tensor, predictions: tf.Tensor, options?: HuberLossOptions) => tf.Tensor;
  /** Over the last axis: [N, …, K] → [N, …]. No gradient reaches the labels. */
  readonly softmaxCrossEntropy: (onehotLabels: tf.Tensor, logits: tf.Tensor, options?: SmoothedLossOptions) => tf.Tensor;
  readonly sigmoidCrossEntropy: (multiClassLabels: tf.Tensor, logits: tf.Tensor, options?: SmoothedLossOptions) => tf.Tensor;
}

export function createTensorLosses(runner: TermRunner): TensorLosses {
  const one = (loss: TensorLoss) => (given: tf.Tensor, options?: object) => runTensorLoss(loss, [given], options, runner);
  const two = (loss: TensorLoss) => (labels: tf.Tensor, given: tf.Tensor, options?: object) => runTensorLoss(loss, [labels, given], options, runner);
  return {
    computeWeightedLoss: (losses, options) => castBack(losses, one(LOSSES.computeWeightedLoss)(losses, options)),
    absoluteDifference: two(LOSSES.absoluteDifference),
    meanSquaredError: two(LOSSES.meanSquaredError),
    huberLoss: two(LOSSES.huberLoss),
    softmaxCrossEntropy: two(LOSSES.softmaxCrossEntropy),
    sigmoidCrossEntropy: two(LOSSES.sigmoidCrossEntropy),
  };
}

function castBack({ dtype }: tf.Tensor, loss: tf.Tensor): tf.Tensor {
  return dtype === 'float32' ? loss : tf.tidy(() => tf.cast(loss, dtype));
}

function runTensorLoss(loss: TensorLoss, tensors: readonly (tf.Tensor | null | undefined)[], options: object | undefined, runner: TermRunner): tf.Tensor {
  const { name, args } = loss;
  const given = Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as LossOptions & Record<string, unknown>;
  const present = tensors.map((tensor, index) => tensor ?? fail('GL3004', `\`${args[index]}\` must not be None.`));
  refuseUnknownOptions(name, given, [...Object.keys(loss.options), 'weights', ...TAKES]);
  const value = runner.run([{ term: termFor(loss, present, given) }]);
  given.lossCollection?.push(value);
  return value;
}

function termFor(loss: TensorLoss, tensors: readonly tf.Tensor[], given: LossOptions & Record<string, unknown>): LossTerm {
  const shape: Shape = loss.name === 'softmaxCrossEntropy' ? tensors[0].shape.slice(0, -1) : tensors[0].shape;
  const { name, check, formals, loss: text } = loss;
  const definition: LossDefinition = {
    name,
    args: [],
    options: { ...loss.options, weights: { kind: 'weights', argument: 'weights', default: 1, over: () => shape } },
    term: loss.term,
    player: 'generator',
    definitions: `term ${loss.term}(${formals}) { generator = ${text} }`,
    takes: TAKES,
    check: () => check(tensors),
    scope: name,
    inside: true,
    scalars: [],
  };
  const term = makeTerm(definition, {}, given, createNameInput());
  return { ...term, inputs: { ...term.inputs, ...Object.fromEntries(tensors.map((tensor, index) => [`given${index}`, () => tf.cast(tensor, 'float32')])) } };
}
