import { defineLoss } from '../lossDefinition.ts';
import { COMMON_OPTIONS } from '../options.ts';
import { negated, onGenerated, part, realAndGenerated, requireFloat, smoothing, whole } from './rules.ts';

const discriminator = {
  args: ['discriminatorRealOutputs', 'discriminatorGenOutputs'],
  options: { labelSmoothing: smoothing(0.25), ...realAndGenerated },
  player: 'discriminator',
  takes: COMMON_OPTIONS,
  check: ({ discriminatorRealOutputs, discriminatorGenOutputs }) => requireFloat(discriminatorRealOutputs, discriminatorGenOutputs),
  inside: true,
  scalars: [part('discriminator_gen_minimax_loss', 1), part('discriminator_real_minimax_loss', 0), whole('discriminator_minimax_loss')],
} as const satisfies Partial<Parameters<typeof defineLoss>[0]>;

const generator = {
  args: ['discriminatorGenOutputs'],
  options: { labelSmoothing: smoothing(0), ...onGenerated },
  player: 'generator',
  takes: COMMON_OPTIONS,
  check: ({ discriminatorGenOutputs }) => requireFloat(discriminatorGenOutputs),
} as const satisfies Partial<Parameters<typeof defineLoss>[0]>;

export const minimaxDiscriminator = defineLoss({ ...discriminator, name: 'minimaxDiscriminatorLoss', term: 'minimax', scope: 'discriminator_minimax_loss' });

/** Minus the discriminator's loss, which TF-GAN calls and which is what goes into the collection. */
export const minimaxGenerator = defineLoss({
  ...generator,
  name: 'minimaxGeneratorLoss',
  term: 'minimax',
  scope: 'generator_minimax_loss',
  inside: false,
  scalars: [whole('generator_minimax_loss')],
  collected: negated,
});

/** TF-GAN's is the minimax function under another scope: the tags keep minimax's names. */
export const modifiedDiscriminator = defineLoss({ ...discriminator, name: 'modifiedDiscriminatorLoss', term: 'modified', scope: 'discriminator_modified_loss' });

export const modifiedGenerator = defineLoss({
  ...generator,
  name: 'modifiedGeneratorLoss',
  term: 'modified',
  scope: 'generator_modified_loss',
  inside: true,
  scalars: [whole('generator_modified_loss')],
});
