import * as tf from '@tensorflow/tfjs';
import type { NetworkOutput, Networks } from '../../../src/index.ts';
import { fieldsOf, type Fields, type Json } from '../corpus/json.ts';
import { recordedOf, tensorOf } from '../corpus/tensor.ts';
import { checkLoss, recordedGradients } from '../evaluate.ts';
import { alphasByDirection } from '../families/cycleganLoss.ts';
import { buildPairs, DIRECTIONS, type Direction, type NetworkPairs } from '../models.ts';
import { recordedRandom } from '../recordedRandom.ts';
import { adversarial, penalty, regularised, sum } from './ganLoss.ts';
import { buildSpec, inexpressible, isOff, numeric, optionsOf, reductionSetting, type LanguageFamily, type SpecBuilder } from './spec.ts';

/** Family `cyclegan_loss`. */
export const cycleganLoss: LanguageFamily = ({ fields, expect, checks }, compileSpec) => {
  fields.take('model');
  const spec = buildSpec();
  spec.setting('model cyclegan');
  const options = optionsOf(fields.optional('options'));
  reductionSetting(spec, options.reduction);
  // a weight of another model's term is an error in both
  if (!isOff(options.mutual_information_penalty_weight)) compileSpec(spec.text('mi()'));
  const objective = compileSpec(spec.text(sum([...adversarial(spec, options, 'least_squares'), ...penalty(spec, options), cycle(spec, options)])));
  const pairs = buildPairs(fields.take('nets'));
  const random = recordedRandom({ alphas: alphasByDirection(fields.optional('alpha')) });
  const batch = { x: tensorOf(fields.take('data_x'), 'data_x'), y: tensorOf(fields.take('data_y'), 'data_y'), ...spec.batch };
  const networks = bindPairs(pairs);
  const settings = { random, params: spec.params };
  if (expect === null) {
    tf.tidy(() => [objective.losses(networks, batch, settings).generator]);
    return;
  }
  const recorded = { x2y: readDirection(expect, 'x2y'), y2x: readDirection(expect, 'y2x') };
  for (const player of ['generator', 'discriminator'] as const) {
    for (const direction of DIRECTIONS) {
      const own = recorded[direction][player];
      const groups = DIRECTIONS.map((owner) => ({ name: `${owner}.${player}`, tensors: pairs[owner][player].variables, expected: owner === direction ? own.gradients : own.others }));
      checkLoss(checks, `${direction} ${player}_loss`, () => objective.losses(networks, batch, settings).directions[player][direction], own.loss, groups);
    }
  }
};

function cycle(spec: SpecBuilder, options: Readonly<Record<string, Json>>): string {
  const weight = options.cycle_consistency_loss_weight;
  if (weight === 'NaN') inexpressible('notFinite');
  return `${spec.weight('cycle_consistency_loss_weight', weight === undefined ? 10 : numeric(weight))}*cycle()`;
}

function bindPairs(pairs: NetworkPairs): Networks {
  const pair = (direction: Direction) => ({
    generator: regularised(pairs[direction].generator, (x, condition) => pairs[direction].generator.call(x, condition) as NetworkOutput),
    discriminator: regularised(pairs[direction].discriminator, (x, condition) => pairs[direction].discriminator.call(x, condition) as NetworkOutput),
  });
  return { x2y: pair('x2y'), y2x: pair('y2x') };
}

function readDirection(expect: Fields, direction: Direction) {
  const own = fieldsOf(expect.take(direction), direction);
  const gradients = (name: string) => recordedGradients(own.take(name), name);
  return {
    generator: { loss: recordedOf(own.take('generator_loss'), 'generator_loss'), gradients: gradients('generator_grads'), others: gradients('other_generator_grads') },
    discriminator: { loss: recordedOf(own.take('discriminator_loss'), 'discriminator_loss'), gradients: gradients('discriminator_grads'), others: {} },
  };
}
