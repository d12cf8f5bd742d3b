import type * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { rememberResult } from '../models/remember.ts';
import { refuseUnknownOptions } from '../refuseUnknownOptions.ts';
import type { GANModel } from '../types.ts';
import { PLAIN_TERM, reserveTags, TERM, type BuiltinLoss, type BuiltinPlainLoss, type FieldName, type LossFields, type LossTerm, type MakeTerm, type TermValues } from './builtinLoss.ts';
import type { LossDefinition, Weights } from './lossDefinition.ts';
import { makeTerm } from './makeTerm.ts';
import { fieldsOfModel } from './modelFields.ts';
import { namesOf } from './nameScopes.ts';
import type { LossOptions } from './options.ts';
import { packTensors } from './packTensors.ts';
import { createNameInput, type TermRunner } from './termRunner.ts';

type OwnOptions<Option extends string> = { readonly [O in Option]?: Weights | null };
/** Arguments that the model has no field for may be given as options; others may not. */
type Supplied<Args extends FieldName> = { readonly [A in Args]?: LossFields[A] };

/** A loss of a model. @throws SpecError as TF-GAN's function does: for options that it does not take, shapes that do not fit */
export type ModelLoss<Args extends readonly FieldName[], Option extends string> = ((model: GANModel, options?: OwnOptions<Option> & Supplied<Args[number]> & LossOptions) => tf.Tensor) & BuiltinLoss<GANModel>;

/** The same with its tensors as arguments, in the order of `Args`. */
export type PlainLoss<Args extends readonly FieldName[], Option extends string> = ((...args: [...PlainArgs<Args>, options?: OwnOptions<Option> & LossOptions]) => tf.Tensor) & BuiltinPlainLoss;
type PlainArgs<Args extends readonly FieldName[]> = { readonly [I in keyof Args]: Exclude<LossFields[Args[I]], undefined> };

type Given = LossOptions & Readonly<Record<string, unknown>>;

/** TF-GAN's `args_to_gan_model`: the loss of a model, whose fields stand for its tensors and where None is an option's default. */
export function createModelLoss<Args extends readonly FieldName[], Option extends string>(definition: LossDefinition<Args, Option>, runner: TermRunner): ModelLoss<Args, Option> {
  const { args, name, alias = name } = definition;
  const make: MakeTerm<object> = (model, options, nameInput) => {
    const given = present(options, (value) => value !== null);
    const fields = fieldsOfModel(model);
    const missing = args.filter((arg) => !fields.includes(arg) && !(arg in given));
    if (missing.length > 0) fail('GL3005', `${missing.map((arg) => `\`${arg}\``).join(', ')} must be supplied to ${alias} loss function.`);
    const ambiguous = Object.keys(given).filter((key) => fields.includes(key));
    if (ambiguous.length > 0) fail('GL2003', `The following args are present in both the tuple and keyword args for ${alias}: {${ambiguous.map((key) => `'${key}'`).join(', ')}}`);
    const supplied = args.filter((arg) => arg in given);
    refuseUnknownOptions(name, given, [...knownOptions(definition), ...supplied]);
    return makeTerm(definition, readFrom(args, (arg) => (supplied.includes(arg) ? given[arg] : (model as LossFields)[arg])), given, nameInput);
  };
  const loss = (model: GANModel, options?: object) => runLoss(definition, make(model, options, createNameInput()), present(options, (value) => value !== null), runner);
  return Object.assign(loss, { [TERM]: make });
}

/** The loss of `tfgan.losses.wargs`: tensors as arguments, then options; None is no default here. */
export function createPlainLoss<Args extends readonly FieldName[], Option extends string>(definition: LossDefinition<Args, Option>, runner: TermRunner): PlainLoss<Args, Option> {
  const { args, name } = definition;
  const make: MakeTerm<LossFields> = (fields, options, nameInput) => {
    const given = present(options, () => true);
    refuseUnknownOptions(name, given, knownOptions(definition));
    return makeTerm(definition, readFrom(args, (arg) => fields[arg]), given, nameInput);
  };
  const loss = (...values: readonly unknown[]) => {
    const options = values[args.length] as object | undefined;
    const missing = args.filter((_, index) => values[index] === undefined);
    if (missing.length > 0) fail('GL3005', `${name}() missing ${missing.length} required positional arguments: ${missing.map((arg) => `'${arg}'`).join(', ')}`);
    const fields = Object.fromEntries(args.map((arg, index) => [arg, values[index]])) as LossFields;
    return runLoss(definition, make(fields, options, createNameInput()), present(options, () => true), runner);
  };
  return Object.assign(loss, { [PLAIN_TERM]: make });
}

const knownOptions = ({ options, takes }: LossDefinition): readonly string[] => [...Object.keys(options), ...takes];

function present(options: object | undefined, keep: (value: unknown) => boolean): Given {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined && keep(value)));
}

/** Fields that may be lists; in the place of any other a list becomes a tensor. */
const LISTS: readonly FieldName[] = ['generatorInputs', 'structuredGeneratorInputs', 'predictedDistributions'];

/** Fields that are read when they are needed. @throws SpecError GL3004 where one is None */
function readFrom(args: readonly FieldName[], read: (arg: FieldName) => unknown): LossFields {
  const fields: LossFields = {};
  for (const arg of args) {
    const packed = rememberResult(() => packTensors(arg, read(arg) as readonly unknown[]));
    const get = () => {
      const value = read(arg);
      // a generator without inputs, or a discriminator that is not conditioned
      if ((value === null || value === undefined) && arg !== 'generatorInputs') return fail('GL3004', `None values not supported: \`${arg}\``);
      return Array.isArray(value) && !LISTS.includes(arg) ? packed() : value;
    };
    Object.defineProperty(fields, arg, { get, enumerable: true });
  }
  return fields;
}

/** Runs the term of one call, and records and collects it as its options say. */
export function runLoss({ scalars, collected }: LossDefinition, term: LossTerm, options: LossOptions, runner: TermRunner): tf.Tensor {
  const { addSummaries, lossCollection, random } = options;
  const sink = addSummaries === true && scalars.length > 0 ? options.summaries : undefined;
  const tags = sink === undefined ? [] : reserveTags(term.summaries, namesOf(sink));
  const collects = lossCollection !== undefined && lossCollection !== null;
  let parts: readonly tf.Tensor[] = [];
  const observe = ([values]: readonly TermValues[]) => {
    tags.forEach((tag, index) => sink?.scalar(tag, scalars[index].value(values)));
    if (collects && collected !== undefined) parts = collected(values);
    return parts;
  };
  const loss = runner.run([{ term }], { random, observe: sink !== undefined || (collects && collected !== undefined) ? observe : undefined });
  if (collects) lossCollection.push(...(collected === undefined ? [loss] : parts));
  return loss;
}
