import type { NetworkOutput } from '../../../src/index.ts';
import * as tf from '@tensorflow/tfjs';
import { objectOf, type Fields, type Json } from '../corpus/json.ts';
import { checkGradientPenalty, readGradientPenalty } from '../families/gradientPenalty.ts';
import { buildSpec, reductionSetting, type LanguageFamily } from './spec.ts';
import { callTerm } from './terms.ts';

/** Family `gradient_penalty`: the term gp. The generator is a constant function, and a discriminator's loss does not reach into it. */
export const gradientPenalty: LanguageFamily = (context, compileSpec) => {
  const options = objectOf(peek(context.fields, 'options') ?? {}, 'options');
  const spec = buildSpec();
  spec.setting('model gan');
  reductionSetting(spec, options.reduction);
  const penalty = readGradientPenalty(context);
  const objective = compileSpec(spec.text(`${callTerm(spec, 'gp', options)}.discriminator`));
  const networks = { generator: (): NetworkOutput => penalty.generated, discriminator: (x: tf.Tensor, condition: unknown): NetworkOutput => penalty.discriminator.call(x, condition) };
  const batch = { real: penalty.real, generatorInputs: penalty.generatorInputs ?? tf.zeros([1]), ...spec.batch };
  const tensors = new Map([...penalty.tensors, ...spec.tensors]);
  checkGradientPenalty(context, { ...penalty, tensors }, () => objective.discriminatorLoss(networks, batch, { random: penalty.random }), ['generated_data']);
};

function peek(fields: Fields, name: string): Json | undefined {
  return fields.has(name) ? fields.take(name) : undefined;
}
