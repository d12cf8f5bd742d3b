import type * as tf from '@tensorflow/tfjs';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { RandomSource } from '../../runtime/random.ts';
import { GENERATE, POOLS, RECOMPUTE, REDRAW, UNTRAINED, type LossRecipe, type ModelRecipe } from '../recipe.ts';
import type { ACGANModel, AnyModel, CycleGANLoss, GANLoss } from '../types.ts';
import type { TensorPool } from './tensorPool.ts';

type AnyLoss = GANLoss | CycleGANLoss;

export interface Run {
  readonly loss: AnyLoss;
  /** Computes the generated data now and for good: a discriminator's tape need not know how its samples were made. */
  readonly generate: () => void;
}

/** What a model and its loss are to runs of training: where both come from anew, and what they change on the way. */
export interface RunSource {
  /** The losses of a model that nothing was computed of yet, on data of this run. Call it inside a tidy. */
  readonly draw: (random: RandomSource) => Run;
  /** Variables of a player's networks that forward passes change (batch statistics). */
  readonly untrained: (player: PlayerName) => readonly tf.Variable[];
  /** The pools of the loss. */
  readonly pools: readonly TensorPool[];
}

/** A model and a loss that someone made by hand (objects with getters) are what they are in every run. */
export function createRunSource(model: AnyModel, loss: AnyLoss): RunSource {
  const recompute = hasRecipe<LossRecipe<AnyLoss>>(loss, RECOMPUTE) ? loss[RECOMPUTE] : null;
  return {
    draw(random) {
      // a loss without a recipe reads the fields of the very model it was made of
      const fresh = recompute !== null && hasRecipe<ModelRecipe<AnyModel>>(model, REDRAW) ? model[REDRAW](random) : model;
      readData(fresh);
      return { loss: recompute === null ? loss : recompute(fresh, random), generate: () => generate(fresh) };
    },
    untrained: (player) => (hasRecipe<ModelRecipe<AnyModel>>(model, UNTRAINED) ? model[UNTRAINED](player) : []),
    pools: hasRecipe<LossRecipe<AnyLoss>>(loss, POOLS) ? loss[POOLS] : [],
  };
}

function hasRecipe<Recipe>(value: object, key: keyof Recipe): value is Recipe & object {
  return key in value;
}

/** Here, where it lives as long as the run: an inner tidy that were the first to read it would take it away again. */
function readData(model: AnyModel): void {
  switch (model.kind) {
    case 'CycleGANModel':
      readData(model.modelX2y);
      readData(model.modelY2x);
      return;
    case 'StarGANModel':
      void [model.inputData, model.inputDataDomainLabel, model.generatedDataDomainTarget];
      return;
    default:
      void [model.realData, model.generatorInputs];
      if (model.kind === 'ACGANModel') void (model as ACGANModel).oneHotLabels;
  }
}

function generate(model: AnyModel): void {
  if (hasRecipe<ModelRecipe<AnyModel>>(model, GENERATE)) return model[GENERATE]();
  for (const part of model.kind === 'CycleGANModel' ? [model.modelX2y, model.modelY2x] : [model]) void part.generatedData;
}
