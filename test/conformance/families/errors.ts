import * as tf from '@tensorflow/tfjs';
import type { AnyModel, CycleGANLoss, GANLoss } from '../../../src/tfgan.ts';
import { camelCase } from '../corpus/camelCase.ts';
import { listOf, notUnderstood, numberOf, textOf, type Fields } from '../corpus/json.ts';
import { decodeOptions } from '../corpus/options.ts';
import { recordedOf, type Recorded } from '../corpus/tensor.ts';
import { callFacade } from '../facade.ts';
import { ganOptions } from '../ganOptions.ts';
import { alphasOf, buildCyclegan, buildOnePair, buildStargan, recordedPool } from '../models.ts';
import { recordedRandom, type RecordedRandom } from '../recordedRandom.ts';
import { combineAdversarialLoss } from './combineAdversarialLoss.ts';
import { cycleganLoss } from './cycleganLoss.ts';
import type { CaseContext, Family } from './family.ts';
import { replaceFields, starganLoss, starganOptions } from './starganLoss.ts';

/** Calls whose cases are those of another family where the model is the call's own. */
const OWN_FAMILIES: readonly (readonly [call: string, model: string, family: Family])[] = [
  ['cyclegan_loss', 'CycleGANModel', cycleganLoss],
  ['stargan_loss', 'StarGANModel', starganLoss],
];

/** Family `errors`: models and calls that do not go together, and some that do after all. */
export const errors: Family = async (context) => {
  const { fields } = context;
  const call = textOf(fields.take('call'), 'call');
  if (call === 'combine_adversarial_loss') return combineAdversarialLoss(context);
  const own = OWN_FAMILIES.find(([name]) => name === call);
  const kind = textOf(fields.optional('model') ?? '', 'model');
  if (own !== undefined && own[1] === kind) return own[2]({ ...context, fields: { ...fields, take: (name) => (name === 'model' ? kind : fields.take(name)) } });
  tf.tidy(() => runCall(context, call, kind));
};

function runCall({ fields, expect, checks }: CaseContext, call: string, kind: string): void {
  const { model, random } = buildModel(kind, fields);
  const pool = fields.optional('pool');
  const options = fields.optional('options') ?? {};
  const tensorPoolFn = pool === undefined ? {} : { tensorPoolFn: pool === 'identity' ? <T>(values: T): T => values : recordedPool(pool) };
  const clip = fields.optional('weight_clip');
  fields.done();
  const lossOf = (player: 'generator' | 'discriminator', loss: GANLoss): tf.Tensor => (player === 'generator' ? loss.generatorLoss : loss.discriminatorLoss);
  const recorded = (name: string): Recorded | null => (expect === null ? null : recordedOf(expect.take(name), name));
  const check = (name: string, value: tf.Tensor) => {
    const wanted = recorded(name);
    if (wanted !== null) checks.loss(name, value, wanted);
  };
  const ok = () => {
    if (expect !== null) checks.same('ok', true, Boolean(expect.take('ok')));
  };
  const calls: Readonly<Record<string, () => void>> = {
    model() {
      evaluateModel(model);
      ok();
    },
    gan_loss() {
      const loss = callFacade('gan_loss', model, { ...ganOptions(options), ...tensorPoolFn, random }) as GANLoss;
      for (const player of ['generator', 'discriminator'] as const) check(`${player}_loss`, lossOf(player, loss));
    },
    cyclegan_loss() {
      const { lossX2y, lossY2x } = callFacade('cyclegan_loss', model, { ...ganOptions(options), random }) as CycleGANLoss;
      for (const loss of [lossX2y, lossY2x]) for (const player of ['generator', 'discriminator'] as const) lossOf(player, loss);
      ok();
    },
    stargan_loss() {
      const loss = callFacade('stargan_loss', model, { ...starganOptions(options), random }) as GANLoss;
      for (const player of ['generator', 'discriminator'] as const) lossOf(player, loss);
      ok();
    },
    clip_discriminator_weights() {
      const optimizer = tf.train.sgd(0.1);
      try {
        callFacade('clip_discriminator_weights', optimizer, model, numberOf(clip ?? notUnderstood('no weight_clip'), 'weight_clip'));
      } finally {
        optimizer.dispose();
      }
      ok();
    },
  };
  if (Object.hasOwn(calls, call)) calls[call]();
  else if (call.startsWith('losses.')) check('value', callFacade(call, model, decodeOptions(options).values) as tf.Tensor);
  else notUnderstood(`a call of ${call}`);
}

function buildModel(kind: string, fields: Fields): { readonly model: AnyModel; readonly random: RecordedRandom } {
  if (kind === 'StarGANModel') return buildStargan(fields);
  const random = recordedRandom({ alphas: alphasOf(fields.optional('alpha')) });
  if (kind === 'CycleGANModel') return { model: buildCyclegan(fields).model, random };
  const distributions = fields.optional('distributions');
  if (distributions !== undefined && distributions !== 'not-a-list') notUnderstood(`distributions: ${JSON.stringify(distributions)}`);
  const { model } = buildOnePair(kind, fields, { bareDistribution: distributions === 'not-a-list' });
  const dropped = listOf(fields.optional('drop') ?? [], 'drop').map((name) => [camelCase(textOf(name, 'a field')), null] as const);
  return { model: dropped.length === 0 ? model : replaceFields(model, Object.fromEntries(dropped)), random };
}

/** TF-GAN builds a model's graph at once; fields here are computed when they are read. */
function evaluateModel(model: AnyModel): void {
  if (model.kind === 'CycleGANModel') {
    for (const part of [model.modelX2y, model.modelY2x]) evaluateModel(part);
    void [model.reconstructedX, model.reconstructedY];
  } else if (model.kind === 'StarGANModel') void [model.generatedData, model.reconstructedData, model.discriminatorInputDataSourcePredication, model.discriminatorGeneratedDataSourcePredication];
  else void [model.generatedData, model.discriminatorRealOutputs, model.discriminatorGenOutputs];
}
