import * as tf from '@tensorflow/tfjs';
import type { GANLoss } from '../../../src/tfgan.ts';
import { camelCase } from '../corpus/camelCase.ts';
import { booleanOf, objectOf, textOf, type Fields } from '../corpus/json.ts';
import { recordedOf } from '../corpus/tensor.ts';
import { checkLoss, recordedGradients } from '../evaluate.ts';
import { callFacade } from '../facade.ts';
import { ganOptions } from '../ganOptions.ts';
import { alphasOf, buildOnePair, recordedPool } from '../models.ts';
import type { BuiltNetwork } from '../net/network.ts';
import { recordedRandom } from '../recordedRandom.ts';
import { recordSummaries } from '../summaries.ts';
import type { CaseContext, Family } from './family.ts';

/** Family `gan_loss`. */
export const ganLoss: Family = (context) => {
  const { fields, expect, checks } = context;
  const random = recordedRandom({ alphas: alphasOf(fields.optional('alpha')) });
  const { generator, discriminator, model } = buildOnePair(textOf(fields.take('model'), 'model'), fields);
  const summaries = recordSummaries();
  const pool = fields.optional('pool');
  fields.optional('record_summaries');
  const options = { ...ganOptions(fields.optional('options') ?? {}), ...(pool === undefined ? {} : { tensorPoolFn: recordedPool(pool) }), summaries: summaries.sink, random };
  fields.done();
  const loss = callFacade('gan_loss', model, options) as GANLoss;
  checkLosses(context, loss, { generator, discriminator });
  if (expect === null) return;
  checks.same('alpha_used', random.alphaUsed(), booleanOf(expect.take('alpha_used'), 'alpha_used'));
  if (expect.has('summaries')) summaries.check(checks, expect.take('summaries'));
  checkIntermediate(context, model);
};

/** Both players' losses and gradients; evaluates them where an error is expected. */
export function checkLosses({ expect, checks }: CaseContext, loss: GANLoss, networks: { readonly generator: BuiltNetwork; readonly discriminator: BuiltNetwork }): void {
  for (const player of ['generator', 'discriminator'] as const) {
    const compute = () => (player === 'generator' ? loss.generatorLoss : loss.discriminatorLoss);
    if (expect === null) tf.tidy(compute);
    else checkPlayer({ expect, checks }, player, compute, networks[player]);
  }
}

export function checkPlayer({ expect, checks }: { readonly expect: Fields; readonly checks: CaseContext['checks'] }, player: 'generator' | 'discriminator', compute: () => tf.Tensor, network: BuiltNetwork): void {
  const gradients = recordedGradients(expect.take(`${player}_grads`), `${player}_grads`);
  checkLoss(checks, `${player}_loss`, compute, recordedOf(expect.take(`${player}_loss`), `${player}_loss`), [{ name: player, tensors: network.variables, expected: gradients }]);
}

/** The model's fields. */
export function checkIntermediate({ expect, checks }: CaseContext, model: object, fieldOf = (name: string): unknown => Reflect.get(model, camelCase(name)) as unknown): void {
  for (const [name, value] of Object.entries(objectOf(expect?.take('intermediate') ?? {}, 'intermediate'))) {
    tf.tidy(() => {
      const field = fieldOf(name);
      if (field instanceof tf.Tensor) checks.loss(name, field, recordedOf(value, name));
      else checks.fail(`the model has no ${camelCase(name)}`);
    });
  }
}
