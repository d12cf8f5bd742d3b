import type * as tf from '@tensorflow/tfjs';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { FieldName, LossFields, TermScalar, TermValues } from './builtinLoss.ts';
import type { LossOptions } from './options.ts';
import type { Shape } from './shapes.ts';

/** What TF-GAN takes as weights: a Python number, a list of numbers, or a Tensor. */
export type Weights = number | boolean | readonly number[] | tf.Tensor;

/**
 * One option of a loss: the argument of the term that it becomes, and the default that it has both in TF-GAN and in the language.
 * - `weights`: anything that becomes a Tensor, broadcast to values of the shape `over`;
 * - `value`: a number or Tensor;
 * - `smoothing`: a Python number; what is not above 0 is none;
 * - `flag`: a truth value.
 */
export type OptionRule =
  | { readonly kind: 'weights'; readonly argument: string; readonly default: number; readonly over: (fields: LossFields) => Shape }
  | { readonly kind: 'value'; readonly argument: string; readonly default: number }
  | { readonly kind: 'smoothing'; readonly argument: string; readonly default: number }
  | { readonly kind: 'flag'; readonly argument: string; readonly default: boolean };

/** A loss function of TF-GAN, as data. */
export interface LossDefinition<Args extends readonly FieldName[] = readonly FieldName[], Option extends string = string> {
  /** In camelCase. */
  readonly name: string;
  /** What the function calls itself in messages, where that is another name. */
  readonly alias?: string;
  /** Its tensors, in TF-GAN's order. */
  readonly args: Args;
  readonly options: Readonly<Record<Option, OptionRule>>;
  /** The term of the language, and whose half of it. */
  readonly term: string;
  readonly player: PlayerName | 'either';
  /** Definitions of `term` that the prelude lacks. */
  readonly definitions?: string;
  /** The options that it takes beside its own. */
  readonly takes: readonly (keyof LossOptions)[];
  /** Refuses shapes and types of its tensors; reads those alone. */
  readonly check?: (fields: Required<LossFields>) => void;
  readonly scope: string;
  /** Whether the tags of its scalars are below the scope. */
  readonly inside: boolean;
  readonly scalars: readonly TermScalar[];
  /** What it adds to the collection, where that is not its value. */
  readonly collected?: (values: TermValues) => readonly tf.Tensor[];
}

/** A definition with the types of its own arguments and options. */
export function defineLoss<const Args extends readonly FieldName[], Option extends string>(definition: LossDefinition<Args, Option>): LossDefinition<Args, Option> {
  return definition;
}
