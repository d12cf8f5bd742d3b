import * as tf from '@tensorflow/tfjs';
import type { GANLoss } from '../../../src/tfgan.ts';
import { fieldsOf, notUnderstood, textOf, type Fields, type Json } from '../corpus/json.ts';
import { decodeOptions, reductionOf } from '../corpus/options.ts';
import { recordedOf, tensorOf } from '../corpus/tensor.ts';
import { checkLoss, recordedGradients } from '../evaluate.ts';
import { callFacade } from '../facade.ts';
import { ganOptions } from '../ganOptions.ts';
import { alphasOf, buildOnePair } from '../models.ts';
import { buildNetwork, type BuiltNetwork } from '../net/network.ts';
import { recordedRandom } from '../recordedRandom.ts';
import { recordSummaries, type RecordedSummaries } from '../summaries.ts';
import type { CaseContext, Family } from './family.ts';
import { checkPlayer } from './ganLoss.ts';

/** Family `combine_adversarial_loss`: of two tensors, or of a GANLoss and a tensor. */
export const combineAdversarialLoss: Family = (context) => {
  const fn = textOf(context.fields.take('fn'), 'fn');
  if (fn === 'combine_adversarial_loss') combineTensors(context);
  else if (fn === 'combine_adversarial_loss(GANLoss)') combineTuple(context);
  else notUnderstood(`a function ${fn}`);
};

/** How a loss of the corpus is made of the generator's and the discriminator's outputs. */
type Term = (y: () => tf.Tensor, d: () => tf.Tensor) => tf.Tensor;

function combineTensors({ fields, expect, checks }: CaseContext): void {
  const [generator, discriminator] = [buildNetwork(fields.take('generator'), 'generator'), buildNetwork(fields.take('discriminator'), 'discriminator')];
  const inputs = fieldsOf(fields.take('inputs'), 'inputs');
  const x = tensorOf(inputs.take('x'), 'x');
  inputs.done();
  const terms = { main: readTerm(fields.take('main')), adversarial: readTerm(fields.take('adversarial')) };
  const variables = variablesOf(textOf(fields.take('variables'), 'variables'), { generator, discriminator });
  const summaries = recordSummaries();
  const options = { ...decodeOptions(fields.optional('options') ?? {}).values, summaries: summaries.sink, warn: () => undefined, ...(variables === null ? {} : { variables }) };
  fields.done();

  const losses = (): { readonly main: tf.Tensor; readonly adversarial: tf.Tensor } => {
    const y = generator.call(x) as tf.Tensor;
    const d = discriminator.call(y) as tf.Tensor;
    return { main: terms.main(() => y, () => d), adversarial: terms.adversarial(() => y, () => d) };
  };
  const combine = (): tf.Tensor => {
    const { main, adversarial } = losses();
    return callFacade('losses.wargs.combine_adversarial_loss', main, adversarial, options) as tf.Tensor;
  };
  if (expect === null) {
    // the gradients of the losses need a tape
    checkLoss(checks, 'value', combine, { shape: [], dtype: 'float32', data: [0] }, [{ name: 'generator', tensors: generator.variables, expected: {} }]);
    return;
  }
  checkLoss(checks, 'main_loss', () => losses().main, recordedOf(expect.take('main_loss'), 'main_loss'), []);
  checkLoss(checks, 'adversarial_loss', () => losses().adversarial, recordedOf(expect.take('adversarial_loss'), 'adversarial_loss'), []);
  const gradients = (player: string) => recordedGradients(expect.take(`${player}_grads`), `${player}_grads`);
  checkLoss(checks, 'value', combine, recordedOf(expect.take('value'), 'value'), [
    { name: 'generator', tensors: generator.variables, expected: gradients('generator') },
    { name: 'discriminator', tensors: discriminator.variables, expected: gradients('discriminator') },
  ]);
  checkSummaries(expect, summaries, checks);
}

function combineTuple({ fields, expect, checks }: CaseContext): void {
  const random = recordedRandom({ alphas: alphasOf(fields.optional('alpha')) });
  const { generator, discriminator, model } = buildOnePair(textOf(fields.take('model'), 'model'), fields);
  fieldsOf(fields.take('inputs'), 'inputs').done();
  const main = readTerm(fields.take('main'));
  const summaries = recordSummaries();
  const ganLossOptions = { ...ganOptions(fields.take('gan_loss_options')), random };
  const options = { ...decodeOptions(fields.optional('options') ?? {}).values, summaries: summaries.sink, warn: () => undefined };
  fields.done();
  const adversarial = callFacade('gan_loss', model, ganLossOptions) as GANLoss;
  const mainLoss = () => main(() => model.generatedData, () => model.discriminatorGenOutputs);
  const combined = callFacade('losses.combine_adversarial_loss', adversarial, model, mainLoss, options) as GANLoss;
  if (expect === null) {
    tf.tidy(() => [combined.generatorLoss, combined.discriminatorLoss]);
    return;
  }
  checkLoss(checks, 'main_loss', mainLoss, recordedOf(expect.take('main_loss'), 'main_loss'), []);
  checkLoss(checks, 'adversarial_loss', () => adversarial.generatorLoss, recordedOf(expect.take('adversarial_loss'), 'adversarial_loss'), []);
  checkPlayer({ expect, checks }, 'generator', () => combined.generatorLoss, generator);
  checkSummaries(expect, summaries, checks);
  checkPlayer({ expect, checks }, 'discriminator', () => combined.discriminatorLoss, discriminator);
}

function checkSummaries(expect: Fields, summaries: RecordedSummaries, checks: CaseContext['checks']): void {
  if (expect.has('summaries')) summaries.check(checks, expect.take('summaries'));
}

function readTerm(value: Json): Term {
  const fields = fieldsOf(value, 'a loss');
  const fn = textOf(fields.take('fn'), 'fn');
  const reduction = reductionOf(textOf(fields.take('reduction'), 'reduction'));
  const tensor = (name: string) => tensorOf(fields.take(name), name);
  const term = ((): Term => {
    if (fn === 'constant') {
      const constant = tensor('value');
      return () => constant;
    }
    if (fn === 'absolute_difference' || fn === 'mean_squared_error') {
      const target = tensor('target');
      return (y) => callFacade(`losses.${fn}`, target, y(), { reduction }) as tf.Tensor;
    }
    return (_, d) => callFacade(`losses.wargs.${fn}`, d(), { reduction }) as tf.Tensor;
  })();
  fields.done();
  return term;
}

/** What gradients are taken by; null for TensorFlow's default, all trainable variables. */
function variablesOf(name: string, { generator, discriminator }: { readonly generator: BuiltNetwork; readonly discriminator: BuiltNetwork }): readonly tf.Variable[] | null {
  const rows: Readonly<Record<string, readonly tf.Variable[] | null>> = { generator: [...generator.variables.values()], discriminator: [...discriminator.variables.values()], default: null };
  return Object.hasOwn(rows, name) ? rows[name] : notUnderstood(`variables: ${name}`);
}
