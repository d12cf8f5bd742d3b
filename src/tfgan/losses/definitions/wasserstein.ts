import { defineLoss } from '../lossDefinition.ts';
import type { LossFields } from '../builtinLoss.ts';
import { COMMON_OPTIONS } from '../options.ts';
import { assertSameShape } from '../shapes.ts';
import { onGenerated, part, realAndGenerated, value, whole } from './rules.ts';

/** TF-GAN's two generator losses are one function, which calls itself by the second name in messages. */
export const wassersteinGenerator = defineLoss({
  name: 'wassersteinGeneratorLoss',
  alias: 'wassersteinHingeGeneratorLoss',
  args: ['discriminatorGenOutputs'],
  options: onGenerated,
  term: 'wasserstein',
  player: 'generator',
  takes: COMMON_OPTIONS,
  scope: 'generator_wasserstein_loss',
  inside: true,
  scalars: [whole('generator_wass_loss')],
});

export const wassersteinDiscriminator = defineLoss({
  name: 'wassersteinDiscriminatorLoss',
  args: ['discriminatorRealOutputs', 'discriminatorGenOutputs'],
  options: realAndGenerated,
  term: 'wasserstein',
  player: 'discriminator',
  takes: COMMON_OPTIONS,
  check: sameShapes,
  scope: 'discriminator_wasserstein_loss',
  inside: true,
  scalars: [part('discriminator_gen_wass_loss', 0), part('discriminator_real_wass_loss', 1), whole('discriminator_wass_loss')],
});

export const hingeDiscriminator = defineLoss({
  name: 'wassersteinHingeDiscriminatorLoss',
  args: ['discriminatorRealOutputs', 'discriminatorGenOutputs'],
  options: { ...realAndGenerated, realHinge: value('real_hinge', 1), generatedHinge: value('generated_hinge', 1) },
  term: 'hinge',
  player: 'discriminator',
  takes: COMMON_OPTIONS,
  check: sameShapes,
  scope: 'discriminator_wasserstein_hinge_loss',
  inside: true,
  scalars: [part('discriminator_gen_wass_hinge_loss', 0), part('discriminator_real_wass_hinge_loss', 1), whole('discriminator_wass_hinge_loss')],
});

/** Of TF-GAN's discriminator losses three insist on it: these and least squares. */
export function sameShapes({ discriminatorRealOutputs, discriminatorGenOutputs }: Required<LossFields>): void {
  assertSameShape(discriminatorRealOutputs.shape, discriminatorGenOutputs.shape);
}
