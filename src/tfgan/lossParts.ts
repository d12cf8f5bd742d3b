import * as tf from '@tensorflow/tfjs';
import { fail } from '../runtime/models/fail.ts';
import type { RandomSource } from '../runtime/random.ts';
import { reserveTags, termOf, type LossTerm, type MakeTerm, type TermValues } from './losses/builtinLoss.ts';
import { createNameScopes, NAMES, type NameScopes } from './losses/nameScopes.ts';
import { createNameInput, type TermRunner } from './losses/termRunner.ts';
import { rememberResult } from './models/remember.ts';
import type { NumberOrTensor, SummarySink } from './types.ts';

/** A summand of a player's loss: a built-in loss, or a value that is computed otherwise (a user's function, a network's regularisation). */
export type LossPart = TermPart | ValuePart;

export interface TermPart {
  readonly kind: 'term';
  readonly term: LossTerm;
  readonly weight: NumberOrTensor;
  readonly observe: ((values: TermValues) => void) | null;
}

export interface ValuePart {
  readonly kind: 'value';
  readonly compute: () => tf.Tensor;
}

export interface PartOptions {
  /** 1 unless given. */
  readonly weight?: NumberOrTensor;
  /** Where the part's summaries go; without it there are none. */
  readonly summaries?: SummarySink | undefined;
}

/** A function of a model that gives a loss: built in, or a user's. */
export type AnyLossFn<Model> = ((model: Model) => tf.Tensor) | ((model: Model, options: never) => tf.Tensor);

export interface LossPartsContext {
  readonly runner: TermRunner;
  readonly random: RandomSource;
  /** What the tags of summaries begin with: `cyclegan_loss_x2y/`, or nothing. */
  readonly scope: string;
}

/** Makes parts of one loss and adds them up. Parts are to be made in TF-GAN's order: their summaries' names depend on it. */
export interface LossParts {
  /** What stands for a call of a built-in loss. @throws SpecError for options that the loss does not take */
  readonly term: <Model>(make: MakeTerm<Model>, model: Model, options: object, part?: PartOptions) => LossPart;
  /** The result of a loss function: of a built-in one a term, of any other its value, once the loss is computed. */
  readonly call: <Model>(fn: AnyLossFn<Model>, model: Model, options: object, part?: PartOptions) => LossPart;
  /** A weighted sum that several losses have in common: it is computed once for all of them. */
  readonly share: (parts: readonly LossPart[], weight: NumberOrTensor) => ValuePart;
  /** The sum, the built-in losses of which are one compiled objective. It belongs to the caller's tidy. */
  readonly add: (parts: readonly LossPart[]) => tf.Tensor;
}

export function createLossParts({ runner, random, scope }: LossPartsContext): LossParts {
  const nameInput = createNameInput();
  const names = createNameScopes();

  const term: LossParts['term'] = (make, model, options, { weight = 1, summaries } = {}) => {
    const made = make(model, options, nameInput);
    const tags = names.within(scope, () => reserveTags(made.summaries, names));
    const observe = (values: TermValues) => made.summaries.scalars.forEach(({ value }, index) => summaries?.scalar(tags[index], value(values)));
    return { kind: 'term', term: made, weight, observe: summaries === undefined ? null : observe };
  };

  const add: LossParts['add'] = (parts) => {
    const [terms, values] = [parts.filter((part) => part.kind === 'term'), parts.filter((part) => part.kind === 'value')];
    const observe = (found: readonly TermValues[]) => terms.forEach((part, index) => part.observe?.(found[index]));
    const compiled = terms.length === 0 ? [] : [runner.run(terms, { random, observe: terms.some((part) => part.observe !== null) ? observe : undefined })];
    // what users' functions read of a model must outlive the sum: no tidy around them
    const summands = [...compiled, ...values.map(({ compute }) => compute())];
    return summands.length === 1 ? summands[0] : tf.tidy(() => summands.reduce((sum, value) => tf.add(sum, value)));
  };

  return {
    term,
    add,
    share(parts, weight) {
      const shared = rememberResult(() => (weight === 1 ? add(parts) : tf.mul(weight, add(parts))));
      return { kind: 'value', compute: shared };
    },
    call(fn, model, options, part = {}) {
      const make = termOf(fn);
      if (make !== null) return term(make, model, options, part);
      const compute = () => callLossFn(fn, model, { ...options, random }, part.summaries, scope);
      return { kind: 'value', compute: part.weight === undefined ? compute : () => tf.mul(compute(), part.weight!) };
    },
  };
}

/** As TF-GAN calls a loss function: with what it says that it takes. */
function callLossFn<Model>(fn: AnyLossFn<Model>, model: Model, options: object, summaries: SummarySink | undefined, scope: string): tf.Tensor {
  const names = createNameScopes();
  const named = summaries === undefined ? {} : { summaries: nameSink(summaries, names) };
  const call = (): unknown => (fn.length < 2 ? (fn as (model: Model) => unknown)(model) : (fn as (model: Model, options: object) => unknown)(model, { ...options, ...named }));
  const value = names.within(scope, call);
  if (typeof value === 'number') return tf.scalar(value);
  return value instanceof tf.Tensor ? value : fail('GL3004', `a loss function must return a tensor. Instead, was ${typeof value}`);
}

/** The sink, for losses that take the names of their tags from a graph. */
function nameSink({ scalar, places }: SummarySink, names: NameScopes): SummarySink {
  const withNames = { scalar, ...(places === undefined ? {} : { places }), [NAMES]: names };
  return withNames;
}
