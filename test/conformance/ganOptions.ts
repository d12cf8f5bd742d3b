import type * as tf from '@tensorflow/tfjs';
import { booleanOf, fieldsOf, objectOf, textOf, type Json } from './corpus/json.ts';
import { decodeOptions } from './corpus/options.ts';
import { callFacade, facadeFunction } from './facade.ts';

/** A loss function option: one of the facade's, or a function that calls one. */
export interface LossFunctionOption {
  readonly fn: string;
  /** Options that the function itself passes. */
  readonly options: Json;
  /** Whether it passes on what the call of gan_loss hands it. */
  readonly passKwargs: boolean;
  /** Whether it is the facade's function itself. */
  readonly bare: boolean;
}

export function lossFunctionOption(value: Json): LossFunctionOption {
  if (typeof value === 'string') return { fn: value, options: {}, passKwargs: true, bare: true };
  const fields = fieldsOf(value, 'a loss function');
  const option = {
    fn: textOf(fields.take('fn'), 'fn'),
    options: fields.optional('options') ?? {},
    passKwargs: booleanOf(fields.optional('pass_kwargs') ?? true, 'pass_kwargs'),
    bare: false,
  };
  fields.done();
  return option;
}

/** Splits the options of a loss into loss functions, which are named, and all others. */
export function splitOptions(value: Json, functions: readonly string[]): { readonly functions: Readonly<Record<string, Json>>; readonly others: Json } {
  const entries = Object.entries(objectOf(value, 'options'));
  return {
    functions: Object.fromEntries(entries.filter(([name]) => functions.includes(name))),
    others: Object.fromEntries(entries.filter(([name]) => !functions.includes(name))),
  };
}

export const LOSS_FUNCTIONS = ['generator_loss_fn', 'discriminator_loss_fn'] as const;

/** The options of `ganLoss` and `cycleganLoss`. */
export function ganOptions(value: Json): Readonly<Record<string, unknown>> {
  const { functions, others } = splitOptions(value, LOSS_FUNCTIONS);
  return {
    ...decodeOptions(others).values,
    ...(functions.generator_loss_fn === undefined ? {} : { generatorLossFn: lossOfModel(functions.generator_loss_fn) }),
    ...(functions.discriminator_loss_fn === undefined ? {} : { discriminatorLossFn: lossOfModel(functions.discriminator_loss_fn) }),
  };
}

/** A function of a model. One that passes nothing on takes the model alone, as in TF-GAN. */
function lossOfModel(value: Json): (...args: never[]) => unknown {
  const { fn, options, passKwargs, bare } = lossFunctionOption(value);
  const name = `losses.${fn}`;
  if (bare) return facadeFunction(name);
  const own = decodeOptions(options).values;
  if (passKwargs) return (model: unknown, given: object) => callFacade(name, model, { ...given, ...own }) as tf.Tensor;
  return (model: unknown) => callFacade(name, model, own) as tf.Tensor;
}
