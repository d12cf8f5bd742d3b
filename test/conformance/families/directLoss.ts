import * as tf from '@tensorflow/tfjs';
import { categorical, normal, type Distribution } from '../../../src/index.ts';
import { booleanOf, fieldsOf, isList, listOf, notUnderstood, objectOf, textOf, type Fields, type Json } from '../corpus/json.ts';
import { decodeOptions } from '../corpus/options.ts';
import { isRecorded, recordedOf, tensorOf } from '../corpus/tensor.ts';
import { checkLoss, recordedGradients } from '../evaluate.ts';
import { callFacade } from '../facade.ts';
import { recordSummaries } from '../summaries.ts';
import type { Family } from './family.ts';

/** The tensors that each function takes, in TF-GAN's order. */
export const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  compute_weighted_loss: ['losses'],
  wasserstein_generator_loss: ['discriminator_gen_outputs'],
  wasserstein_discriminator_loss: ['discriminator_real_outputs', 'discriminator_gen_outputs'],
  wasserstein_hinge_generator_loss: ['discriminator_gen_outputs'],
  wasserstein_hinge_discriminator_loss: ['discriminator_real_outputs', 'discriminator_gen_outputs'],
  least_squares_generator_loss: ['discriminator_gen_outputs'],
  least_squares_discriminator_loss: ['discriminator_real_outputs', 'discriminator_gen_outputs'],
  minimax_generator_loss: ['discriminator_gen_outputs'],
  minimax_discriminator_loss: ['discriminator_real_outputs', 'discriminator_gen_outputs'],
  modified_generator_loss: ['discriminator_gen_outputs'],
  modified_discriminator_loss: ['discriminator_real_outputs', 'discriminator_gen_outputs'],
  relativistic_generator_loss: ['discriminator_real_outputs', 'discriminator_gen_outputs'],
  relativistic_discriminator_loss: ['discriminator_real_outputs', 'discriminator_gen_outputs'],
  acgan_generator_loss: ['discriminator_gen_classification_logits', 'one_hot_labels'],
  acgan_discriminator_loss: ['discriminator_real_classification_logits', 'discriminator_gen_classification_logits', 'one_hot_labels'],
  mutual_information_penalty: ['structured_generator_inputs', 'predicted_distributions'],
  cycle_consistency_loss: ['data_x', 'reconstructed_data_x', 'data_y', 'reconstructed_data_y'],
};

export type Argument = tf.Tensor | Distribution | readonly (tf.Tensor | Distribution)[];

/** The arguments of a function of plain tensors, and those among their tensors that gradients were recorded for. */
export interface DirectArguments {
  readonly values: ReadonlyMap<string, Argument>;
  readonly tensors: Map<string, tf.Tensor>;
}

/** Families `weighted_loss` and `losses`: functions of `losses.wargs`. */
export const directLoss: Family = ({ fields, expect, checks }) => {
  const fn = textOf(fields.take('fn'), 'fn');
  const { values, tensors } = decodeArguments(fn, fields.take('args'));
  const options = decodeOptions(fields.optional('options') ?? {});
  const collects = booleanOf(fields.optional('record_collection') ?? false, 'record_collection');
  fields.done();
  for (const [name, tensor] of options.tensors) tensors.set(name, tensor);

  const summaries = recordSummaries();
  const collection: tf.Tensor[] = [];
  const given: Record<string, unknown> = { ...options.values };
  if (options.values.addSummaries === true) given.summaries = summaries.sink;
  if (collects) given.lossCollection = collection;
  const compute = () => callFacade(fn === 'compute_weighted_loss' ? 'losses.compute_weighted_loss' : `losses.wargs.${fn}`, ...values.values(), given) as tf.Tensor;
  if (expect === null) {
    tf.tidy(compute);
    return;
  }
  if (collects) checkCollection(expect, compute, collection, checks);
  checkLoss(checks, 'value', compute, recordedOf(expect.take('value'), 'value'), [{ name: 'args', tensors, expected: recordedGradients(expect.take('grads'), 'grads') }]);
  if (expect.has('summaries')) summaries.check(checks, expect.take('summaries'));
};

/** What a loss leaves in TensorFlow's collection of losses. */
function checkCollection(expect: Fields, compute: () => tf.Tensor, collection: tf.Tensor[], checks: Parameters<Family>[0]['checks']): void {
  tf.tidy(() => {
    compute();
    const wanted = listOf(expect.take('losses_collection'), 'losses_collection');
    checks.same('number of collected losses', collection.length, wanted.length);
    if (collection.length === wanted.length) wanted.forEach((loss, index) => checks.loss(`collected loss ${index}`, collection[index], recordedOf(loss, 'a collected loss')));
  });
}

export function decodeArguments(fn: string, value: Json): DirectArguments {
  const signature = Object.hasOwn(SIGNATURES, fn) ? SIGNATURES[fn] : notUnderstood(`a function ${fn}`);
  const args = fieldsOf(value, 'args');
  const tensors = new Map<string, tf.Tensor>();
  const values = new Map(signature.map((name) => [name, decodeArgument(args.take(name), name, tensors)] as const));
  args.done();
  return { values, tensors };
}

function decodeArgument(value: Json, key: string, tensors: Map<string, tf.Tensor>): Argument {
  if (isList(value)) return value.map((entry, index) => decodeEntry(entry, `${key}[${index}]`, tensors));
  return decodeEntry(value, key, tensors);
}

function decodeEntry(value: Json, key: string, tensors: Map<string, tf.Tensor>): tf.Tensor | Distribution {
  const leaf = (entry: Json, name: string): tf.Tensor => {
    const tensor = tensorOf(entry, name);
    if (tensor.dtype === 'float32') tensors.set(name, tensor);
    return tensor;
  };
  if (isRecorded(value)) return leaf(value, key);
  const fields = fieldsOf(value, key);
  const kind = textOf(fields.take('dist'), 'dist');
  const kinds: Readonly<Record<string, () => Distribution>> = {
    Categorical: () => categorical(leaf(fields.take('logits'), `${key}.logits`)),
    Normal: () => normal(leaf(fields.take('loc'), `${key}.loc`), leaf(fields.take('scale'), `${key}.scale`)),
  };
  const distribution = (Object.hasOwn(kinds, kind) ? kinds[kind] : notUnderstood(`a distribution ${kind}`))();
  fields.done();
  return distribution;
}

/** Names of the options that were passed. */
export function optionNames(value: Json | undefined): readonly string[] {
  return Object.keys(objectOf(value ?? {}, 'options'));
}
