import * as tf from '@tensorflow/tfjs';
import type { Batch, NetworkOutput, Networks, Objective } from '../../../src/index.ts';
import { fieldsOf, notUnderstood, textOf, type Fields, type Json } from '../corpus/json.ts';
import { inputsOf, tensorOf, tensorsOf } from '../corpus/tensor.ts';
import { checkPlayer } from '../families/ganLoss.ts';
import { LOSS_FUNCTIONS, lossFunctionOption } from '../ganOptions.ts';
import { alphasOf } from '../models.ts';
import { buildNetwork, type BuiltNetwork } from '../net/network.ts';
import { recordedRandom } from '../recordedRandom.ts';
import { MODEL_ADAPTERS } from '../../../src/runtime/models/adapters.ts';
import { playerLoss } from '../../../src/runtime/playerLoss.ts';
import type { RandomSource } from '../../../src/tfgan.ts';
import { buildSpec, inexpressible, isOff, numeric, optionsOf, reductionSetting, type LanguageFamily, type SpecBuilder } from './spec.ts';
import { callTerm, HALVES } from './terms.ts';

const MODELS: Readonly<Record<string, string>> = { GANModel: 'gan', InfoGANModel: 'infogan', ACGANModel: 'acgan' };

/** Family `gan_loss`, with the auxiliary losses of InfoGAN and ACGAN, pools and reductions. */
export const ganLoss: LanguageFamily = ({ fields, expect, checks }, compileSpec) => {
  const kind = textOf(fields.take('model'), 'model');
  const spec = buildSpec();
  spec.setting(`model ${MODELS[kind] ?? notUnderstood(`a model ${kind}`)}`);
  const options = optionsOf(fields.optional('options'));
  reductionSetting(spec, options.reduction);
  if (fields.has('pool')) spec.setting('pool tensor_pool()');
  const objective = compileSpec(spec.text(sum([...adversarial(spec, options, 'wasserstein'), ...auxiliary(spec, options, MODELS[kind])])));
  const { generator, discriminator, batch } = bindModel(kind, fields);
  if (kind === 'GANModel' && discriminator.heads > 0) inexpressible('heads');
  const random = recordedRandom({ alphas: alphasOf(fields.optional('alpha')) });
  const pool = fields.optional('pool');
  const networks: Networks = {
    generator: regularised(generator, (x) => generator.call(x) as NetworkOutput),
    discriminator: regularised(discriminator, (x, condition) => outputsOf(kind, discriminator, x, condition)),
  };
  const settings = { random, params: spec.params };
  const fed = { ...batch, ...spec.batch };
  const losses = {
    generator: () => objective.generatorLoss(networks, fed, settings),
    discriminator: () => (pool === undefined ? objective.discriminatorLoss(networks, fed, settings) : pooledLoss(objective, networks, fed, pool, settings)),
  };
  if (expect === null) {
    tf.tidy(() => [losses.generator(), losses.discriminator()]);
    return;
  }
  checkPlayer({ expect, checks }, 'generator', losses.generator, generator);
  checkPlayer({ expect, checks }, 'discriminator', losses.discriminator, discriminator);
};

/** The discriminator's loss as a trainer computes it, with what a pool answered. */
function pooledLoss(objective: Objective, networks: Networks, batch: Batch, pool: Json, { random, params }: { readonly random: RandomSource; readonly params: Readonly<Record<string, number>> }): tf.Tensor {
  const fields = fieldsOf(pool, 'pool');
  const adapter = MODEL_ADAPTERS[objective.model];
  const given = adapter.inputs(batch, { noise: null, oneHot: () => notUnderstood('a draw') });
  const bound = adapter.bind(networks, { training: true, codes: (given.codes ?? []) as readonly tf.Tensor[] });
  const codes = fields.optional('structured_generator_inputs');
  const seen = {
    ...batch,
    ...given,
    pooled_z: inputsOf(fields.take('generator_inputs'), 'generator_inputs'),
    fake: tensorOf(fields.take('generated_data'), 'generated_data'),
    ...(codes === undefined ? {} : { codes: tensorsOf(codes, 'structured_generator_inputs') }),
  };
  fields.done();
  const state = { read: () => notUnderstood('a state'), write: () => undefined, pool: () => notUnderstood('a state') };
  return playerLoss(objective, 'discriminator', { networks, bound, inputs: seen, random, params, state, step: 0, hooks: {} }).loss;
}

/** A network of the corpus as a user's function, with what regularises it. */
export function regularised(network: BuiltNetwork, call: (x: tf.Tensor, condition: unknown) => NetworkOutput) {
  return Object.assign((x: tf.Tensor, condition?: unknown) => call(x, condition), { regularizationLosses: network.regularizationLosses });
}

function outputsOf(kind: string, discriminator: BuiltNetwork, x: unknown, condition: unknown): NetworkOutput {
  if (kind !== 'InfoGANModel') return discriminator.call(x, condition);
  const [logits, codes] = discriminator.callWithDistributions(x, condition);
  return { logits, codes };
}

function bindModel(kind: string, fields: Fields): { readonly generator: BuiltNetwork; readonly discriminator: BuiltNetwork; readonly batch: Batch } {
  const networks = { generator: buildNetwork(fields.take('generator'), 'generator'), discriminator: buildNetwork(fields.take('discriminator'), 'discriminator') };
  const real = tensorOf(fields.take('real_data'), 'real_data');
  const inputs = (name: string) => inputsOf(fields.take(name), name);
  const rows: Readonly<Record<string, () => Batch>> = {
    GANModel: () => ({ real, generatorInputs: inputs('generator_inputs') }),
    ACGANModel: () => ({ real, generatorInputs: inputs('generator_inputs'), labels: tensorOf(fields.take('one_hot_labels'), 'one_hot_labels') }),
    InfoGANModel: () => ({ real, generatorInputs: inputs('unstructured_generator_inputs'), codes: inputs('structured_generator_inputs') }),
  };
  return { ...networks, batch: rows[kind]() };
}

/** The adversarial terms of both players. */
export function adversarial(spec: SpecBuilder, options: Readonly<Record<string, Json>>, otherwise: string): readonly string[] {
  return LOSS_FUNCTIONS.map((name) => {
    const player = name === 'generator_loss_fn' ? 'generator' : 'discriminator';
    const { fn, options: own, passKwargs } = lossFunctionOption(options[name] ?? `${otherwise}_${player}_loss`);
    const { term } = HALVES[fn] ?? notUnderstood(`a loss function ${fn}`);
    if (term === 'relativistic' && passKwargs) inexpressible('keywords');
    if (!passKwargs && options.reduction !== undefined && term !== 'relativistic') inexpressible('functions');
    return `${callTerm(spec, term, optionsOf(own), `${player}_`)}.${player}`;
  });
}

/** The gradient penalty, where it is on. */
export function penalty(spec: SpecBuilder, options: Readonly<Record<string, Json>>): readonly string[] {
  if (isOff(options.gradient_penalty_weight)) return [];
  const args = Object.fromEntries(
    (['epsilon', 'target', 'one_sided'] as const).flatMap((name) => (options[`gradient_penalty_${name}`] === undefined ? [] : [[name, options[`gradient_penalty_${name}`]]])),
  );
  return [`${spec.weight('gradient_penalty_weight', numeric(options.gradient_penalty_weight))}*${callTerm(spec, 'gp', args)}`];
}

function auxiliary(spec: SpecBuilder, options: Readonly<Record<string, Json>>, model: string): readonly string[] {
  const terms = [...penalty(spec, options)];
  const add = (option: string, term: string) => {
    if (!isOff(options[option])) terms.push(`${spec.weight(option, numeric(options[option]))}*${term}`);
  };
  add('mutual_information_penalty_weight', 'mi()');
  add('aux_cond_generator_weight', 'acgan().generator');
  add('aux_cond_discriminator_weight', 'acgan().discriminator');
  const known = ['generator_loss_fn', 'discriminator_loss_fn', 'reduction', 'add_summaries', 'mutual_information_penalty_weight', 'aux_cond_generator_weight', 'aux_cond_discriminator_weight'];
  for (const name of Object.keys(options)) if (!known.includes(name) && !name.startsWith('gradient_penalty_')) notUnderstood(`an option ${name} of a ${model}`);
  return terms;
}

export function sum(terms: readonly string[]): string {
  return terms.join(' + ');
}
