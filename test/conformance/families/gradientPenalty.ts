import * as tf from '@tensorflow/tfjs';
import { fieldsOf, textOf, notUnderstood } from '../corpus/json.ts';
import { decodeOptions } from '../corpus/options.ts';
import { inputsOf, recordedOf, toTensor } from '../corpus/tensor.ts';
import { checkLoss, recordedGradients } from '../evaluate.ts';
import { callFacade } from '../facade.ts';
import { buildNetwork } from '../net/network.ts';
import { recordedRandom } from '../recordedRandom.ts';
import { recordSummaries } from '../summaries.ts';
import type { CaseContext, Family } from './family.ts';

/** A case of the gradient penalty alone. */
export function readGradientPenalty({ fields }: CaseContext) {
  const fn = textOf(fields.take('fn'), 'fn');
  if (fn !== 'wasserstein_gradient_penalty') notUnderstood(`a function ${fn}`);
  const discriminator = buildNetwork(fields.take('discriminator'), 'discriminator');
  const args = fieldsOf(fields.take('args'), 'args');
  const [real, generated] = [args.take('real_data'), args.take('generated_data')].map((value) => toTensor(recordedOf(value, 'data')));
  const given = args.optional('generator_inputs');
  args.done();
  const alpha = fields.optional('alpha') ?? null;
  const options = decodeOptions(fields.optional('options') ?? {});
  fields.done();
  return {
    discriminator,
    real,
    generated,
    generatorInputs: given === undefined || given === null ? null : inputsOf(given, 'generator_inputs'),
    options,
    random: recordedRandom({ alphas: alpha === null ? [] : [recordedOf(alpha, 'alpha')] }),
    tensors: new Map([['real_data', real], ['generated_data', generated], ...options.tensors]),
  };
}

/** Compares a gradient penalty with what was recorded, or evaluates it where an error is expected. */
export function checkGradientPenalty({ expect, checks }: CaseContext, penalty: ReturnType<typeof readGradientPenalty>, compute: () => tf.Tensor, except: readonly string[] = []): void {
  if (expect === null) {
    tf.tidy(compute);
    return;
  }
  checkLoss(checks, 'value', compute, recordedOf(expect.take('value'), 'value'), [
    { name: 'discriminator', tensors: penalty.discriminator.variables, expected: recordedGradients(expect.take('discriminator_grads'), 'discriminator_grads') },
    { name: 'args', tensors: penalty.tensors, expected: Object.fromEntries(Object.entries(recordedGradients(expect.take('grads'), 'grads')).filter(([name]) => !except.includes(name))) },
  ]);
}

/** Family `gradient_penalty`: `losses.wargs.wasserstein_gradient_penalty`. */
export const gradientPenalty: Family = (context) => {
  const penalty = readGradientPenalty(context);
  const summaries = recordSummaries();
  const given: Record<string, unknown> = { ...penalty.options.values, random: penalty.random };
  if (penalty.options.values.addSummaries === true) given.summaries = summaries.sink;
  const compute = () =>
    callFacade('losses.wargs.wasserstein_gradient_penalty', penalty.real, penalty.generated, penalty.generatorInputs, penalty.discriminator.call, given) as tf.Tensor;
  checkGradientPenalty(context, penalty, compute);
  if (context.expect?.has('summaries')) summaries.check(context.checks, context.expect.take('summaries'));
};
