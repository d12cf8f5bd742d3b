import type * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { CycleGANLoss, CycleGANModel, GANLoss, GANModel, StarGANModel } from '../types.ts';

/** A player's optimiser; for a cyclegan one for both directions or one for each. */
export type UpdateOptimizer = tf.Optimizer | { readonly x2y: tf.Optimizer; readonly y2x: tf.Optimizer };

export type PlayerOptimizers = { readonly [P in PlayerName]: UpdateOptimizer };

/** One optimiser's update of one network. */
export interface Update {
  /** `generator`, `x2y.generator` */
  readonly name: string;
  readonly player: PlayerName;
  readonly variables: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
  readonly loss: (loss: GANLoss | CycleGANLoss) => tf.Tensor;
}

/** The updates of a player: one, or one a direction. @throws SpecError GL5001, GL5009 for what is missing or does not belong together */
export function bindUpdates(player: PlayerName, model: GANModel | StarGANModel | CycleGANModel, optimizers: PlayerOptimizers): readonly Update[] {
  const optimizer = optimizers[player];
  if (model.kind !== 'CycleGANModel') {
    if ('x2y' in optimizer) return fail('GL5009', 'only a CycleGANModel has optimizers for x2y and y2x');
    return [bindUpdate(player, player, model, optimizer, (loss) => loss as GANLoss)];
  }
  const [x2y, y2x] = 'x2y' in optimizer ? [optimizer.x2y, optimizer.y2x] : [optimizer, optimizer];
  return [
    bindUpdate(`x2y.${player}`, player, model.modelX2y, x2y, (loss) => (loss as CycleGANLoss).lossX2y),
    bindUpdate(`y2x.${player}`, player, model.modelY2x, y2x, (loss) => (loss as CycleGANLoss).lossY2x),
  ];
}

function bindUpdate(
  name: string,
  player: PlayerName,
  model: GANModel | StarGANModel,
  optimizer: tf.Optimizer,
  partOf: (loss: GANLoss | CycleGANLoss) => GANLoss,
): Update {
  const variables = player === 'generator' ? model.generatorVariables : model.discriminatorVariables;
  if (variables.length === 0) fail('GL5001', `the ${name} has no variables to train`, 'a model must be built (give its first layer an inputShape); a function brings its variables as its property variables');
  return { name, player, variables, optimizer, loss: (loss) => (player === 'generator' ? partOf(loss).generatorLoss : partOf(loss).discriminatorLoss) };
}
