import * as tf from '@tensorflow/tfjs';
import { isDistribution, type Distribution } from '../../runtime/distributions.ts';
import { fail } from '../../runtime/models/fail.ts';
import { asDistribution } from '../../runtime/networks.ts';
import type { RandomSource } from '../../runtime/random.ts';
import type { ModelRecipe } from '../recipe.ts';
import { refuseUnknownOptions } from '../refuseUnknownOptions.ts';
import type { GeneratorFn, InfoDiscriminatorFn, InfoGANModel } from '../types.ts';
import { joinFields } from './fields.ts';
import { createGan, ganFields, ganRecipe, MODEL_OPTIONS, type ModelOptions } from './gan.ts';
import { createDraws, modelData, type ModelData } from './modelData.ts';
import { rememberData } from './remember.ts';

type InfoOutput = readonly [tf.Tensor, readonly Distribution[]];

/**
 * TF-GAN's `infogan_model` (Chen et al., 2016). The generator is given one list, the unstructured inputs and then the structured ones;
 * the discriminator returns (logits, a distribution for each structured input).
 *
 * @param unstructuredGeneratorInputs a list of tensors (noise, conditions), or a function that gives it
 * @param structuredGeneratorInputs a list of tensors, the codes: class numbers int32 [N], or numbers [N, K]
 * @throws SpecError as `ganModel` does; reading its fields: GL5003 where the discriminator does not return what it should
 */
export function infoganModel(
  generatorFn: GeneratorFn,
  discriminatorFn: InfoDiscriminatorFn,
  realData: ModelData<tf.Tensor>,
  unstructuredGeneratorInputs: ModelData<readonly tf.Tensor[]>,
  structuredGeneratorInputs: ModelData<readonly tf.Tensor[]>,
  options: ModelOptions = {},
): InfoGANModel & ModelRecipe<InfoGANModel> {
  refuseUnknownOptions('infoganModel', options, MODEL_OPTIONS);
  const draws = createDraws(options.random);
  const unstructured = listOf('unstructuredGeneratorInputs', modelData('unstructuredGeneratorInputs', unstructuredGeneratorInputs, draws));
  const structured = listOf('structuredGeneratorInputs', modelData('structuredGeneratorInputs', structuredGeneratorInputs, draws));
  const ofModel = discriminatorFn instanceof tf.LayersModel;
  const outputOf = (raw: unknown): InfoOutput => infoOutput(ofModel ? headsAsPair(raw) : raw, structured());
  const gan = createGan({
    generatorFn,
    discriminatorFn,
    realData,
    generatorInputs: rememberData(() => [...unstructured(), ...structured()], draws.round),
    options,
    draws,
    outputOf,
  });
  const discriminatorAndAuxFn = (data: tf.Tensor, condition: unknown): InfoOutput => outputOf(gan.discriminator.call(data, condition));
  const model: InfoGANModel = joinFields(ganFields(gan, ([logits]) => logits), {
    kind: 'InfoGANModel' as const,
    discriminatorFn: (data: tf.Tensor, condition: unknown) => discriminatorAndAuxFn(data, condition)[0],
    get structuredGeneratorInputs() {
      return structured();
    },
    get predictedDistributions() {
      return gan.onGenerated()[1];
    },
    discriminatorAndAuxFn,
  });
  const redraw = (random: RandomSource) => infoganModel(generatorFn, discriminatorFn, realData, unstructuredGeneratorInputs, structuredGeneratorInputs, { ...options, random });
  return ganRecipe(gan, redraw, model);
}

function listOf(name: string, read: () => readonly tf.Tensor[]): () => readonly tf.Tensor[] {
  return () => {
    const list = read();
    return Array.isArray(list) ? list : fail('GL5001', `\`${name}\` must be a list of tensors`);
  };
}

/** The outputs of a LayersModel: logits, then what each code's distribution is made of. */
function headsAsPair(raw: unknown): unknown {
  const [logits, ...rest] = [raw].flat() as readonly tf.Tensor[];
  return [logits, rest];
}

function infoOutput(raw: unknown, codes: readonly tf.Tensor[]): InfoOutput {
  if (!Array.isArray(raw) || raw.length !== 2) return fail('GL5003', 'A discriminator function for InfoGAN must output a tuple consisting of (logits, distribution list).');
  const [logits, distributions] = raw as [tf.Tensor, readonly (tf.Tensor | Distribution)[]];
  if (!Array.isArray(distributions)) {
    const found = isDistribution(distributions) ? 'a distribution' : distributions instanceof tf.Tensor ? 'a tensor' : String(distributions);
    return fail('GL5003', `\`predictedDistributions\` must be a list. Instead, found ${found}.`);
  }
  if (distributions.length !== codes.length) {
    return fail('GL5003', `Length of \`predictedDistributions\` ${distributions.length} must be the same as the length of structured noise ${codes.length}.`);
  }
  return [logits, distributions.map((item, index) => asDistribution(item, codes[index]))];
}
