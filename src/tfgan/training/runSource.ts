import type * as tf from '@tensorflow/tfjs';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { RandomSource } from '../../runtime/random.ts';
import type { AnyModel, CycleGANLoss, GANLoss } from '../types.ts';
import type { TensorPool } from './tensorPool.ts';

/** What a model and its loss are to a run: where both come from anew, and what they change on the way. */
export interface RunSource {
  /** A model that nothing was computed of yet, and its losses. */
  readonly draw: (random: RandomSource) => { readonly model: AnyModel; readonly loss: GANLoss | CycleGANLoss };
  /** Variables of a player's networks that forward passes change (batch statistics). */
  readonly untrained: (player: PlayerName) => readonly tf.Variable[];
  /** The pools of the loss. */
  readonly pools: readonly TensorPool[];
}

export function createRunSource(model: AnyModel, loss: GANLoss | CycleGANLoss): RunSource {
  return { draw: () => ({ model, loss }), untrained: () => [], pools: [] };
}
