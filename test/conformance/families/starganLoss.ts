import type { GANLoss } from '../../../src/tfgan.ts';
import type * as tf from '@tensorflow/tfjs';
import { booleanOf, notUnderstood, textOf, type Json } from '../corpus/json.ts';
import { decodeOptions } from '../corpus/options.ts';
import { tensorOf } from '../corpus/tensor.ts';
import { callFacade, facadeFunction } from '../facade.ts';
import { LOSS_FUNCTIONS, lossFunctionOption, splitOptions } from '../ganOptions.ts';
import { buildStargan } from '../models.ts';
import { recordSummaries } from '../summaries.ts';
import type { Family } from './family.ts';
import { checkIntermediate, checkLosses } from './ganLoss.ts';

/** Family `stargan_loss`. */
export const starganLoss: Family = (context) => {
  const { fields, expect, checks } = context;
  const kind = textOf(fields.take('model'), 'model');
  if (kind !== 'StarGANModel') notUnderstood(`stargan_loss of a ${kind}`);
  const { generator, discriminator, model, random } = buildStargan(fields);
  const override = fields.optional('label_override');
  const summaries = recordSummaries();
  fields.optional('record_summaries');
  const options = { ...starganOptions(fields.optional('options') ?? {}), summaries: summaries.sink, random };
  fields.done();
  const labelled = override === undefined || override === null ? model : replaceFields(model, { inputDataDomainLabel: tensorOf(override, 'label_override') });
  const loss = callFacade('stargan_loss', labelled, options) as GANLoss;
  checkLosses(context, loss, { generator, discriminator });
  if (expect === null) return;
  checks.same('alpha_used', random.alphaUsed(), booleanOf(expect.take('alpha_used'), 'alpha_used'));
  if (expect.has('summaries')) summaries.check(checks, expect.take('summaries'));
  checkIntermediate(context, labelled);
};

/** A named tuple's `_replace`. */
export function replaceFields<Model extends object>(model: Model, fields: Partial<Record<keyof Model, tf.Tensor | null>>): Model {
  return callFacade('replace_fields', model, fields) as Model;
}

export const STARGAN_LOSS_FUNCTIONS = [...LOSS_FUNCTIONS, 'reconstruction_loss_fn', 'classification_loss_fn'] as const;

/** Functions of TensorFlow's `losses` that a stargan's options name, by the facade's names. */
const TENSORFLOW_LOSSES: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
  absolute_difference: (...args) => callFacade('losses.absolute_difference', ...args),
  mean_squared_error: (...args) => callFacade('losses.mean_squared_error', ...args),
  huber_loss: (...args) => callFacade('losses.huber_loss', ...args),
  softmax_cross_entropy: (...args) => callFacade('losses.softmax_cross_entropy', ...args),
  sigmoid_cross_entropy: (labels, logits) => callFacade('losses.sigmoid_cross_entropy', labels, logits),
  sigmoid_cross_entropy_none: (labels, logits) => callFacade('losses.sigmoid_cross_entropy', labels, logits, { reduction: 'none' }),
};

export function starganOptions(value: Json): Readonly<Record<string, unknown>> {
  const { functions, others } = splitOptions(value, STARGAN_LOSS_FUNCTIONS);
  const options: Record<string, unknown> = { ...decodeOptions(others).values };
  for (const player of ['generator', 'discriminator'] as const) {
    const given = functions[`${player}_loss_fn`];
    if (given !== undefined) options[`${player}LossFn`] = callFacade(`losses.stargan_${player}_loss_wrapper`, plainLoss(given));
  }
  for (const [name, option] of [['reconstruction_loss_fn', 'reconstructionLossFn'], ['classification_loss_fn', 'classificationLossFn']] as const) {
    const given = functions[name];
    if (given !== undefined) options[option] = tensorflowLoss(textOf(given, name));
  }
  return options;
}

function tensorflowLoss(name: string): (...args: readonly unknown[]) => unknown {
  return Object.hasOwn(TENSORFLOW_LOSSES, name) ? TENSORFLOW_LOSSES[name] : notUnderstood(`a loss function ${name}`);
}

/** A function of `losses.wargs`, or one that calls it with options of its own. */
function plainLoss(value: Json): (...args: never[]) => unknown {
  const { fn, options, passKwargs, bare } = lossFunctionOption(value);
  const name = `losses.wargs.${fn}`;
  if (bare) return facadeFunction(name);
  const own = decodeOptions(options).values;
  const call = (tensors: readonly unknown[], given: object): unknown => callFacade(name, ...tensors, { ...(passKwargs ? given : {}), ...own });
  // a generator's takes the outputs on generated data alone; the options come last
  if (fn.endsWith('_generator_loss') && !fn.startsWith('relativistic')) return (generated: unknown, given: object) => call([generated], given);
  return (real: unknown, generated: unknown, given: object) => call([real, generated], given);
}
