import { defineLoss } from '../lossDefinition.ts';
import { COMMON_OPTIONS } from '../options.ts';
import { onGenerated, part, realAndGenerated, value, whole } from './rules.ts';
import { sameShapes } from './wasserstein.ts';

export const leastSquaresGenerator = defineLoss({
  name: 'leastSquaresGeneratorLoss',
  args: ['discriminatorGenOutputs'],
  options: { realLabel: value('real_label', 1), ...onGenerated },
  term: 'least_squares',
  player: 'generator',
  takes: COMMON_OPTIONS,
  scope: 'lsq_generator_loss',
  inside: false,
  scalars: [whole('generator_lsq_loss')],
});

export const leastSquaresDiscriminator = defineLoss({
  name: 'leastSquaresDiscriminatorLoss',
  args: ['discriminatorRealOutputs', 'discriminatorGenOutputs'],
  options: { realLabel: value('real_label', 1), fakeLabel: value('fake_label', 0), ...realAndGenerated },
  term: 'least_squares',
  player: 'discriminator',
  takes: COMMON_OPTIONS,
  check: sameShapes,
  scope: 'lsq_discriminator_loss',
  inside: false,
  scalars: [part('discriminator_gen_lsq_loss', 1), part('discriminator_real_lsq_loss', 0), whole('discriminator_lsq_loss')],
});
