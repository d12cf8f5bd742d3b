import * as tf from '@tensorflow/tfjs';
import type { Batch, NetworkOutput } from '../../../src/index.ts';
import { notUnderstood, type Fields, type Json } from '../corpus/json.ts';
import { inputsOf, recordedOf, tensorOf, toTensor } from '../corpus/tensor.ts';
import { checkPlayer } from '../families/ganLoss.ts';
import { alphasOf } from '../models.ts';
import { buildNetwork } from '../net/network.ts';
import { recordedRandom } from '../recordedRandom.ts';
import { adversarial, penalty, sum } from './ganLoss.ts';
import { buildSpec, inexpressible, numeric, optionsOf, type LanguageFamily, type SpecBuilder } from './spec.ts';

/** Terms of one's own, for losses of TensorFlow that are options in TF-GAN. */
const RECONSTRUCTION: Readonly<Record<string, string>> = {
  mean_squared_error: `
term own_reconstruction() {
  generator = mean(squared_difference(x, reconstructed))
}`,
  huber_loss: `
term own_reconstruction() {
  let error = absolute_difference(x, reconstructed)
  let quadratic = min(error, 1)
  generator = mean(quadratic^2/2 + (error - quadratic))
}`,
};

const SIGMOID = (reduction: 'sum' | 'mean') => `
term own_classification() {
  let on_fake = sigmoid_cross_entropy(target, D.classes(fake), reduction: "none")
  let on_real = sigmoid_cross_entropy(label, D.classes(x), reduction: "none")
  generator = mean(${reduction}_per_sample(on_fake))
  discriminator = mean(${reduction}_per_sample(on_real))
}`;

/** Family `stargan_loss`. */
export const starganLoss: LanguageFamily = ({ fields, expect, checks }, compileSpec) => {
  fields.take('model');
  const spec = buildSpec();
  spec.setting('model stargan');
  const options = optionsOf(fields.optional('options'));
  if (fields.has('label_override')) inexpressible('override');
  const terms = [...adversarial(spec, options, 'wasserstein'), ...penaltyOf(spec, options), reconstruction(spec, options), classification(spec, options)];
  const objective = compileSpec(spec.text(sum(terms)));
  const [generator, discriminator] = [buildNetwork(fields.take('generator'), 'generator'), buildNetwork(fields.take('discriminator'), 'discriminator')];
  const random = recordedRandom({ alphas: alphasOf(fields.optional('alpha')) });
  const batch = { ...bindData(fields), ...spec.batch };
  const networks = {
    generator: (x: tf.Tensor, condition: unknown): NetworkOutput => generator.call(x, condition),
    discriminator: (x: tf.Tensor, condition: unknown): NetworkOutput => discriminator.call(x, condition),
  };
  const settings = { random, params: spec.params };
  const losses = { generator: () => objective.generatorLoss(networks, batch, settings), discriminator: () => objective.discriminatorLoss(networks, batch, settings) };
  if (expect === null) {
    tf.tidy(() => [losses.generator(), losses.discriminator()]);
    return;
  }
  checkPlayer({ expect, checks }, 'generator', losses.generator, generator);
  checkPlayer({ expect, checks }, 'discriminator', losses.discriminator, discriminator);
};

function bindData(fields: Fields): Batch {
  const joined = (name: string): tf.Tensor => {
    const given = inputsOf(fields.take(name), name);
    return given instanceof tf.Tensor ? given : tf.concat([...given], 0);
  };
  const [x, label] = [joined('input_data'), joined('input_data_domain_label')];
  const index = toTensor(recordedOf(fields.take('target_domain_index'), 'target_domain_index'));
  return { x, label, target: tf.cast(tf.oneHot(index as tf.Tensor1D, label.shape[1] ?? 1), 'float32') };
}

/** 10 by default; TF-GAN drops a number below 0 here, and multiplies by a Tensor below 0. */
function penaltyOf(spec: SpecBuilder, options: Readonly<Record<string, Json>>): readonly string[] {
  const weight = numeric(options.gradient_penalty_weight === undefined ? 10 : options.gradient_penalty_weight);
  if (typeof weight === 'number' && weight < 0) return [];
  if (typeof weight === 'object' && weight !== null && tensorValue(weight) < 0) return [`-${Math.abs(tensorValue(weight))}*own_penalty()`].map((term) => definePenalty(spec, options, term));
  return penalty(spec, { ...options, gradient_penalty_weight: weight });
}

/** A term of one's own is not auxiliary, and may have any weight. */
function definePenalty(spec: SpecBuilder, options: Readonly<Record<string, Json>>, term: string): string {
  for (const name of Object.keys(options)) if (/^gradient_penalty_(epsilon|target|one_sided)$/.test(name)) notUnderstood(`${name} of a negative Tensor's penalty`);
  spec.define(`
term own_penalty() {
  let point = lerp(real, fake, uniform_per_sample())
  let slopes = sqrt(sum_per_sample(grad(D(point), point)^2) + 1e-10)
  discriminator = mean((slopes - 1)^2)
}`);
  return term;
}

function tensorValue(value: Json): number {
  const fields = value as { readonly tensor: Json };
  return tensorOf(fields.tensor, 'a weight').dataSync()[0];
}

function reconstruction(spec: SpecBuilder, options: Readonly<Record<string, Json>>): string {
  const fn = options.reconstruction_loss_fn ?? 'absolute_difference';
  const weight = spec.weight('reconstruction_loss_weight', numeric(options.reconstruction_loss_weight === undefined ? 10 : options.reconstruction_loss_weight));
  if (fn === 'absolute_difference') return `${weight}*reconstruction()`;
  spec.define((typeof fn === 'string' ? RECONSTRUCTION[fn] : undefined) ?? notUnderstood(`a loss function ${JSON.stringify(fn)}`));
  return `${weight}*own_reconstruction()`;
}

function classification(spec: SpecBuilder, options: Readonly<Record<string, Json>>): string {
  const fn = options.classification_loss_fn ?? 'softmax_cross_entropy';
  const oneHot = options.classification_one_hot ?? true;
  const weight = spec.weight('classification_loss_weight', numeric(options.classification_loss_weight === undefined ? 1 : options.classification_loss_weight));
  if (fn === 'sigmoid_cross_entropy_none') spec.define(SIGMOID(oneHot === true ? 'mean' : 'sum'));
  else if (oneHot !== true) inexpressible('functions');
  else if (fn === 'sigmoid_cross_entropy') spec.define(SIGMOID('mean'));
  else if (fn !== 'softmax_cross_entropy') notUnderstood(`a loss function ${JSON.stringify(fn)}`);
  return fn === 'softmax_cross_entropy' ? `${weight}*classification()` : `${weight}*own_classification()`;
}
