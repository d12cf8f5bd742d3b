import * as tf from '@tensorflow/tfjs';
import type { CycleGANLoss, CycleGANModel } from '../../../src/tfgan.ts';
import { fieldsOf, notUnderstood, textOf, type Json } from '../corpus/json.ts';
import { recordedOf, type Recorded } from '../corpus/tensor.ts';
import { checkLoss, recordedGradients } from '../evaluate.ts';
import { callFacade } from '../facade.ts';
import { ganOptions } from '../ganOptions.ts';
import { buildCyclegan, DIRECTIONS } from '../models.ts';
import { recordedRandom } from '../recordedRandom.ts';
import { recordSummaries } from '../summaries.ts';
import type { Family } from './family.ts';
import { checkIntermediate, checkPlayer } from './ganLoss.ts';

/** Family `cyclegan_loss`. */
export const cycleganLoss: Family = (context) => {
  const { fields, expect, checks } = context;
  const kind = textOf(fields.take('model'), 'model');
  if (kind !== 'CycleGANModel') notUnderstood(`cyclegan_loss of a ${kind}`);
  const random = recordedRandom({ alphas: alphasByDirection(fields.optional('alpha')) });
  const { pairs, model } = buildCyclegan(fields);
  const summaries = recordSummaries();
  fields.optional('record_summaries');
  const options = { ...ganOptions(fields.optional('options') ?? {}), summaries: summaries.sink, random };
  fields.done();
  const loss = callFacade('cyclegan_loss', model, options) as CycleGANLoss;
  const parts = { x2y: () => loss.lossX2y, y2x: () => loss.lossY2x };
  for (const direction of DIRECTIONS) {
    const own = expect === null ? null : fieldsOf(expect.take(direction), direction);
    if (own === null) {
      tf.tidy(() => [parts[direction]().generatorLoss, parts[direction]().discriminatorLoss]);
      continue;
    }
    const other = direction === 'x2y' ? 'y2x' : 'x2y';
    const generatorGradients = recordedGradients(own.take('generator_grads'), 'generator_grads');
    checkLoss(checks, `${direction} generator_loss`, () => parts[direction]().generatorLoss, recordedOf(own.take('generator_loss'), 'generator_loss'), [
      { name: 'generator', tensors: pairs[direction].generator.variables, expected: generatorGradients },
      { name: 'other generator', tensors: pairs[other].generator.variables, expected: recordedGradients(own.take('other_generator_grads'), 'other_generator_grads') },
    ]);
    checkPlayer({ expect: own, checks }, 'discriminator', () => parts[direction]().discriminatorLoss, pairs[direction].discriminator);
    own.done();
  }
  if (expect?.has('summaries')) summaries.check(checks, expect.take('summaries'));
  checkIntermediate(context, model, (name) => fieldOfCyclegan(model, name));
};

export function alphasByDirection(value: Json | undefined): readonly Recorded[] {
  if (value === undefined || value === null) return [];
  const alphas = fieldsOf(value, 'alpha');
  const recorded = DIRECTIONS.map((direction) => recordedOf(alphas.take(direction), `alpha of ${direction}`));
  alphas.done();
  return recorded;
}

function fieldOfCyclegan(model: CycleGANModel, name: string): tf.Tensor | undefined {
  const rows: Readonly<Record<string, () => tf.Tensor>> = {
    generated_y: () => model.modelX2y.generatedData,
    generated_x: () => model.modelY2x.generatedData,
    reconstructed_x: () => model.reconstructedX,
    reconstructed_y: () => model.reconstructedY,
  };
  return Object.hasOwn(rows, name) ? rows[name]() : notUnderstood(`a field ${name}`);
}
