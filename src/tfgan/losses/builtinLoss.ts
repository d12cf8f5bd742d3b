import type * as tf from '@tensorflow/tfjs';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { Distribution } from '../../runtime/distributions.ts';
import type { Inputs, Reduction } from '../types.ts';
import type { NameScopes } from './nameScopes.ts';

/**
 * What losses are made of, under TF-GAN's names: fields of a model, or arguments of a plain loss. Reading a property may run a
 * network; a loss reads what it needs and nothing else. A GAN model is such an object as it is.
 */
export interface LossFields {
  readonly realData?: tf.Tensor;
  readonly generatedData?: tf.Tensor;
  /** What conditions the discriminator; a stargan's is the number of domains. */
  readonly generatorInputs?: Inputs | number | null;
  readonly discriminatorFn?: PlainDiscriminator;
  readonly discriminatorRealOutputs?: tf.Tensor;
  readonly discriminatorGenOutputs?: tf.Tensor;
  readonly oneHotLabels?: tf.Tensor;
  readonly discriminatorRealClassificationLogits?: tf.Tensor;
  readonly discriminatorGenClassificationLogits?: tf.Tensor;
  readonly structuredGeneratorInputs?: readonly tf.Tensor[];
  readonly predictedDistributions?: readonly Distribution[];
  /** A cyclegan's batches and what came back of them. */
  readonly dataX?: tf.Tensor;
  readonly reconstructedDataX?: tf.Tensor;
  readonly dataY?: tf.Tensor;
  readonly reconstructedDataY?: tf.Tensor;
  /** A stargan's domains, [N, K], and its images translated there and back. */
  readonly label?: tf.Tensor;
  readonly target?: tf.Tensor;
  readonly reconstructedData?: tf.Tensor;
}
export type FieldName = keyof LossFields;

/** A discriminator as losses call it: of several outputs the first counts. */
export type PlainDiscriminator = (data: tf.Tensor, condition: never) => tf.Tensor | readonly unknown[];

/** A call of a built-in loss as a term of an objective: what the language says in its place, and what that refers to. */
export interface LossTerm {
  /** Whose half of the term it is; `either` where both are the same (mutual information). */
  readonly player: PlayerName | 'either';
  /** The term as the language has it, without the player: `wasserstein(real_weights: a0)`. Arguments at their defaults are left out. */
  readonly call: string;
  /** Definitions of `call` that the prelude lacks. */
  readonly definitions: string;
  /** Null for a loss that takes none. */
  readonly reduction: Reduction | null;
  /** Tensors among the options, by the names that `call` gives them. Called inside the tape. */
  readonly inputs: Readonly<Record<string, () => tf.Tensor>>;
  /** What the networks answer. */
  readonly fields: LossFields;
  /** The fields that it reads. */
  readonly reads: readonly FieldName[];
  /** Refuses shapes and types as TF-GAN does; reads fields. */
  readonly check: () => void;
  readonly summaries: TermSummaries;
}

/** The scalars that a loss records, under the name scope of TF-GAN's function. */
export interface TermSummaries {
  readonly scope: string;
  /** Whether their tags are made inside the scope. (Least squares and minimax's generator make them after it.) */
  readonly inside: boolean;
  readonly scalars: readonly TermScalar[];
}

export interface TermScalar {
  readonly name: string;
  readonly value: (values: TermValues) => tf.Tensor;
}

/** A term's values in one run: itself before its weight, a `let` of its definition, a side of a clause that is a sum or a difference. */
export interface TermValues {
  readonly term: tf.Tensor;
  readonly named: (name: string) => tf.Tensor;
  readonly part: (index: 0 | 1) => tf.Tensor;
}

/** The tags of a term's scalars, in TF-GAN's order. Each call takes new names, as each call of TF-GAN's function does. */
export function reserveTags({ scope, inside, scalars }: TermSummaries, names: NameScopes): readonly string[] {
  const tags = () => scalars.map(({ name }) => names.unique(name));
  if (inside) return names.within(scope, tags);
  names.within(scope, () => undefined);
  return tags();
}

/** Names the next input of an objective: each call another name. */
export type NameInput = () => string;

/** `fn[TERM](model, options, nameInput)`: the term that stands for a call of a built-in loss of a model. */
export const TERM: unique symbol = Symbol('ganloss.tfgan.term');
/** `fn[PLAIN_TERM](fields, options, nameInput)`: the same for a loss that takes its tensors as arguments. */
export const PLAIN_TERM: unique symbol = Symbol('ganloss.tfgan.plainTerm');

/** Makes a term of options. @throws SpecError for options that TF-GAN refuses; shapes are left to the term's `check` */
export type MakeTerm<Model> = (model: Model, options: object | undefined, nameInput: NameInput) => LossTerm;

/** What every built-in loss of a model carries, so that `ganLoss` makes one compiled objective of it. */
export interface BuiltinLoss<Model> {
  readonly [TERM]: MakeTerm<Model>;
}

/** What every built-in loss of plain tensors carries: the wrappers for stargans make terms of models of it. */
export interface BuiltinPlainLoss {
  readonly [PLAIN_TERM]: MakeTerm<LossFields>;
}

/** The term maker of a loss function, or null for a function of the user. */
export function termOf<Model>(fn: (model: Model, ...rest: never[]) => unknown): MakeTerm<Model> | null {
  return TERM in fn ? (fn[TERM] as MakeTerm<Model>) : null;
}
