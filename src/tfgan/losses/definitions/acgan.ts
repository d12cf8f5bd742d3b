import type * as tf from '@tensorflow/tfjs';
import type { LossFields } from '../builtinLoss.ts';
import { defineLoss } from '../lossDefinition.ts';
import { COMMON_OPTIONS } from '../options.ts';
import { assertSameShape, type Shape } from '../shapes.ts';
import { part, requireFloat, smoothing, weights, whole } from './rules.ts';

type Logits = 'discriminatorRealClassificationLogits' | 'discriminatorGenClassificationLogits';

/** A loss a sample: weights have the rank of the logits minus one, whatever TF-GAN's documentation says. */
const samples = (field: Logits) => (fields: LossFields): Shape => (fields[field]?.shape ?? []).slice(0, -1);

function checkLogits(labels: tf.Tensor, ...logits: readonly tf.Tensor[]): void {
  for (const { shape } of logits) assertSameShape(shape, labels.shape);
  requireFloat(...logits);
}

export const acganDiscriminator = defineLoss({
  name: 'acganDiscriminatorLoss',
  args: ['discriminatorRealClassificationLogits', 'discriminatorGenClassificationLogits', 'oneHotLabels'],
  options: {
    labelSmoothing: smoothing(0),
    realWeights: weights('real_weights', samples('discriminatorRealClassificationLogits')),
    generatedWeights: weights('generated_weights', samples('discriminatorGenClassificationLogits')),
  },
  term: 'acgan',
  player: 'discriminator',
  takes: COMMON_OPTIONS,
  check: (fields) => checkLogits(fields.oneHotLabels, fields.discriminatorGenClassificationLogits, fields.discriminatorRealClassificationLogits),
  scope: 'acgan_discriminator_loss',
  inside: true,
  scalars: [part('discriminator_gen_ac_loss', 0), part('discriminator_real_ac_loss', 1), whole('discriminator_ac_loss')],
});

export const acganGenerator = defineLoss({
  name: 'acganGeneratorLoss',
  args: ['discriminatorGenClassificationLogits', 'oneHotLabels'],
  options: { weights: weights('weights', samples('discriminatorGenClassificationLogits')) },
  term: 'acgan',
  player: 'generator',
  takes: COMMON_OPTIONS,
  check: (fields) => checkLogits(fields.oneHotLabels, fields.discriminatorGenClassificationLogits),
  scope: 'acgan_generator_loss',
  inside: true,
  scalars: [whole('generator_ac_loss')],
});
