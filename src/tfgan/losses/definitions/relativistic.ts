import { defineLoss } from '../lossDefinition.ts';
import { BARE_OPTIONS } from '../options.ts';
import { requireFloat } from './rules.ts';

const shared = {
  args: ['discriminatorRealOutputs', 'discriminatorGenOutputs'],
  options: {},
  term: 'relativistic',
  takes: BARE_OPTIONS,
  check: ({ discriminatorRealOutputs, discriminatorGenOutputs }) => requireFloat(discriminatorRealOutputs, discriminatorGenOutputs),
  inside: true,
  scalars: [],
} as const satisfies Partial<Parameters<typeof defineLoss>[0]>;

export const relativisticGenerator = defineLoss({ ...shared, name: 'relativisticGeneratorLoss', player: 'generator', scope: 'relativistic_generator_loss' });
export const relativisticDiscriminator = defineLoss({ ...shared, name: 'relativisticDiscriminatorLoss', player: 'discriminator', scope: 'relativistic_discriminator_loss' });
