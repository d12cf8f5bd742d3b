import type * as tf from '@tensorflow/tfjs';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { RandomSource } from '../../runtime/random.ts';
import { GENERATE, POOLS, RECOMPUTE, REDRAW, RESTART, UNTRAINED, type LossRecipe, type ModelRecipe } from '../recipe.ts';
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

/** A loss that knows how it is computed (those of `ganLoss` and its like do) is computed of a model of the run's own. */
export function createRunSource(model: AnyModel, loss: AnyLoss): RunSource {
  return {
    draw(random) {
      const run = drawRun(model, loss, random);
      readData(run.model);
      return { loss: run.loss, generate: () => generate(run.model) };
    },
    untrained: (player) => (hasRecipe<ModelRecipe<AnyModel>>(model, UNTRAINED) ? model[UNTRAINED](player) : []),
    pools: hasRecipe<LossRecipe<AnyLoss>>(loss, POOLS) ? loss[POOLS] : [],
  };
}

function drawRun(model: AnyModel, loss: AnyLoss, random: RandomSource): { readonly model: AnyModel; readonly loss: AnyLoss } {
  const isRecomputed = hasRecipe<LossRecipe<AnyLoss>>(loss, RECOMPUTE);
  if (isRecomputed && hasRecipe<ModelRecipe<AnyModel>>(model, REDRAW)) {
    const fresh = model[REDRAW](random);
    return { model: fresh, loss: loss[RECOMPUTE](fresh, random) };
  }
  // a loss made by hand (an object with getters) reads the fields of the very model it was made of
  if (hasRecipe<ModelRecipe<AnyModel>>(model, RESTART)) model[RESTART](random);
  return { model, loss: isRecomputed ? loss[RECOMPUTE](model, random) : loss };
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
