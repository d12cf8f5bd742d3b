import type { PlayerName } from '../runtime/models/model.ts';
import type { RandomSource } from '../runtime/random.ts';
import type * as tf from '@tensorflow/tfjs';
import type { AnyModel } from './types.ts';
import type { TensorPool } from './training/tensorPool.ts';

/**
 * What models and losses carry beside TF-GAN's fields, so that a run of training starts from fresh data and draws: TensorFlow's graph
 * is such a recipe by itself. None of these properties is enumerable. A copy (`{ ...model }`) is a tuple of values without a recipe;
 * `replaceFields` keeps it.
 */

/** `model[REDRAW](random)`: the model with nothing computed yet, its data functions called anew and its draws made from `random`. */
export const REDRAW: unique symbol = Symbol('ganloss.tfgan.redraw');
/** `model[RESTART](random)`: the same of the model itself, for a loss that reads the fields of this very model. */
export const RESTART: unique symbol = Symbol('ganloss.tfgan.restart');
/** `model[UNTRAINED](player)`: variables of the player's networks that forward passes change (batch statistics). */
export const UNTRAINED: unique symbol = Symbol('ganloss.tfgan.untrained');
/** `model[GENERATE]()`: computes the generated data now and for good, off the tape that is to differentiate a discriminator's loss. */
export const GENERATE: unique symbol = Symbol('ganloss.tfgan.generate');
/** `loss[RECOMPUTE](model, random)`: the same loss of another model. */
export const RECOMPUTE: unique symbol = Symbol('ganloss.tfgan.recompute');
/** `loss[POOLS]`: the tensor pools that computing the loss changes. */
export const POOLS: unique symbol = Symbol('ganloss.tfgan.pools');

export interface ModelRecipe<Model> {
  readonly [REDRAW]: (random: RandomSource) => Model & ModelRecipe<Model>;
  readonly [RESTART]: (random: RandomSource) => void;
  readonly [UNTRAINED]: (player: PlayerName) => readonly tf.Variable[];
  readonly [GENERATE]: () => void;
}

export interface LossRecipe<Loss, Model extends AnyModel = AnyModel> {
  readonly [RECOMPUTE]: (model: Model, random: RandomSource) => Loss;
  readonly [POOLS]: readonly TensorPool[];
}
