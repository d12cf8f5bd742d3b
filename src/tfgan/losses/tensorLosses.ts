import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { refuseUnknownOptions } from '../refuseUnknownOptions.ts';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { FieldName, LossFields, LossTerm } from './builtinLoss.ts';
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
  /** The loss in the language, of what it is given in the language. */
  readonly loss: (first: string, second: string) => string;
  /** Refuses shapes and types. */
  readonly check: (tensors: readonly tf.Tensor[]) => void;
}

const TAKES: LossDefinition['takes'] = ['reduction', 'scope', 'lossCollection'];

const pair = (loss: TensorLoss['loss']): Pick<TensorLoss, 'args' | 'term' | 'formals' | 'loss' | 'check'> => ({
  args: ['labels', 'predictions'],
  term: 'difference',
  formals: 'weights = 1',
  loss: (labels, predictions) => `reduce(${loss(labels, predictions)}, weights: weights)`,
  check: ([labels, predictions]) => assertSameShape(predictions.shape, labels.shape),
});

const crossEntropy = (fn: 'softmax' | 'sigmoid', labels: string): Pick<TensorLoss, 'args' | 'term' | 'formals' | 'loss' | 'check'> => ({
  args: [labels, 'logits'],
  term: `${fn}_loss`,
  formals: 'label_smoothing = 0, weights = 1',
  loss: (given, logits) => `${fn}_cross_entropy(${given}, ${logits}, label_smoothing: label_smoothing, weights: weights)`,
  check([given, logits]) {
    assertSameShape(logits.shape, given.shape);
    requireFloat(logits);
  },
});

const SMOOTHING = { labelSmoothing: { kind: 'smoothing', argument: 'label_smoothing', default: 0 } } as const satisfies TensorLoss['options'];

const LOSSES = {
  computeWeightedLoss: { name: 'computeWeightedLoss', args: ['losses'], options: {}, term: 'weighted', formals: 'weights = 1', loss: (losses) => `reduce(${losses}, weights: weights)`, check: () => undefined },
  absoluteDifference: { name: 'absoluteDifference', options: {}, ...pair((labels, predictions) => `absolute_difference(${predictions}, ${labels})`) },
  meanSquaredError: { name: 'meanSquaredError', options: {}, ...pair((labels, predictions) => `squared_difference(${predictions}, ${labels})`) },
  huberLoss: {
    // TensorFlow's: a square up to delta, and a line with its slope from there
    ...pair((labels, predictions) => {
      const error = `abs(${predictions} - ${labels})`;
      return `0.5*min(${error}, delta)^2 + delta*(${error} - min(${error}, delta))`;
    }),
    name: 'huberLoss',
    options: { delta: { kind: 'value', argument: 'delta', default: 1 } },
    formals: 'delta = 1, weights = 1',
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
  readonly absoluteDifference: ((labels: tf.Tensor, predictions: tf.Tensor, options?: TensorLossOptions) => tf.Tensor) & PlaceableLoss;
  /** (predictions − labels)², elementwise. */
  readonly meanSquaredError: ((labels: tf.Tensor, predictions: tf.Tensor, options?: TensorLossOptions) => tf.Tensor) & PlaceableLoss;
  readonly huberLoss: ((labels: tf.Tensor, predictions: tf.Tensor, options?: HuberLossOptions) => tf.Tensor) & PlaceableLoss;
  /** Over the last axis: [N, …, K] → [N, …]. No gradient reaches the labels. */
  readonly softmaxCrossEntropy: ((onehotLabels: tf.Tensor, logits: tf.Tensor, options?: SmoothedLossOptions) => tf.Tensor) & PlaceableLoss;
  readonly sigmoidCrossEntropy: ((multiClassLabels: tf.Tensor, logits: tf.Tensor, options?: SmoothedLossOptions) => tf.Tensor) & PlaceableLoss;
}

export function createTensorLosses(runner: TermRunner): TensorLosses {
  const one = (loss: TensorLoss) => (given: tf.Tensor, options?: object) => runTensorLoss(loss, [given], options, runner);
  const two = (loss: TensorLoss) =>
    Object.assign((labels: tf.Tensor, given: tf.Tensor, options?: object) => runTensorLoss(loss, [labels, given], options, runner), {
      [PLACED_TERM]: (place: LossPlace, name: string) => placeTerm(loss, place, name, {}),
    });
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

/** Where the tensors of a loss stand in an objective. */
export interface LossPlace {
  readonly player: PlayerName;
  /** What the loss is of, in the language. */
  readonly given: readonly [first: string, second: string];
  /** The same as tensors. */
  readonly tensors: () => readonly tf.Tensor[];
  readonly fields: LossFields;
  readonly reads: readonly FieldName[];
}

/** What a loss of two tensors carries, so that `starganLoss` makes a term of it. */
export const PLACED_TERM: unique symbol = Symbol('ganloss.tfgan.placedTerm');
export interface PlaceableLoss {
  /** The term that stands for a call without options on two values of an objective; `name` is what the objective calls it. */
  readonly [PLACED_TERM]: (place: LossPlace, name: string) => LossTerm;
}

function termFor(loss: TensorLoss, tensors: readonly tf.Tensor[], given: LossOptions & Record<string, unknown>): LossTerm {
  const place: LossPlace = { player: 'generator', given: ['given0', 'given1'], tensors: () => tensors, fields: {}, reads: [] };
  const term = placeTerm(loss, place, loss.term, given);
  return { ...term, inputs: { ...term.inputs, ...Object.fromEntries(tensors.map((tensor, index) => [`given${index}`, () => tf.cast(tensor, 'float32')])) } };
}

function placeTerm(loss: TensorLoss, { player, given, tensors, fields, reads }: LossPlace, term: string, options: LossOptions & Record<string, unknown>): LossTerm {
  const { name, check, formals } = loss;
  const over = (): Shape => (name === 'softmaxCrossEntropy' ? tensors()[0].shape.slice(0, -1) : tensors()[0].shape);
  const definition: LossDefinition = {
    name,
    args: reads,
    options: { ...loss.options, weights: { kind: 'weights', argument: 'weights', default: 1, over } },
    term,
    player,
    definitions: `term ${term}(${formals}) { ${player} = ${loss.loss(...given)} }`,
    takes: TAKES,
    check: () => check(tensors()),
    scope: name,
    inside: true,
    scalars: [],
  };
  return makeTerm(definition, fields, options, createNameInput());
}
