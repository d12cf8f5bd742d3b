import * as tf from '@tensorflow/tfjs';
import { createSampler } from '../../runtime/losses.ts';
import { fail } from '../../runtime/models/fail.ts';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { RandomSource } from '../../runtime/random.ts';
import { GENERATE, REDRAW, RESTART, UNTRAINED, type ModelRecipe } from '../recipe.ts';
import { refuseUnknownOptions } from '../refuseUnknownOptions.ts';
import type { GeneratorFn, StarGANModel, TwoHeadedDiscriminatorFn } from '../types.ts';
import { withHidden } from './fields.ts';
import { MODEL_OPTIONS, scopeName, type ModelOptions } from './gan.ts';
import { createDraws, modelData, type ModelData } from './modelData.ts';
import { bindDiscriminator, bindTranslator } from './modelNetwork.ts';
import { rememberData, rememberResult, type Round } from './remember.ts';

/**
 * TF-GAN's `stargan_model` (Choi et al., 2018). The generator is given images and domain labels, the discriminator images and the number
 * of domains; it returns (source, domains). Target domains are drawn, one for each sample.
 *
 * @param inputData [N, H, W, C], or a list of such, which are joined; or a function that gives them
 * @param inputDataDomainLabel [N, K], or a list of such, which are joined
 * @throws SpecError as `ganModel` does; reading its fields: GL5001 for labels that are not [N, K], GL5003 for a discriminator that does not
 * return two outputs
 */
export function starganModel(
  generatorFn: GeneratorFn,
  discriminatorFn: TwoHeadedDiscriminatorFn,
  inputData: ModelData<tf.Tensor | readonly tf.Tensor[]>,
  inputDataDomainLabel: ModelData<tf.Tensor | readonly tf.Tensor[]>,
  options: ModelOptions = {},
): StarGANModel & ModelRecipe<StarGANModel> {
  refuseUnknownOptions('starganModel', options, MODEL_OPTIONS);
  const { training = true } = options;
  const draws = createDraws(options.random);
  const generator = bindTranslator(generatorFn, { role: 'generator', training, scope: scopeName('generatorScope', options.generatorScope) });
  const discriminator = bindDiscriminator(discriminatorFn, { role: 'discriminator', training, scope: scopeName('discriminatorScope', options.discriminatorScope) });

  const data = joined(modelData('inputData', inputData, draws), draws.round);
  const labels = labelsOf(joined(modelData('inputDataDomainLabel', inputDataDomainLabel, draws), draws.round));
  const target = rememberData(() => createSampler(draws.random(), null).oneHot(...labels().shape), draws.round);
  const generated = rememberResult(() => generator.call(data(), target()), draws.round);
  const reconstructed = rememberResult(() => generator.call(generated(), labels()), draws.round);
  const judge = (samples: () => tf.Tensor) => rememberResult(() => twoHeads(discriminator.call(samples(), labels().shape[1])), draws.round);
  const [onData, onGenerated] = [judge(data), judge(generated)];

  const model: StarGANModel = {
    kind: 'StarGANModel',
    get inputData() {
      return data();
    },
    get inputDataDomainLabel() {
      return labels();
    },
    get generatedData() {
      return generated();
    },
    get generatedDataDomainTarget() {
      return target();
    },
    get reconstructedData() {
      return reconstructed();
    },
    get discriminatorInputDataSourcePredication() {
      return onData()[0];
    },
    get discriminatorGeneratedDataSourcePredication() {
      return onGenerated()[0];
    },
    get discriminatorInputDataDomainPredication() {
      return onData()[1];
    },
    get discriminatorGeneratedDataDomainPredication() {
      return onGenerated()[1];
    },
    get generatorVariables() {
      return generator.variables();
    },
    generatorScope: generator.scope,
    generatorFn: generator.call,
    get discriminatorVariables() {
      return discriminator.variables();
    },
    discriminatorScope: discriminator.scope,
    discriminatorFn: discriminator.call as StarGANModel['discriminatorFn'],
  };
  return withHidden(model, {
    [REDRAW]: (random: RandomSource) => starganModel(generatorFn, discriminatorFn, inputData, inputDataDomainLabel, { ...options, random }),
    [RESTART]: draws.restart,
    [GENERATE]: generated.pin,
    [UNTRAINED]: (player: PlayerName) => ({ generator, discriminator })[player].untrained(),
  });
}

function joined(read: () => tf.Tensor | readonly tf.Tensor[], round: Round): () => tf.Tensor {
  return rememberData(() => {
    const value = read();
    return value instanceof tf.Tensor ? value : tf.concat([...value], 0);
  }, round);
}

function labelsOf(read: () => tf.Tensor): () => tf.Tensor2D {
  return () => {
    const labels = read();
    return labels.rank === 2 ? (labels as tf.Tensor2D) : fail('GL5001', `Shape (${labels.shape.join(', ')}) must have rank 2: \`inputDataDomainLabel\` is [samples, domains]`);
  };
}

function twoHeads(output: unknown): readonly [tf.Tensor, tf.Tensor] {
  if (Array.isArray(output) && output.length === 2) return output as [tf.Tensor, tf.Tensor];
  return fail('GL5003', 'A discriminator function for StarGAN must output a tuple consisting of (source prediction, domain prediction).');
}
