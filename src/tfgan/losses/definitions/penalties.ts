import { isDistribution } from '../../../runtime/distributions.ts';
import { fail } from '../../../runtime/models/fail.ts';
import type { LossFields } from '../builtinLoss.ts';
import { defineLoss } from '../lossDefinition.ts';
import { COMMON_OPTIONS, printValue } from '../options.ts';
import { broadcastShape, type Shape } from '../shapes.ts';
import { negated, value, weights, whole } from './rules.ts';

export const mutualInformation = defineLoss({
  name: 'mutualInformationPenalty',
  args: ['structuredGeneratorInputs', 'predictedDistributions'],
  options: { weights: weights('weights', ({ structuredGeneratorInputs }) => [structuredGeneratorInputs?.length ?? 0]) },
  term: 'mi',
  player: 'either',
  takes: COMMON_OPTIONS,
  check: checkDistributions,
  scope: 'mutual_information_loss',
  inside: true,
  scalars: [whole('mutual_information_penalty')],
  collected: negated,
});

/** Types do not keep these from being anything at all. */
function checkDistributions(fields: { readonly structuredGeneratorInputs: unknown; readonly predictedDistributions: unknown }): void {
  const { structuredGeneratorInputs: codes, predictedDistributions: distributions } = fields;
  if (!Array.isArray(distributions)) return fail('GL3004', `\`distributions\` must be a list or tuple. Instead, found ${printValue(distributions)}.`);
  const other = distributions.find((distribution) => !isDistribution(distribution));
  if (other !== undefined) fail('GL3004', `\`distributions\` must be a list of \`Distributions\`. Instead, found ${printValue(other)}.`);
  if (!Array.isArray(codes)) return fail('GL3004', `\`structuredGeneratorInputs\` must be a list. Instead, found ${printValue(codes)}.`);
  if (codes.length !== distributions.length) {
    fail('GL3004', `\`structuredGeneratorInputs\` length ${codes.length} must be the same as \`predictedDistributions\` length ${distributions.length}.`);
  }
}

export const gradientPenalty = defineLoss({
  name: 'wassersteinGradientPenalty',
  args: ['realData', 'generatedData', 'generatorInputs', 'discriminatorFn'],
  options: {
    epsilon: value('epsilon', 1e-10),
    target: value('target', 1),
    oneSided: { kind: 'flag', argument: 'one_sided', default: false },
    weights: weights('weights', (fields) => interpolates(fields).slice(0, 1)),
  },
  term: 'gp',
  player: 'discriminator',
  takes: COMMON_OPTIONS,
  check: interpolates,
  scope: 'wasserstein_gradient_penalty',
  inside: true,
  scalars: [whole('gradient_penalty_loss')],
});

function interpolates({ realData, generatedData }: LossFields): Shape {
  return broadcastShape(generatedData?.shape ?? [], realData?.shape ?? []);
}
